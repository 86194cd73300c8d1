internal import Advisories
internal import EventSourcing

/// One vulnerability as an asset's packages have it: all matches of it together.
struct Sighting {
    /// Under the name that its finding has, also when a better one has become known since.
    let vulnerability: VulnerabilityID
    let names: [String]
    /// The first of those that have it.
    let package: Advisories.InstalledPackage
    /// Those that say so, sorted.
    let advisories: [AdvisoryKey]
    /// Those that name a version without it.
    let fixing: [AdvisoryKey]
    /// Of which packages in which versions have it, and which versions mend it.
    let digest: Digest

    /// - Returns: nil for a name that no vulnerability can have.
    init?(
        _ name: String, _ matches: [Match], _ index: AdvisoryIndex, _ watched: WatchedAsset
    ) {
        let sorted = matches.sorted { $0.package < $1.package }
        guard let first = sorted.first else { return nil }
        names = [name] + index.aliases(of: name)
        let ids = names.compactMap { VulnerabilityID($0) }
        guard let id = ids.first(where: { watched.known[$0.key] != nil }) ?? ids.first else {
            return nil
        }
        vulnerability = watched.known[id.key]?.vulnerability ?? id
        package = first.package
        advisories = Set(sorted.flatMap { $0.bases.map(\.advisory) }).sorted()
        fixing = Set(
            sorted.flatMap(\.bases).filter(\.namesFix).map(\.advisory)
        ).sorted()
        digest = Digest(
            of: sorted.map { match in
                let parts = [
                    match.package.ecosystem.text, match.package.name, match.package.version,
                    match.fix?.version ?? "",
                ]
                return parts.joined(separator: "\t")
            }.joined(separator: "\n"))
    }
}

extension Match.Basis {
    fileprivate var namesFix: Bool {
        switch reason {
        case .range(let range):
            range.events.contains { if case .fixed = $0 { true } else { false } }
        case .stated(let status): status == .fixed
        case .listed, .undetermined: false
        }
    }
}
