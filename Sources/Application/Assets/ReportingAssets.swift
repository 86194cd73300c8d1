private import Advisories
package import EventSourcing
package import PatchManagement

/// A report as it was sent.
package struct SentReport: Sendable, Equatable {
    package let format: String
    /// nil for the format's name.
    package let source: String?
    /// Name, address or id; nil for what the report says.
    package let asset: String?
    /// RFC 3339; nil for now.
    package let gathered: String?
    /// `ID` and `VERSION_ID` of os-release; nil for those of the asset's last inventory, else those
    /// that it was described with.
    package let osName: String?
    package let osVersion: String?
    package let bytes: [UInt8]

    package init(
        format: String, source: String? = nil, asset: String? = nil, gathered: String? = nil,
        osName: String? = nil, osVersion: String? = nil, bytes: [UInt8]
    ) {
        self.format = format
        self.source = source
        self.asset = asset
        self.gathered = gathered
        self.osName = osName
        self.osVersion = osVersion
        self.bytes = bytes
    }
}

/// What was taken in of a report.
package struct TakenReport: Sendable, Equatable {
    package struct Taken: Sendable, Equatable {
        package let id: StreamID
        package let name: String
        /// False when its source had said the same before.
        package let isNews: Bool
        package let counts: ReportCounts
        package let position: Int64
    }

    package let assets: [Taken]
    /// Names in the report that no active asset here has.
    package let unknown: [String]
    /// Of what was refused for single assets of several, the name and the reason.
    package let refused: [String]
    /// The first of what could not be read, each with place and reason.
    package let skipped: [String]
    package let skippedCount: Int
}

extension UseCases {
    /// Takes in what a scanner, a bill of materials or a list of packages says of assets.
    ///
    /// A report that is broken or cut off is refused as a whole; single entries that can't be read are
    /// named and left out. It is from when it was said to be, else from when it says itself, else from
    /// now.
    ///
    /// - Throws: `InvalidInput` for a report that can't be read, that names no asset, or none that is
    ///   known.
    package func reportAssets(_ sent: SentReport, _ order: Order) async throws -> TakenReport {
        let context = try context(order, .reportAsset)
        let (format, source, gathered) = try Self.heading(of: sent)
        let named: Asset?
        if let name = sent.asset {
            guard let asset = try await asset(called: name) else {
                throw InvalidInput(
                    field: "asset",
                    message: "no asset has the name, address or id '\(name)'; list the assets")
            }
            named = asset
        } else {
            named = nil
        }
        let report = try read(sent, as: format, of: named)
        let (parts, unknown) = try await parts(of: report, about: named)
        guard !parts.isEmpty else {
            throw InvalidInput(
                field: "asset",
                message: unknown.isEmpty
                    ? "the report names no asset; say which one it is about"
                    : "the report is about \(unknown.prefix(5).joined(separator: ", ")), "
                        + "and no asset here has such a name or address")
        }
        let takings = parts.map { asset, part in
            (
                asset, part,
                ReportTaking(
                    source: source, format: format,
                    gathered: gathered ?? report.made.map { Timestamp($0) } ?? context.at, part,
                    skipped: report.inventory.skippedCount)
            )
        }
        if named != nil, let (asset, _, taking) = takings.first {
            _ = try AssetDecider.decide(.report(taking), context, asset)
        }
        try await claimKey(of: order, context)
        var taken: [TakenReport.Taken] = []
        var refused: [String] = []
        for (asset, part, taking) in takings {
            do {
                taken.append(try await take(taking, part, asset, order))
            } catch let rejection as AssetRejection where named == nil {
                // One asset of many, that has a newer report say, leaves the others alone.
                refused.append("\(asset.registration?.name ?? ""): \(rejection.message)")
            }
        }
        for (asset, _, _) in takings where asset.attributes.kind == .image {
            refused += try await spread(asset, order)
        }
        refused += try await followRules(taken.map(\.id), order, .reportAsset).refused
        let inventory = report.inventory
        return TakenReport(
            assets: taken, unknown: unknown, refused: refused,
            skipped: inventory.skipped.filter { $0.kind == .unreadable }.prefix(100).map(
                \.description),
            skippedCount: inventory.skippedCount)
    }

    /// In which form a report is, who says so, and when it was seen; nil for now.
    private static func heading(
        of sent: SentReport
    ) throws(InvalidInput) -> (format: InventoryFormat, source: String, gathered: Timestamp?) {
        guard let format = InventoryFormat(rawValue: sent.format) else {
            let formats = InventoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidInput(field: "format", message: "'\(sent.format)' is none of \(formats)")
        }
        let source = sent.source ?? format.rawValue
        if source == Resolution.host || ImageOrigin.isSource(source) {
            throw InvalidInput(
                field: "source",
                message:
                    "'\(source)' stands for the host itself, or for its image: name another one")
        }
        guard let text = sent.gathered else { return (format, source, nil) }
        guard let gathered = Timestamp(text) else {
            throw InvalidInput(
                field: "gathered_at",
                message: "'\(text)' is not a time such as 2026-03-01T09:30:00Z")
        }
        return (format, source, gathered)
    }

    private func take(
        _ taking: ReportTaking, _ part: AssetReport, _ asset: Asset, _ order: Order
    ) async throws -> TakenReport.Taken {
        guard let id = asset.id, let name = asset.registration?.name else {
            throw NotFound(.asset, "")
        }
        var options = partOptions(order)
        options.documents = [part.document]
        let written = try await write(
            .report(taking), to: id, as: AssetDecider.self, order, .reportAsset, part: id.text,
            options: options, state: { _ in nil })
        // As it was written then, also when this command comes a second time.
        let event = try await store.read(id, after: written.version - 1, limit: 1).first
        return TakenReport.Taken(
            id: id, name: name, isNews: event?.type == PackageReportTaken.type,
            counts: taking.counts, position: written.position)
    }

    private func read(
        _ sent: SentReport, as format: InventoryFormat, of asset: Asset?
    ) throws(InvalidInput) -> PackageReport {
        let release = sent.osName.map {
            OperatingSystemRelease(id: $0, version: sent.osVersion ?? "")
        }
        let known = asset.flatMap { asset in
            asset.stratum.map { OperatingSystemRelease(id: $0.os, version: $0.version) }
                ?? asset.attributes.statedSystem
        }
        do {
            return try PackageReportReader.report(
                sent.bytes, format, release: release ?? known, asset: asset?.registration?.name)
        } catch {
            throw InvalidInput(field: "text", message: "\(error)")
        }
    }

    /// What the report says of each asset that it is about, and the names that nobody here has.
    private func parts(
        of report: PackageReport, about named: Asset?
    ) async throws -> (parts: [(Asset, AssetReport)], unknown: [String]) {
        if let named { return ([(named, AssetReport(report))], []) }
        let names = AssetReport.assets(in: report)
        guard names.count <= Self.mostReported else {
            throw InvalidInput(
                field: "text",
                message: "it is about \(names.count) assets; split it into reports of at most "
                    + "\(Self.mostReported)")
        }
        var parts: [(Asset, AssetReport)] = []
        var unknown: [String] = []
        for name in names {
            if let asset = try await asset(called: name) {
                parts.append((asset, AssetReport(report, of: name)))
            } else {
                unknown.append(name)
            }
        }
        return (parts, unknown)
    }

    private static let mostReported = 10_000

    /// The active asset of that name, id or address. An address is looked up in the view; what counts
    /// is the asset's stream.
    func asset(called name: String) async throws -> Asset? {
        for id in Self.assetIDs(called: name) {
            let state = try await bus.state(of: id, as: AssetDecider.self).state
            if state.registration != nil, !state.isDecommissioned { return state }
        }
        // Whoever was registered a moment ago is meant as well.
        try await wait(until: try await store.head())
        var request = ListRequest(.asset)
        request.state = "active"
        request.fields = ["address": name]
        request.limit = 2
        let found = try await reads.list(request).views.compactMap { StreamID($0.id) }
        guard let id = found.first, found.count == 1 else { return nil }
        return try await bus.state(of: id, as: AssetDecider.self).state
    }

    /// The ids that an asset of that name or id can have, whether or not there is one.
    static func assetIDs(called name: String) -> [StreamID] {
        var ids: [StreamID] = []
        if let id = StreamID(name), id.prefix == AssetDecider.prefix { ids.append(id) }
        if HostName(name) != nil {
            ids.append(AssetRegistration(name: name, address: name).asset)
        }
        return ids
    }
}
