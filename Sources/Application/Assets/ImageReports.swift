package import EventSourcing
internal import PatchManagement

/// What an asset that is replaced rather than patched took from the image that it runs.
package struct VerifiedImage: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        /// Something differs from what was known before.
        case taken
        case confirmed
        case refused
    }

    package let id: StreamID
    package let name: String
    package let image: String?
    package let outcome: Outcome
    /// Sources of the image's reports, sorted.
    package let sources: [String]
    /// Why it was refused.
    package let reason: String?
    /// 0 where nothing was written.
    package let position: Int64
}

extension UseCases {
    /// Has ephemeral assets take the reports of the images that they run for their own.
    ///
    /// - Parameter ids: nil for all active ones.
    /// - Returns: By name.
    package func verifyImages(_ ids: [String]?, _ order: Order) async throws -> [VerifiedImage] {
        let context = try context(order, .verifyImage)
        let assets: [StreamID]
        if let ids {
            guard !ids.isEmpty else {
                throw InvalidInput(field: "assets", message: "is empty; leave it out for all")
            }
            assets = try ids.map { try stream($0, .asset, prefix: AssetDecider.prefix) }
            for asset in assets {
                let state = try await bus.state(of: asset, as: AssetDecider.self).state
                guard let name = state.registration?.name else { throw NotFound(asset) }
                guard state.attributes.isEphemeral == true, state.image != nil else {
                    throw InvalidInput(
                        field: "assets",
                        message: "'\(name)' is not ephemeral, or names no image: import it with "
                            + "ephemeral=true and image=sha256:... first")
                }
            }
        } else {
            assets = try await runningAssets(image: nil)
        }
        try await claimKey(of: order, context)
        return try await takeImageReports(assets, order, .verifyImage)
    }

    /// Gives the reports of an image to all active assets that run it.
    ///
    /// - Returns: Of those that refused it, the name and the reason.
    func spread(_ image: Asset, _ order: Order) async throws -> [String] {
        guard let name = image.image else { return [] }
        let running = try await runningAssets(image: name)
        return try await takeImageReports(running, order, .reportAsset)
            .compactMap { verified in verified.reason.map { "\(verified.name): \($0)" } }
    }

    /// Active ephemeral assets that name an image.
    ///
    /// - Parameter image: Only those that run this one.
    private func runningAssets(image: String?) async throws -> [StreamID] {
        // Whoever was registered a moment ago is meant as well.
        try await wait(until: try await store.head())
        var request = ListRequest(.asset)
        request.state = "active"
        if let image { request.fields["runs_image"] = image }
        var assets: [StreamID] = []
        for try await page in reads.pages(of: request) {
            for view in page.views {
                let line = try CanonicalJSON.decode(ImageLine.self, from: view.document)
                if line.runsImage != nil, let id = StreamID(view.id) { assets.append(id) }
            }
        }
        return assets
    }

    /// Assets that aren't ephemeral, or name no image, are left alone.
    ///
    /// - Parameter seen: When they were seen to run their images; nil for now.
    func takeImageReports(
        _ assets: [StreamID], _ order: Order, _ action: Action, seen: Timestamp? = nil
    ) async throws -> [VerifiedImage] {
        let gathered = try seen ?? context(order, action).at
        var states: [(StreamID, Asset)] = []
        for slice in assets.indices.chunks(of: 32) {
            states += try await inOrder(slice.map { assets[$0] }) { asset in
                (asset, try await bus.state(of: asset, as: AssetDecider.self).state)
            }
        }
        states.removeAll { _, state in
            state.attributes.isEphemeral != true || state.isDecommissioned || state.image == nil
                || state.attributes.kind == .image
        }
        if states.isEmpty { return [] }
        // An image that was reported on a moment ago counts as well.
        try await wait(until: try await store.head())
        var images: [String: Result<Asset, ImageFault>] = [:]
        for name in Set(states.compactMap { $0.1.image }) {
            images[name] = try await knownImage(name)
        }
        let known = images
        var verified: [VerifiedImage] = []
        for slice in states.indices.chunks(of: 32) {
            verified += try await inOrder(slice.map { states[$0] }) { id, state in
                guard let name = state.image, let image = known[name] else {
                    preconditionFailure("those without an image were left out")
                }
                return try await take(image, name, for: id, state, gathered, order, action)
            }
        }
        return verified.sorted { $0.name < $1.name }
    }

    private func take(
        _ image: Result<Asset, ImageFault>, _ name: String, for id: StreamID, _ state: Asset,
        _ gathered: Timestamp, _ order: Order, _ action: Action
    ) async throws -> VerifiedImage {
        func outcome(
            _ outcome: VerifiedImage.Outcome, _ sources: [String] = [], _ reason: String? = nil,
            _ position: Int64 = 0
        ) -> VerifiedImage {
            VerifiedImage(
                id: id, name: state.registration?.name ?? id.text, image: name, outcome: outcome,
                sources: sources, reason: reason, position: position)
        }
        // Nobody sees any more what it runs: a report would be evidence of nothing (I13).
        if state.isGoneFromCloud {
            return outcome(
                .refused, [],
                "its instance is no longer in its account's list: decommission or replace it")
        }
        let source: Asset
        switch image {
        case .failure(let fault): return outcome(.refused, [], fault.message(name))
        case .success(let known): source = known
        }
        guard let asset = source.id else { return outcome(.refused, [], "its image has no id") }
        var position: Int64 = 0
        var isNews = false
        do {
            for report in source.reports {
                let taking = ReportTaking(
                    of: ImageOrigin(asset: asset, image: name), report, gathered: gathered)
                let written = try await write(
                    .report(taking), to: id, as: AssetDecider.self, order, action,
                    part: "\(id.text)/image/\(report.source)", options: partOptions(order),
                    state: { _ in nil })
                // As it was written then, also when this command comes a second time.
                let event = try await store.read(id, after: written.version - 1, limit: 1).first
                isNews = isNews || event?.type == PackageReportTaken.type
                position = max(position, written.position)
            }
            let left = Set(source.reports.map { ImageOrigin.source($0.source) })
            for report in state.reports
            where ImageOrigin.isSource(report.source) && !left.contains(report.source) {
                isNews = true
                position = max(
                    position,
                    try await write(
                        .forgetSource(report.source, reason: "it runs image \(name) now"), to: id,
                        as: AssetDecider.self, order, action,
                        part: "\(id.text)/forget/\(report.source)", options: partOptions(order),
                        state: { _ in nil }
                    ).position)
            }
        } catch let rejection as AssetRejection {
            return outcome(.refused, [], rejection.message)
        }
        return outcome(
            isNews ? .taken : .confirmed, source.reports.map(\.source), nil, position)
    }

    private enum ImageFault: Error {
        case unknown
        case several([String])
        case unreported(String)

        func message(_ image: String) -> String {
            switch self {
            case .unknown:
                "no active asset of kind image is '\(image)': register it, and report its packages"
            case .several(let names):
                "several assets are image '\(image)', \(names.joined(separator: ", ")): "
                    + "decommission all but one"
            case .unreported(let name):
                "nothing was reported of image '\(name)' yet: report its packages"
            }
        }
    }

    /// The asset that is an image, with what was reported of it.
    private func knownImage(_ image: String) async throws -> Result<Asset, ImageFault> {
        var request = ListRequest(.asset)
        request.state = "active"
        request.fields["provides_image"] = image
        request.limit = 3
        let views = try await reads.list(request).views
        guard let id = views.first.flatMap({ StreamID($0.id) }) else { return .failure(.unknown) }
        guard views.count == 1 else { return .failure(.several(views.map(\.sortKey))) }
        let state = try await bus.state(of: id, as: AssetDecider.self).state
        return state.reports.isEmpty
            ? .failure(.unreported(state.registration?.name ?? image)) : .success(state)
    }

    private struct ImageLine: Decodable {
        let runsImage: String?

        private enum CodingKeys: String, CodingKey {
            case runsImage = "runs_image"
        }
    }
}
