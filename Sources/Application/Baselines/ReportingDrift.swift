package import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// Which drift somebody wants to see.
package struct DriftWish: Sendable, Equatable {
    package var moment = Moment()
    /// Only this package.
    package var package: String?
    /// Only this asset, by its id.
    package var asset: String?
    /// Packages that the baseline doesn't name as well.
    package var isWithUnnamed = false
    /// Drifts, and packages, at most: 1 to 10,000.
    package var limit = 500

    package init() {}
}

/// What the assets of a kind run, held against their baseline, as of a position of the log.
package struct DriftReport: Sendable, Equatable {
    package let baseline: Baseline
    package let report: BaselineReport
    /// The names of assets that drift.
    package let names: [StreamID: String]
    /// Active assets of the kind that have reported nothing yet: not among those of the report.
    package let unreported: Int
    package let position: Int64
}

extension UseCases {
    /// - Throws: `NotFound` when the kind has no baseline (then), `InvalidInput` when more would have
    ///   to be read than a report may.
    package func drift(
        from id: String, _ caller: Caller, _ wish: DriftWish
    ) async throws -> DriftReport {
        _ = try authorise(caller, .readControls)
        _ = try authorise(caller, .readInventory)
        let asked = try await position(wish.moment)
        let reached = try await reads.position()
        let position = asked ?? reached
        let baseline = try await baseline(id, at: position)
        let (assets, unreported) = try await assets(of: baseline.kind, wish, at: position)
        let most = wish.isWithUnnamed ? Self.mostWhole : Self.mostNamed
        guard assets.count <= most else {
            throw InvalidInput(
                field: "asset",
                message:
                    "\(assets.count) assets are of the kind '\(baseline.kind)', and a report is "
                    + "of \(most) at most; name one asset"
                    + (wish.isWithUnnamed ? ", or leave out what the baseline doesn't name" : ""))
        }
        let named = Set(baseline.standards.map(\.name))
        var inventories: [AssetPackages] = []
        inventories.reserveCapacity(assets.count)
        for slice in assets.indices.chunks(of: Self.shelf) {
            let found = try await store.documents(Array(Set(assets[slice].flatMap(\.digests))))
            for asset in assets[slice] {
                let packages = try asset.reports(from: found).installed.filter { package in
                    (wish.isWithUnnamed || named.contains(package.name))
                        && wish.package.map { $0 == package.name } ?? true
                }
                inventories.append(AssetPackages(asset: asset.id, packages: packages))
            }
            try Task.checkCancellation()
        }
        let report = BaselineReport(inventories, against: baseline.reduced(to: wish.package))
        let names = Dictionary(assets.map { ($0.id, $0.name) }) { $1 }
        let drifting = Set(report.drifts.map(\.asset))
        return DriftReport(
            baseline: baseline, report: report, names: names.filter { drifting.contains($0.key) },
            unreported: unreported, position: position)
    }

    /// Assets of a report over the packages that a baseline names, and over all packages; reports
    /// that are read at a time.
    private static let mostNamed = 100_000
    private static let mostWhole = 2000
    private static let shelf = 32

    /// By its id, or by the kind that it is for.
    private func baseline(_ id: String, at position: Int64) async throws -> Baseline {
        let named = StreamID(id).flatMap { $0.prefix == BaselineDecider.prefix ? $0 : nil }
        let baseline = try await history(
            of: named ?? Baseline.id(kind: id), as: BaselineDecider.self,
            upTo: max(position, 1)
        ).state
        guard let baseline else { throw NotFound(.baseline, id) }
        return baseline
    }

    private struct ReportedAsset {
        let id: StreamID
        let name: String
        /// Of its own inventory.
        let report: Digest?
        /// Of what others say of it.
        let others: [Digest]

        var digests: [Digest] { (report.map { [$0] } ?? []) + others }

        func reports(from documents: [Digest: Document]) throws -> ReportsOfAsset {
            func read<Report: Decodable>(_ digest: Digest) throws -> Report {
                guard let document = documents[digest] else {
                    throw EventStoreError(
                        .corrupted, "the report \(digest) of \(id) is not kept")
                }
                return try CanonicalJSON.decode(Report.self, from: document.bytes)
            }
            return ReportsOfAsset(
                inventory: try report.map { try read($0) }, others: try others.map { try read($0) })
        }
    }

    /// What the views of assets say that a report needs.
    private struct AssetLine: Decodable {
        struct Attributes: Decodable { let kind: String }
        struct Report: Decodable { let digest: String }

        let name: String
        let group: String?
        let attributes: Attributes?
        let reportDigest: String?
        let reports: [Report]?

        private enum CodingKeys: String, CodingKey {
            case name, group, attributes, reports
            case reportDigest = "report_digest"
        }
    }

    private func assets(
        of kind: String, _ wish: DriftWish, at position: Int64
    ) async throws -> (reported: [ReportedAsset], unreported: Int) {
        if let asset = wish.asset { _ = try stream(asset, .asset, prefix: AssetDecider.prefix) }
        var request = ListRequest(.asset)
        request.state = "active"
        request.asOf = position
        var reported: [ReportedAsset] = []
        var unreported = 0
        for try await page in reads.pages(of: request) {
            for view in page.views where wish.asset.map({ $0 == view.id }) ?? true {
                let line = try CanonicalJSON.decode(AssetLine.self, from: view.document)
                guard
                    Baseline.concerns(
                        kind: kind, group: line.group,
                        assetKind: line.attributes?.kind ?? AssetKind.machine.rawValue),
                    let id = StreamID(view.id)
                else { continue }
                let asset = ReportedAsset(
                    id: id, name: line.name, report: line.reportDigest.flatMap { Digest($0) },
                    others: (line.reports ?? []).compactMap { Digest($0.digest) })
                if asset.digests.isEmpty { unreported += 1 } else { reported.append(asset) }
            }
        }
        return (reported, unreported)
    }
}
