import APIContract
import ArgumentParser

extension RolloutCommand {
    struct Watch: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows each change of a rollout until it ends or halts.",
            discussion: statusWords)

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "How long at most, such as 10m.")
        var timeout: Seconds?

        @Flag(help: "Also until absent hosts have returned, or their time is over.")
        var stragglers = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await RolloutFollower(
                session: session, id: id, timeout: timeout, showsAll: true,
                waitsForStragglers: stragglers
            ).run()
        }
    }

    struct Wait: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Waits until a rollout ends or halts, and shows how.",
            discussion: statusWords)

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "How long at most, such as 10m.")
        var timeout: Seconds?

        @Flag(help: "Also until absent hosts have returned, or their time is over.")
        var stragglers = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await RolloutFollower(
                session: session, id: id, timeout: timeout, showsAll: false,
                waitsForStragglers: stragglers
            ).run()
        }
    }
}

private let statusWords = """
    Exit status 0 when it completed, or only waits for absent hosts to return; 6 when it halted; 7 \
    after the time-out.
    """

/// Follows a rollout by looking twice a second.
private struct RolloutFollower {
    let session: Session
    let id: String
    let timeout: Seconds?
    let showsAll: Bool
    let waitsForStragglers: Bool

    func run() async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var shown: RolloutResource?
        while true {
            let rollout: RolloutResource = try await session.client.get("rollouts/\(id.segment)")
            let isWaitedFor = waitsForStragglers && rollout.state == "awaitingStragglers"
            let status = isWaitedFor ? nil : ExitStatus(rolloutState: rollout.state)
            if rollout != shown, showsAll || status != nil {
                try show(rollout, after: shown, clock.now - began)
                shown = rollout
            }
            if status == .done { return }
            if status != nil { throw ClientFailure.halted(Self.words(forHalted: rollout)) }
            if let timeout, clock.now - began > .seconds(timeout.value) {
                throw ClientFailure.timedOut(
                    "rollout \(id) is '\(rollout.state)' after \(timeout.value) s and goes on")
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func show(
        _ rollout: RolloutResource, after shown: RolloutResource?, _ elapsed: Duration
    ) throws {
        if session.printer.format != .table || !showsAll {
            return try session.printer.show(rollout) { RolloutTable.details(rollout) }
        }
        let seconds = String(elapsed.components.seconds)
        let time = String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds
        let batch = rollout.batch.map { ", \(Self.place(of: $0, in: rollout))" } ?? ""
        let counts = RolloutTable.words(rollout.counts)
        session.printer.write("\(time) s  \(rollout.state)\(batch): \(counts)\n")
        let known = Set((shown?.batches ?? []).compactMap { $0.gate?.at })
        for batch in rollout.batches {
            if let gate = batch.gate, gate.verdict != "wait", !known.contains(gate.at) {
                session.printer.write(
                    "         gate of \(Self.name(of: batch)): \(RolloutTable.words(gate))\n")
            }
        }
    }

    /// Such as `canary of 1 + 2`, or `batch 1 of 2`.
    private static func place(of index: Int, in rollout: RolloutResource) -> String {
        let later = rollout.batches.count { $0.returnUntil == nil } - 1
        if index > later { return "stragglers" }
        if index > 0 { return "batch \(index) of \(later)" }
        return "canary" + (later > 0 ? " of 1 + \(later)" : "")
    }

    private static func name(of batch: BatchResource) -> String {
        if batch.returnUntil != nil { return "the stragglers" }
        return batch.index == 0 ? "the canary" : "batch \(batch.index)"
    }

    private static func words(forHalted rollout: RolloutResource) -> String {
        let reason = rollout.reason.map { ": \(Table.printable($0))" } ?? ""
        let tripped = rollout.batches.compactMap(\.gate).last { $0.verdict != "pass" }
        let gate = tripped.map { "\n  gate: \(RolloutTable.words($0))" } ?? ""
        let next = """

              next: 'rollout show' lists the hosts; then 'rollout resume' with --acknowledge for each \
            known failure, 'rollout promote', 'rollout rollback' or 'rollout abort'
            """
        return "rollout \(rollout.id) is '\(rollout.state)'\(reason)\(gate)"
            + (rollout.state == "paused" ? next : "")
    }
}
