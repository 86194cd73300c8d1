internal import Application
internal import EventSourcing
internal import Logging
internal import PatchManagement

extension FindingMonitorRunner {
    /// Tells patches what the advisories say of the versions that they bring, as of `position`.
    func tell(
        _ reports: [(patch: StreamID, report: FlawReport)], _ position: Int64
    ) async throws {
        for (patch, report) in reports {
            let context = CommandContext(
                actor: Actor(id: "monitor", role: Role.monitor.rawValue), at: surroundings.now(),
                commandID: .version5(
                    namespace: patch.uuid, name: "monitor/flaws/\(position)/\(report.digest)"))
            try await delivery.send("what is known of a version", to: patch, refusals: .notice) {
                _ = try await bus.send(
                    .observeFlaws(report), to: patch, as: PatchDecider.self, context)
            }
        }
    }
}
