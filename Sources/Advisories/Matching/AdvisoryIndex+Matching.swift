extension AdvisoryIndex {
    /// The vulnerabilities that a package has or may have, best names first; suppressed ones are
    /// among them, with who suppresses them.
    ///
    /// - Parameter rules: Where several are about one match, the first counts; a publisher's VEX
    ///   comes before all of them.
    package func match(
        _ package: InstalledPackage, suppressing rules: [Suppression] = []
    ) -> [Match] {
        match(package, route(for: package.ecosystem), ResolvedSuppressions(rules, names))
    }

    /// Those of all packages, in the order of the packages.
    package func match(
        _ packages: [InstalledPackage], suppressing rules: [Suppression] = []
    ) -> [Match] {
        let rules = ResolvedSuppressions(rules, names)
        var routes: [Ecosystem: Route] = [:]
        var matches: [Match] = []
        for package in packages {
            let route = routes[package.ecosystem] ?? self.route(for: package.ecosystem)
            routes[package.ecosystem] = route
            matches += match(package, route, rules)
        }
        return matches
    }

    /// Those of everything that an asset has reported, in the order of its packages.
    package func match(
        _ inventory: PackageInventory, suppressing rules: [Suppression] = []
    ) -> [Match] {
        match(inventory.installedPackages, suppressing: rules)
    }

    func match(
        _ package: InstalledPackage, _ route: Route, _ rules: ResolvedSuppressions
    ) -> [Match] {
        var found = findings(package, route)
        if found.isEmpty { return [] }
        found.sort { $0.vulnerability < $1.vulnerability }
        var matches: [Match] = []
        for findings in found.chunked(by: { $0.vulnerability == $1.vulnerability }) {
            guard let decision = Decision(findings, self) else { continue }
            matches.append(decision.match(package, rules))
        }
        return matches.sorted { VulnerabilityID.precedes($0.vulnerability, $1.vulnerability) }
    }
}

/// What all statements on one package and one vulnerability come to.
private struct Decision {
    private typealias Finding = AdvisoryIndex.Finding

    private let index: AdvisoryIndex
    private let vulnerability: AdvisoryIndex.Number
    /// Those that the match rests on: all affect the package, or all leave it open.
    private let basis: [Finding]
    private let isAffected: Bool
    private let excuse: (advisory: AdvisoryKey, justification: Justification)?

    /// - Parameter findings: Of one vulnerability, one at least.
    /// - Returns: nil when the package isn't affected.
    init?(_ findings: ArraySlice<AdvisoryIndex.Finding>, _ index: AdvisoryIndex) {
        let findings = Self.current(findings, index)
        let stated = findings.filter { $0.excuse == nil }
        guard let rank = stated.map(\.place.rank).min() else { return nil }
        let deciding = stated.filter { $0.place.rank == rank }
        let affecting = deciding.filter(\.isAffecting)
        basis = affecting.isEmpty ? deciding.filter(\.isUndetermined) : affecting
        if basis.isEmpty { return nil }
        isAffected = !affecting.isEmpty
        vulnerability = basis[0].vulnerability
        self.index = index
        let excuses = findings.compactMap { finding in
            finding.excuse.map { (advisory: index[finding.slot].key, justification: $0) }
        }
        let isContradicted = affecting.contains(where: \.isProductStatement)
        excuse = isContradicted ? nil : excuses.min { $0.advisory < $1.advisory }
    }

    /// Of lines of VEX only the newest count.
    private static func current(
        _ findings: ArraySlice<Finding>, _ index: AdvisoryIndex
    ) -> [Finding] {
        let products = findings.filter(\.isProductStatement)
        guard let newest = products.map({ index[$0.slot].modified }).max() else {
            return Array(findings)
        }
        return findings.filter {
            !$0.isProductStatement || index[$0.slot].modified == newest
        }
    }

    func match(_ package: InstalledPackage, _ rules: ResolvedSuppressions) -> Match {
        Match(
            vulnerability: index.names[vulnerability], package: package,
            verdict: verdict(on: package), bases: bases,
            fix: fix(in: package.ecosystem),
            isByUpstreamOnly: basis.allSatisfy(\.place.isUpstream),
            isDisputed: index.isDisputed(vulnerability),
            suppressor: excuse.map { .statement($0.advisory, $0.justification) }
                ?? rules.first(for: vulnerability, package).map { .rule($0) })
    }

    private func verdict(on package: InstalledPackage) -> Match.Verdict {
        guard isAffected else { return .undetermined(reasons) }
        // With the epoch of the fix the version may be a later one.
        let isOpen = !package.isEpochKnown && basis.allSatisfy(\.isFixedInAnEpoch)
        return isOpen ? .undetermined([.unknownEpoch]) : .affected
    }

    private var reasons: [Undetermined] {
        Set(basis.compactMap(\.undetermined)).sorted { $0.description < $1.description }
    }

    private var bases: [Match.Basis] {
        let all = basis.compactMap { finding -> Match.Basis? in
            guard let reason = finding.reason else { return nil }
            let advisory = index[finding.slot]
            return Match.Basis(
                advisory: advisory.key, key: finding.place.key, version: finding.place.version,
                reason: reason, urgency: advisory.stanzas[Int(finding.stanza)].urgency)
        }
        return Set(all).sorted {
            if $0.advisory != $1.advisory { return $0.advisory < $1.advisory }
            if $0.key != $1.key { return $0.key < $1.key }
            return $0.reason.description < $1.reason.description
        }
    }

    /// The last of all fixes, as each of the advisories asks for its own. Of the binary package
    /// where one tells that, and never of the project upstream, whose versions nobody can install.
    private func fix(in ecosystem: Ecosystem) -> Match.Fix? {
        var best: Match.Fix?
        for finding in basis where !finding.place.isUpstream {
            guard case .affected(_, let version?) = finding.verdict else { continue }
            let fix = Match.Fix(version: version, kind: finding.place.key.kind)
            if let other = best, !fix.isLater(than: other, ecosystem.scheme) { continue }
            best = fix
        }
        return best
    }
}

extension AdvisoryIndex.Finding {
    fileprivate var isAffecting: Bool { if case .affected = verdict { true } else { false } }

    fileprivate var isFixedInAnEpoch: Bool {
        guard case .affected(_, let fix?) = verdict else { return false }
        return fix.utf8.contains(ASCII.colon) && !fix.hasPrefix("0:")
    }

    fileprivate var isUndetermined: Bool { undetermined != nil }

    fileprivate var undetermined: Undetermined? {
        if case .undetermined(let reason) = verdict { reason } else { nil }
    }

    fileprivate var excuse: Justification? {
        if case .excused(let justification) = verdict { justification } else { nil }
    }

    fileprivate var reason: Match.Basis.Reason? {
        switch verdict {
        case .affected(let reason, _): reason
        case .undetermined(let reason): .undetermined(reason)
        case .notAffected, .otherModularity, .otherVersion, .excused: nil
        }
    }
}

extension Match.Fix {
    fileprivate func isLater(than other: Self, _ scheme: VersionScheme?) -> Bool {
        if kind != other.kind { return other.kind == .source }
        guard let scheme else { return version > other.version }
        do {
            let (left, right) = (
                try PackageVersion(version, scheme), try PackageVersion(other.version, scheme)
            )
            let order = left.order(relativeTo: right)
            return order != 0 ? order > 0 : version > other.version
        } catch {
            // A range of another scheme has them: any is as good, as long as it is always the same.
            return version > other.version
        }
    }
}

/// Suppressions by the vulnerabilities that their names stand for.
struct ResolvedSuppressions: Sendable {
    private var rules: [VulnerabilityNames.Number: [Suppression]] = [:]

    init(_ all: [Suppression], _ names: VulnerabilityNames) {
        for rule in all {
            guard let number = names.number(of: rule.vulnerability) else { continue }
            for vulnerability in names.vulnerabilities(of: number) {
                rules[vulnerability, default: []].append(rule)
            }
        }
    }

    /// The vulnerabilities for which `other` has other rules.
    func difference(from other: Self) -> [VulnerabilityNames.Number] {
        rules.keys.filter { rules[$0] != other.rules[$0] }
            + other.rules.keys.filter { rules[$0] == nil }
    }

    func first(
        for vulnerability: VulnerabilityNames.Number, _ package: InstalledPackage
    ) -> Suppression? {
        rules[vulnerability]?.first { $0.covers(package) }
    }
}

extension Array {
    /// Neighbours that belong together, by the order that they have.
    fileprivate func chunked(by belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
        var chunks: [ArraySlice<Element>] = []
        var start = startIndex
        while start < endIndex {
            var end = start + 1
            while end < endIndex, belongs(self[start], self[end]) { end += 1 }
            chunks.append(self[start..<end])
            start = end
        }
        return chunks
    }
}
