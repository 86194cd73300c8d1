internal import Application
internal import EventSourcing
internal import Logging
internal import PatchManagement

extension FindingMonitorRunner {
    /// Tells findings what reports say against them, one report after the other: a later one may take
    /// back what an earlier one says. A finding that doesn't stand as it is doubted refuses, and there
    /// mostly is none at all.
    func send(_ doubts: [(doubt: ScannerDoubt, reason: RecordedEvent)]) async throws {
        var rest = doubts[...]
        while let reason = rest.first?.reason {
            let slice = rest.prefix { $0.reason.id == reason.id }.prefix(Self.width)
            rest = rest.dropFirst(slice.count)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (doubt, reason) in slice {
                    group.addTask {
                        for finding in doubt.findings {
                            try await send(doubt.command, to: finding, after: reason)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func send(
        _ command: FindingCommand, to finding: StreamID, after reason: RecordedEvent
    ) async throws {
        let context = CommandContext(
            actor: Actor(id: "monitor", role: Role.monitor.rawValue),
            at: max(surroundings.now(), reason.recordedAt),
            commandID: .version5(
                namespace: reason.id, name: "monitor/doubt/\(finding)/\(Digest(of: "\(command)"))"),
            correlationID: reason.correlationID, causationID: reason.id)
        try await delivery.send("a doubt", to: finding, refusals: .debug) {
            _ = try await bus.send(command, to: finding, as: FindingDecider.self, context)
        }
    }
}
