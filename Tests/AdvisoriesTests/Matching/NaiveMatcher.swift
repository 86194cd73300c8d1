import Advisories

/// The oracle: for one package it goes through every stanza of every advisory and evaluates it as
/// it stands. It has no index and no memory, and finds names by going through all advisories again
/// and again.
struct NaiveMatcher {
    /// What is compared with the index's matches.
    struct Line: Hashable, Comparable, CustomStringConvertible {
        let vulnerability: String
        let isAffected: Bool
        let advisories: [String]
        let isDisputed: Bool
        let isSuppressed: Bool

        var description: String {
            "\(vulnerability) \(isAffected ? "affected" : "undetermined") by \(advisories)"
                + (isDisputed ? " disputed" : "") + (isSuppressed ? " suppressed" : "")
        }

        static func < (left: Self, right: Self) -> Bool {
            left.description < right.description
        }
    }

    private enum Verdict { case affected, notAffected, undetermined, excused, silent }

    private struct Finding {
        let vulnerability: String
        let rank: Int
        let advisory: Advisory
        let verdict: Verdict
        let isVEX: Bool
    }

    let advisories: [Advisory]

    private var valid: [Advisory] { advisories.filter { $0.withdrawn == nil } }

    /// Sorted.
    func match(_ package: InstalledPackage) -> [Line] {
        var findings: [Finding] = []
        for advisory in valid {
            for affected in advisory.affected {
                guard let (rank, versions) = place(of: affected, package) else { continue }
                for version in versions {
                    let verdict = verdict(affected, version)
                    for name in vulnerabilities(advisory.id) {
                        findings.append(
                            Finding(
                                vulnerability: name, rank: rank, advisory: advisory,
                                verdict: verdict, isVEX: false))
                    }
                }
            }
            for statement in advisory.statements {
                guard let verdict = verdict(statement, package) else { continue }
                for name in vulnerabilities(statement.vulnerability) {
                    findings.append(
                        Finding(
                            vulnerability: name, rank: 0, advisory: advisory, verdict: verdict,
                            isVEX: true))
                }
            }
        }
        return Set(findings.map(\.vulnerability)).compactMap { name in
            line(name, findings.filter { $0.vulnerability == name && $0.verdict != .silent })
        }.sorted()
    }

    private func line(_ name: String, _ all: [Finding]) -> Line? {
        let newest = all.filter(\.isVEX).map(\.advisory.modified).max()
        let findings = all.filter { !$0.isVEX || $0.advisory.modified == newest }
        let stated = findings.filter { $0.verdict != .excused }
        guard let rank = stated.map(\.rank).min() else { return nil }
        let deciding = stated.filter { $0.rank == rank }
        let affecting = deciding.filter { $0.verdict == .affected }
        let open = deciding.filter { $0.verdict == .undetermined }
        let basis = affecting.isEmpty ? open : affecting
        if basis.isEmpty { return nil }
        let isDisputed = valid.contains {
            $0.isDisputed && vulnerabilities($0.id) == [name]
        }
        return Line(
            vulnerability: name, isAffected: !affecting.isEmpty,
            advisories: Set(basis.map(\.advisory.id)).sorted(), isDisputed: isDisputed,
            isSuppressed: findings.contains { $0.verdict == .excused }
                && !affecting.contains(where: \.isVEX))
    }

    // MARK: Places and versions

    private func place(
        of affected: AffectedPackage, _ package: InstalledPackage
    ) -> (rank: Int, versions: [String])? {
        let family = package.ecosystem.text.split(separator: ":")[0]
        let rank: Int
        switch affected.ecosystem {
        case package.ecosystem.text: rank = 0
        case String(family): rank = 1
        default: return nil
        }
        var versions: [String] = []
        let (sourceName, sourceVersion) = (
            package.source?.name ?? package.name, package.source?.version ?? package.version
        )
        switch affected.nameKind {
        case .plain: if affected.name == package.name { versions = [package.version] }
        case .binary: if affected.name == package.name { versions = [package.version] }
        case .source: if affected.name == sourceName { versions = [sourceVersion] }
        case .sourceOrBinary:
            if affected.name == package.name { versions.append(package.version) }
            if affected.name == sourceName { versions.append(sourceVersion) }
        }
        return versions.isEmpty ? nil : (rank, versions)
    }

    private func verdict(_ affected: AffectedPackage, _ text: String) -> Verdict {
        if affected.versions.contains(text) { return .affected }
        var isOpen = !affected.isComplete
        if affected.ranges.isEmpty, !affected.versions.isEmpty, let scheme = affected.scheme {
            do {
                let version = try PackageVersion(text, scheme)
                for listed in affected.versions
                where try PackageVersion(listed, scheme).order(relativeTo: version) == 0 {
                    return .affected
                }
            } catch {
                isOpen = true
            }
        }
        for range in affected.ranges {
            do {
                if try range.affects(PackageVersion(text, range.scheme)) { return .affected }
            } catch {
                isOpen = true
            }
        }
        return isOpen ? .undetermined : .notAffected
    }

    /// The tests' lines of VEX are about one binary package in one version or all, in one release.
    private func verdict(_ statement: ProductStatement, _ package: InstalledPackage) -> Verdict? {
        guard let purl = statement.product.purl, purl.type == "deb", purl.name == package.name,
            let distro = purl.qualifiers.first(where: { $0.key == "distro" }),
            "Debian:" + distro.value.dropFirst(7) == package.ecosystem.text
        else { return nil }
        if let version = purl.version {
            let decides = statement.status == .fixed || statement.status == .knownAffected
            do {
                let order = try PackageVersion(package.version, .debian)
                    .order(relativeTo: PackageVersion(version, .debian))
                if statement.status == .fixed { return order < 0 ? .affected : .notAffected }
                if order != 0 { return .silent }
            } catch {
                return decides ? .undetermined : .silent
            }
        }
        switch statement.status {
        case .fixed: return .notAffected
        case .knownAffected: return .affected
        case .knownNotAffected: return .excused
        case .underInvestigation: return .undetermined
        }
    }

    // MARK: Names

    private func isCVE(_ id: String) -> Bool { id.hasPrefix("CVE-") }

    private func isUpdate(_ id: String) -> Bool { id.hasPrefix("DSA-") || id.hasPrefix("ALSA-") }

    /// Sorted.
    func vulnerabilities(_ id: String) -> [String] {
        var found: Set<String> = []
        var seen: Set<String> = []
        var open: Set<String> = [id]
        while let next = open.min() {
            open.remove(next)
            seen.insert(next)
            if isCVE(next) {
                found.insert(next)
                continue
            }
            let group = group(next)
            seen.formUnion(group)
            let cves = Set(group.flatMap(aliases).filter(isCVE))
            let upstream = Set(group.flatMap(upstream))
            if !cves.isEmpty {
                found.formUnion(cves)
            } else if upstream.isEmpty {
                found.insert(best(group))
            } else {
                open.formUnion(upstream.subtracting(seen))
            }
        }
        return found.isEmpty ? [best(seen)] : found.sorted()
    }

    private func best(_ ids: Set<String>) -> String {
        ids.filter { $0.hasPrefix("GHSA-") }.min() ?? ids.min() ?? ""
    }

    private func group(_ id: String) -> Set<String> {
        var group: Set = [id]
        while true {
            let wider = group.union(group.flatMap(aliases).filter { !isCVE($0) })
            if wider == group { return group }
            group = wider
        }
    }

    /// Those that it names and those that name it, updates apart.
    private func aliases(_ id: String) -> [String] {
        valid.filter { !isUpdate($0.id) }.flatMap { advisory -> [String] in
            let others = advisory.aliases.filter {
                $0 != advisory.id && !isUpdate($0) && !(isCVE($0) && isCVE(advisory.id))
            }
            if advisory.id == id { return others }
            return others.contains(id) ? [advisory.id] : []
        }
    }

    private func upstream(_ id: String) -> [String] {
        valid.filter { $0.id == id && !isCVE(id) }.flatMap { advisory -> [String] in
            guard isUpdate(id) else { return advisory.upstream.filter { $0 != id } }
            let named = advisory.upstream + advisory.aliases
            return (named.isEmpty ? advisory.related.filter(isCVE) : named).filter { $0 != id }
        }
    }
}
