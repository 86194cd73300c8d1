internal import Advisories
package import EventSourcing
package import PatchManagement

/// What nobody can tell of one asset.
package struct UndeterminedMatches: Sendable, Equatable {
    package let asset: StreamID
    package let name: String
    /// False where nothing can be told of it at all: nothing was reported, or of a system without
    /// advisories.
    package let isTold: Bool
    package let matches: [UndeterminedMatch]
    /// Packages of which no feed says anything at all: that they have no finding means nothing.
    package let uncovered: [UncoveredPackages]
    package let position: Int64
}

package struct UncoveredPackages: Sendable, Equatable {
    /// Such as `Ubuntu:24.04`; nil where nobody knows of which system they are.
    package let ecosystem: String?
    package let packages: Int
}

extension UseCases {
    /// The vulnerabilities of which nobody can tell whether an asset has them, or could tell then, by
    /// what had been reported of it last and what the feeds said.
    ///
    /// They are no events, as most of them say something of an inventory's form only; so they are
    /// computed. Cost: the documents of all advisories on the asset's packages are read.
    package func undeterminedMatches(
        of id: String, _ caller: Caller, _ moment: Moment = Moment()
    ) async throws -> UndeterminedMatches {
        _ = try authorise(caller, .readFindings)
        guard let asset = StreamID(id), asset.prefix == AssetDecider.prefix else {
            throw NotFound("asset", id)
        }
        let past = try await position(moment)
        let reached: Int64 = if let past { past } else { try await reads.position() }
        let state = try await state(of: asset, asOf: past)
        guard let registration = state.registration else { throw NotFound("asset", id) }
        let reports = try await reports(of: state)
        let packages = reports.packagesToMatch
        var matches: [UndeterminedMatch] = []
        var uncovered: [UncoveredPackages] = []
        if let packages {
            let entries = try await entries(asOf: past)
            let index = try await advisories.index(on: packages, among: entries)
            matches = index.undetermined(of: packages)
            let covered = CoveredEcosystems(entries.lazy.flatMap(\.ecosystems))
            let counts = packages.reduce(into: [:]) { $0[$1.ecosystem, default: 0] += 1 }
            uncovered = counts.filter { !covered.covers($0.key) }
                .sorted { $0.key < $1.key }
                .map { UncoveredPackages(ecosystem: $0.key.text, packages: $0.value) }
        }
        if reports.unplacedPackages > 0 {
            uncovered.append(
                UncoveredPackages(ecosystem: nil, packages: reports.unplacedPackages))
        }
        return UndeterminedMatches(
            asset: asset, name: registration.name, isTold: packages != nil, matches: matches,
            uncovered: uncovered, position: reached)
    }

    private func state(of asset: StreamID, asOf position: Int64?) async throws -> Asset {
        guard let position else {
            return try await bus.state(of: asset, as: AssetDecider.self).state
        }
        if position == 0 { return Asset() }
        return try await history(of: asset, as: AssetDecider.self, upTo: position).state
    }

    private func reports(of asset: Asset) async throws -> ReportsOfAsset {
        var reports = ReportsOfAsset()
        if let digest = asset.report {
            reports.inventory = try await report(InventoryReport.self, digest)
        }
        for other in asset.reports {
            reports.others.append(try await report(AssetReport.self, other.report))
        }
        return reports
    }

    private func report<Report: Decodable>(
        _ type: Report.Type, _ digest: Digest
    ) async throws -> Report {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the report \(digest) is gone")
        }
        return try CanonicalJSON.decode(type, from: document.bytes)
    }
}

extension AdvisoryCatalogue {
    /// Everything that `entries` say of these packages.
    ///
    /// - Throws: `EventStoreError.overloaded` when too many ask at a time.
    func index(
        on packages: [Advisories.InstalledPackage], among entries: [Entry]
    ) async throws -> AdvisoryIndex {
        // Names are spelt differently here and there; one too many costs only its reading.
        var names: Set<String> = ["kernel"]
        for package in packages {
            names.insert(Self.plain(package.name))
            if let source = package.source { names.insert(Self.plain(source.name)) }
        }
        let found = entries.filter { entry in
            entry.hasMorePackages || entry.packages.contains { names.contains(Self.plain($0)) }
        }
        return try await index(of: found)
    }

    static func plain(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 })
    }
}
