/// Why a package has no match with a vulnerability.
package enum NoMatch: Sendable, Hashable, CustomStringConvertible {
    /// No advisory that is there has the name.
    case unknownVulnerability(String)
    /// All advisories on it were withdrawn.
    case withdrawn([AdvisoryKey])
    /// Advisories on it are about other packages, of which these are the first.
    case otherPackages([PackageKey])
    /// They are about the package in other releases of the distribution only.
    case otherReleases([Ecosystem])
    /// It was compared with the versions of an advisory, and isn't one of them.
    case notAffected(Comparison)
    /// An advisory's fix is in a module of RPMs and the package isn't from one, or the other way
    /// round.
    case otherModularity(Comparison)
    /// A line of VEX is about another version.
    case otherVersion(Comparison)
    /// The project's own versions would make it affected, but the distribution knows better.
    case overruled(Comparison)
    /// A publisher says that it isn't affected, and nothing says that it would be.
    case excused(AdvisoryKey, Justification)

    package struct Comparison: Sendable, Hashable, CustomStringConvertible {
        package let advisory: AdvisoryKey
        package let key: PackageKey
        /// The installed version, of what the key names.
        package let version: String
        /// The affected ones, in words.
        package let stated: String

        package var description: String {
            "\(advisory) on \(key): \(version) was compared with \(stated)"
        }
    }

    package var description: String {
        switch self {
        case .unknownVulnerability(let id): "no advisory names '\(shortened(id))'"
        case .withdrawn(let keys): "withdrawn: \(keys.map(\.description).joined(separator: ", "))"
        case .otherPackages(let keys):
            "advisories on it are about other packages: "
                + keys.map(\.description).joined(separator: ", ")
        case .otherReleases(let releases):
            "advisories on it are about the package in other releases: "
                + releases.map(\.text).joined(separator: ", ")
        case .notAffected(let comparison): "not affected: \(comparison)"
        case .otherModularity(let comparison):
            "one is from a module and the other is not: \(comparison)"
        case .otherVersion(let comparison): "it is about another version: \(comparison)"
        case .overruled(let comparison): "the distribution knows better: \(comparison)"
        case .excused(let key, let justification): "\(key) says not affected: \(justification)"
        }
    }
}

extension AdvisoryIndex {
    /// Why a package has no match with a vulnerability: one reason at least.
    ///
    /// - Parameter vulnerability: Any of its names.
    /// - Returns: nil when it has a match, suppressed or not.
    package func explainNoMatch(
        _ package: InstalledPackage, _ vulnerability: String
    ) -> [NoMatch]? {
        guard let number = names.number(of: vulnerability) else {
            return [.unknownVulnerability(vulnerability)]
        }
        let vulnerabilities = names.vulnerabilities(of: number)
        let found = match(package).map(\.vulnerability)
        if vulnerabilities.contains(where: { found.contains(names[$0]) }) { return nil }
        let advisories = vulnerabilities.flatMap { self.advisories(on: $0) }
        let valid = advisories.filter { !$0.isWithdrawn }
        if valid.isEmpty {
            return advisories.isEmpty
                ? [.unknownVulnerability(vulnerability)]
                : [.withdrawn(Set(advisories.map(\.key)).sorted())]
        }
        var reasons: [NoMatch] = []
        for (place, statements) in stated(package, route(for: package.ecosystem)) {
            for statement in statements.statements {
                let subject = self[statement.slot].subjects[Int(statement.subject)]
                guard !Set(subject.vulnerabilities).isDisjoint(with: vulnerabilities) else {
                    continue
                }
                let reason = reason(statement, place)
                if !reasons.contains(reason) { reasons.append(reason) }
            }
        }
        return reasons.isEmpty ? [elsewhere(package, valid)] : reasons
    }

    private func reason(_ statement: StatementList.Statement, _ place: Place) -> NoMatch {
        let advisory = self[statement.slot]
        let stanza = advisory.stanzas[Int(statement.stanza)]
        let comparison = NoMatch.Comparison(
            advisory: advisory.key, key: place.key, version: place.version, stated: stanza.words)
        let version = ReadVersion(place.version, place.scheme)
        switch stanza.verdict(on: version) {
        case .notAffected: return .notAffected(comparison)
        case .otherModularity: return .otherModularity(comparison)
        case .otherVersion: return .otherVersion(comparison)
        case .excused(let justification): return .excused(advisory.key, justification)
        case .affected, .undetermined: return .overruled(comparison)
        }
    }

    private func elsewhere(
        _ package: InstalledPackage, _ advisories: [IndexedAdvisory]
    ) -> NoMatch {
        let keys = Set(advisories.flatMap(\.keys)).sorted()
        let names = Set(package.keys.map { "\($0.kind) \($0.name)" })
        let releases = keys.filter {
            $0.ecosystem.family == package.ecosystem.family
                && names.contains("\($0.kind) \($0.name)")
        }
        if !releases.isEmpty { return .otherReleases(Set(releases.map(\.ecosystem)).sorted()) }
        return .otherPackages(Array(keys.prefix(10)))
    }
}

extension IndexedAdvisory.Stanza {
    /// The affected versions in words.
    fileprivate var words: String {
        switch self {
        case .versions(let stated): stated.words
        case .product(let stated): stated.words
        }
    }
}
