internal import EventSourcing
private import PatchManagement

extension UseCases {
    /// An asset was replaced by another one: they are linked, the old one is decommissioned, and the
    /// new one takes what is known of the image that it runs.
    ///
    /// - Parameters:
    ///   - successor: Name, address or id of the new one.
    ///   - image: What the new one was started from; nil for what is known.
    /// - Returns: What became of the old one.
    package func replaceAsset(
        _ id: String, by successor: String, image: String?, reason: String?, _ order: Order
    ) async throws -> Written {
        let context = try context(order, .replaceAsset)
        let old = try stream(id, .asset, prefix: AssetDecider.prefix)
        guard let new = try await asset(called: successor), let heir = new.id,
            let name = new.registration?.name
        else {
            throw InvalidInput(
                field: "by",
                message: "no active asset has the name, address or id '\(successor)': register it "
                    + "first")
        }
        let before = try await bus.state(of: old, as: AssetDecider.self).state
        guard before.registration != nil else { throw NotFound(old) }
        let end = AssetCommand.decommission(
            reason: reason ?? "replaced by \(name)", successor: heir)
        var steps: [(command: AssetCommand, part: String)] = []
        if let image {
            var attributes = new.attributes
            attributes.image = image
            attributes.isEphemeral = true
            steps.append((.describe(attributes), "describe"))
        }
        steps.append((.succeed(old), "succeed"))
        for step in steps { _ = try AssetDecider.decide(step.command, context, new) }
        _ = try AssetDecider.decide(end, context, before)
        try await claimKey(of: order, context)
        let options = partOptions(order)
        for (command, part) in steps {
            _ = try await write(
                command, to: heir, as: AssetDecider.self, order, .replaceAsset,
                part: "\(heir.text)/\(part)", options: options, state: { _ in nil })
        }
        _ = try await takeImageReports([heir], order, .replaceAsset)
        return try await write(
            end, to: old, as: AssetDecider.self, order, .replaceAsset, part: old.text,
            options: options, state: { $0.isDecommissioned ? "decommissioned" : "active" })
    }

    /// Nothing that a source said of an asset counts any more: what only it says ends.
    package func forgetSource(
        _ id: String, source: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await write(
            .forgetSource(source, reason: reason),
            to: try stream(id, .asset, prefix: AssetDecider.prefix), as: AssetDecider.self, order,
            .forgetReportSource, state: { $0.isDecommissioned ? "decommissioned" : "active" })
    }
}
