import APIContract
import ArgumentParser
private import JSON

extension AssetCommand {
    struct Explain: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Shows how a patch came to stand on an asset as it does: the chain of events.",
            discussion: """
                All events of the patch, of its deployments on this asset, and of their rollouts as \
                far as they concern the asset's batch or all of it, in the order of the log.
                """)

        @Argument(help: "The asset's name or id.")
        var host: String

        @Argument(help: "The patch's id.")
        var patch: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let explanation = try await Explanation(host: host, patch: patch, session)
            try session.printer.show(explanation) { explanation.text }
        }
    }
}

/// Where a patch stands on an asset, and every event that led there.
struct Explanation: Encodable {
    let asset: AssetResource
    let patch: PatchResource
    /// Oldest first; a patch may come to an asset by several rollouts.
    let deployments: [DeploymentResource]
    /// In the order of the log.
    let events: [EventResource]
    let conclusion: String

    init(host: String, patch id: String, _ session: Session) async throws {
        asset = try await session.asset(called: host)
        patch = try await session.read("patches/\(id.segment)")
        var deployments: [DeploymentResource] = []
        var events = try await Self.events(of: patch.id, session)
        for rollout in patch.rollouts {
            let page: ListPage<DeploymentResource> = try await session.client.list(
                "rollouts/\(rollout.id.segment)/deployments",
                query: ["asset": asset.id, "as_of": session.options.asOf])
            guard let deployment = page.data.first else { continue }
            deployments.append(deployment)
            events += try await Self.events(of: deployment.id, session)
            events += try await Self.events(of: rollout.id, session)
                .filter { $0.concerns(deployment) }
        }
        events.sort { $0.position < $1.position }
        self.events = events
        self.deployments = deployments
        conclusion = Self.conclusion(asset, patch, deployments)
    }

    private static func events(
        of stream: String, _ session: Session
    ) async throws -> [EventResource] {
        try await session.client.list(
            "events", query: ["stream": stream, "as_of": session.options.asOf]
        ).data
    }

    private static func conclusion(
        _ asset: AssetResource, _ patch: PatchResource, _ deployments: [DeploymentResource]
    ) -> String {
        guard let last = deployments.last else {
            let known =
                asset.reportedAt == nil
                ? "nothing was reported of it yet"
                : "no rollout of the patch has it among its targets"
            return "\(asset.name): \(known); the patch is \(patch.state)"
        }
        let reason = last.reason.map { ": \($0)" } ?? ""
        return "\(asset.name): \(last.outcome ?? last.state)\(reason), since "
            + "\(Moment.short(last.changedAt)), by deployment \(last.id) of \(last.rollout)"
    }
}

extension EventResource {
    /// Whether an event of a rollout is about the whole of it, or about the deployment's batch or
    /// the deployment.
    fileprivate func concerns(_ deployment: DeploymentResource) -> Bool {
        guard case .object(let members) = data else { return true }
        for (name, own) in [("deployment", deployment.id), ("asset", deployment.asset)] {
            if let other = members[name], other != .string(own) { return false }
        }
        guard let batch = members["batch"] else { return true }
        return batch == .integer(Int64(deployment.batch))
    }

    /// The plain members of its data, for a line.
    fileprivate var remark: String {
        guard case .object(let members) = data else { return "" }
        let words = members.sorted { $0.key < $1.key }.compactMap { name, value -> String? in
            switch value {
            case .string(let text) where !text.isEmpty && text.count <= 60: "\(name) \(text)"
            case .integer(let number): "\(name) \(number)"
            case .bool(let flag): flag ? name : nil
            default: nil
            }
        }
        return words.joined(separator: ", ")
    }
}

extension Explanation {
    private static let columns: [Column<EventResource>] = [
        Column("position", .right) { String($0.position) },
        Column("recorded") { Moment.short($0.recordedAt) },
        Column("of") { subject($0.stream) },
        Column("type") { $0.type },
        Column("actor") { EventCommand.actor($0.actor) },
        Column("what") { Table.cut($0.remark, to: 90) },
    ]

    private static func subject(_ stream: String) -> String {
        switch stream.prefix(3) {
        case "pa_": "patch"
        case "ro_": "rollout"
        case "de_": "deployment"
        default: stream
        }
    }

    var text: String {
        Table.details([
            ("asset", "\(asset.name) (\(asset.id))"),
            ("patch", "\(patch.title) (\(patch.id)), \(patch.state)"),
            ("stands", conclusion),
        ]) + "\n" + Table.text(events, Self.columns)
    }
}
