extension AdvisoryIndex {
    /// What one statement says of a package and one vulnerability.
    struct Finding {
        let vulnerability: Number
        let place: Place
        let slot: Slot
        let stanza: Int32
        let verdict: StatementVerdict
        /// Whether a line of VEX says it.
        let isProductStatement: Bool
    }

    /// Where statements on a package may stand, and what they are compared with.
    struct Place {
        let key: PackageKey
        /// The lowest decides: the release, then the distribution, then the project upstream.
        let rank: Int
        let version: String
        let scheme: VersionScheme?
        var isUpstream = false
        /// The package's release isn't known: this is one of those that it may have.
        var isGuess = false
    }

    /// Where statements on packages of one ecosystem may stand.
    struct Route {
        struct Leg {
            let ecosystem: Ecosystem
            let scheme: VersionScheme?
            let table: Table
            let rank: Int
            var isGuess = false
        }

        let ecosystem: Ecosystem
        /// Those where there are statements at all, the most precise first.
        let legs: [Leg]
        let hasProjects: Bool
    }

    func route(for ecosystem: Ecosystem) -> Route {
        var legs: [Route.Leg] = []
        for (rank, ecosystem) in ecosystem.withWider.enumerated() {
            guard let table = table(of: ecosystem) else { continue }
            legs.append(
                Route.Leg(
                    ecosystem: ecosystem, scheme: ecosystem.scheme, table: table, rank: rank))
        }
        if !ecosystem.hasRelease {
            for release in releases(of: ecosystem.text) {
                guard let table = table(of: release) else { continue }
                legs.append(
                    Route.Leg(
                        ecosystem: release, scheme: release.scheme, table: table, rank: 0,
                        isGuess: true))
            }
        }
        return Route(
            ecosystem: ecosystem, legs: legs,
            hasProjects: upstream.hasProjects(of: ecosystem.family))
    }

    /// Where there are statements on the package, and these.
    func stated(_ package: InstalledPackage, _ route: Route) -> [(Place, StatementList)] {
        var stated: [(Place, StatementList)] = []
        let name = package.name(of: .binary)
        let sourceName = package.source == nil ? name : package.name(of: .source)
        for leg in route.legs {
            for kind in PackageKey.Kind.allCases {
                let name = kind == .source ? sourceName : name
                guard let statements = statements(on: name, kind, in: leg.table),
                    !statements.isEmpty
                else { continue }
                let place = Place(
                    key: PackageKey(leg.ecosystem, kind, normalized: name), rank: leg.rank,
                    version: package.version(of: kind), scheme: leg.scheme,
                    isGuess: leg.isGuess)
                stated.append((place, statements))
            }
        }
        guard route.hasProjects else { return stated }
        for project in upstream.projects(of: package) {
            guard let statements = statements(on: project), !statements.isEmpty else { continue }
            let version = UpstreamNames.projectVersion(package.version(of: .source))
            let place = Place(
                key: project, rank: .max, version: version, scheme: project.ecosystem.scheme,
                isUpstream: true)
            stated.append((place, statements))
        }
        return stated
    }

    /// What is said of the package, as far as it may decide anything.
    func findings(_ package: InstalledPackage, _ route: Route) -> [Finding] {
        let stated = stated(package, route)
        if stated.isEmpty { return [] }
        // Where all have one rank, a version that isn't affected overrules nobody.
        let isOverruling = stated.contains { $0.0.rank != stated[0].0.rank }
        var versions: [ReadVersion] = []
        var findings: [Finding] = []
        for (place, statements) in stated {
            let scheme = place.scheme
            let version: ReadVersion
            if let read = versions.first(where: { $0.isReading(of: place.version, scheme) }) {
                version = read
            } else {
                version = ReadVersion(place.version, scheme)
                versions.append(version)
            }
            // What isn't affected may overrule somebody, so all must be asked then.
            let reaching =
                if !isOverruling, let scheme, let key = version.key(scheme) {
                    statements.statements(reaching: key, scheme)
                } else {
                    statements.statements
                }
            for statement in reaching {
                add(statement, place, version, isOverruling: isOverruling, &findings)
            }
        }
        return findings
    }

    private func add(
        _ statement: StatementList.Statement, _ place: Place, _ version: ReadVersion,
        isOverruling: Bool,
        _ findings: inout [Finding]
    ) {
        let advisory = self[statement.slot]
        let stanza = advisory.stanzas[Int(statement.stanza)]
        guard let verdict = verdict(of: stanza, on: version, place, isOverruling: isOverruling)
        else { return }
        for vulnerability in advisory.subjects[Int(statement.subject)].vulnerabilities {
            findings.append(
                Finding(
                    vulnerability: vulnerability, place: place, slot: statement.slot,
                    stanza: statement.stanza, verdict: verdict,
                    isProductStatement: stanza.isProduct))
        }
    }

    /// nil when it can't decide anything.
    private func verdict(
        of stanza: IndexedAdvisory.Stanza, on version: ReadVersion, _ place: Place,
        isOverruling: Bool
    ) -> StatementVerdict? {
        let verdict = stanza.verdict(on: version)
        if verdict.isSilent { return nil }
        if place.isGuess { return verdict.isOpen ? .undetermined(.unknownRelease) : nil }
        if verdict == .notAffected, !isOverruling, !stanza.isProduct { return nil }
        return verdict
    }
}

extension StatementVerdict {
    /// Whether it makes the package one to be looked at.
    fileprivate var isOpen: Bool {
        switch self {
        case .affected, .undetermined: true
        case .notAffected, .otherModularity, .otherVersion, .excused: false
        }
    }
}
