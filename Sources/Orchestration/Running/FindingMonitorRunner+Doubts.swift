internal import Logging
internal import Application
internal import EventSourcing
internal import PatchManagement

extension FindingMonitorRunner {
    /// Tells findings what reports say against them. A finding that doesn't stand as it is doubted
    /// refuses, and there mostly is none at all.
    func send(_ doubts: [(doubt: ScannerDoubt, reason: RecordedEvent)]) async throws {
        for start in stride(from: 0, to: doubts.count, by: Self.width) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (doubt, reason) in doubts[start..<min(start + Self.width, doubts.count)] {
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
            commandID: .version5(namespace: reason.id, name: "monitor/doubt/\(finding)"),
            correlationID: reason.correlationID, causationID: reason.id)
        do {
            try await again {
                _ = try await bus.send(command, to: finding, as: FindingDecider.self, context)
            }
        } catch let rejection as FindingRejection {
            logger.debug(
                "a finding is not doubted",
                metadata: ["finding": "\(finding)", "reason": "\(rejection.message)"])
        } catch let error where CoordinatorRunner.concernsOneStream(error) {
            logger.critical(
                "a finding can't be asked: its stream stands still",
                metadata: ["finding": "\(finding)", "error": "\(error)"])
        }
    }
}
