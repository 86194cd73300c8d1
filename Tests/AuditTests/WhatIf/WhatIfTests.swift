import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// History replayed by another policy: what would have come out otherwise, by the code that decided,
/// from what is recorded.
@Suite struct WhatIfTests {
    @Test(
        "by the policy of then every decision comes out as it did, on hosts that fail in any way",
        arguments: 0..<6)
    func theSamePolicy(_ round: Int) async throws {
        var random = SeededRandom.fresh("the same policy, \(round)")
        let history = try Self.faultyHistory(&random)
        let report = try await Self.whatIf("{}", history)
        #expect(report.differences == [])
        #expect(report.decisions > 5)
        #expect(report.same == report.decisions)
        #expect(report.undecided.allSatisfy { $0.reason.contains("an analyst gives it") })
    }

    @Test(
        "a change to the very numbers of then changes nothing", arguments: [1, 2, 3])
    func theSameNumbers(_: Int) async throws {
        var random = SeededRandom.fresh("the same numbers")
        let history = try Self.faultyHistory(&random)
        let report = try await Self.whatIf(
            """
            {"patch": {"approval_seconds": 2592000, "evidence_seconds": 2592000,
                       "qualification_seconds": 14400},
             "rollout": {"gate": {"max_percent": 5, "min_success_percent": 90},
                         "progress_deadline_seconds": 86400}}
            """, history)
        #expect(report.differences == [])
        #expect(report.same == report.decisions)
    }

    @Test("a stricter gate would have stopped a rollout at the first failure that was counted")
    func aStricterGate() async throws {
        let history = try Self.haltedHistory()
        let first = try #require(try Self.firstFailure(in: history))
        let report = try await Self.whatIf(
            #"{"rollout": {"gate": {"max_failures": 0}}}"#, history)
        let difference = try #require(report.differences.first)
        #expect(difference.kind == .stopped)
        #expect(difference.position == first.position)
        #expect(difference.stream == first.stream.text)
        #expect(difference.was == "it went on")
        #expect(difference.would == "paused, maxFailures: 1 against 0")
        // What came later in that rollout is of another course, and is counted, not judged.
        #expect(report.differences.count == 1)
        #expect(report.undecided.contains { $0.reason.hasPrefix("it comes after one") })
    }

    @Test("a looser gate would have let it go on where it was halted")
    func aLooserGate() async throws {
        let history = try Self.haltedHistory()
        let paused = try #require(history.log.first { $0.type == RolloutPaused.type })
        let cause = try #require(try paused.read(RolloutPaused.self).cause)
        let report = try await Self.whatIf(
            #"{"rollout": {"gate": {"max_percent": 100, "min_success_percent": 1}}}"#, history)
        let difference = try #require(report.differences.first)
        #expect(difference.kind == .letGo)
        #expect(difference.stream == paused.stream.text)
        #expect(difference.was.contains(cause.rule.rawValue))
    }

    @Test("another reaction to the same rule is a difference of its own")
    func anotherReaction() async throws {
        let history = try Self.haltedHistory()
        let report = try await Self.whatIf(
            #"{"rollout": {"gate": {"on_trip": "rollbackAll"}}}"#, history)
        #expect(report.differences.map(\.kind) == [.otherwise])
        #expect(report.differences[0].would.hasPrefix("rolled back (all)"))
    }

    @Test("evidence that may be less old refuses the decision that came too late for it (I14)")
    func youngerEvidence() async throws {
        let (_, history) = try SealedLog.sample()
        let report = try await Self.whatIf(#"{"patch": {"evidence_seconds": 0}}"#, history)
        let signedOff = try #require(history.log.first { $0.type == PatchSignedOff.type })
        let difference = try #require(report.differences.first)
        #expect(difference.kind == .refused)
        #expect(difference.decision == "the sign-off of the test")
        #expect(difference.position == signedOff.position)
        // Without it no rollout of the patch would have been as it was.
        #expect(report.differences.count == 1)
        #expect(report.undecided.contains { $0.reason.hasPrefix("its patch would have taken") })
        #expect(report.decisions == 1)
    }

    @Test("a shorter deadline would have stopped a batch that was still open")
    func aShorterDeadline() async throws {
        let (_, history) = try SealedLog.sample()
        let due = history.log.filter { $0.type == BatchStarted.type }.map { started in
            "at \(started.occurredAt + .seconds(1)): paused, progressDeadline"
        }
        let report = try await Self.whatIf(
            #"{"rollout": {"progress_deadline_seconds": 1}}"#, history)
        let difference = try #require(report.differences.first)
        #expect(difference.kind == .stopped)
        #expect(due.contains { difference.would.hasPrefix($0) }, "\(difference)")
    }

    @Test("a shorter life of approvals ends one before it is used")
    func shorterApprovals() async throws {
        let (_, history) = try SealedLog.sample()
        let report = try await Self.whatIf(
            #"{"rollout": {"approval_expiry_seconds": 0}}"#, history)
        let difference = try #require(report.differences.first)
        #expect(["what was due by time", "the approval of the plan"].contains(difference.decision))
        #expect([.stopped, .refused].contains(difference.kind))
        #expect(report.differences.count == 1)
    }

    @Test("what history doesn't hold is said not to be decidable, with the reason")
    func undecidable() async throws {
        let (_, history) = try SealedLog.sample()
        let report = try await Self.whatIf(
            #"{"patch": {"retries": 1}, "rollout": {"gate": {"needs_health": true}}}"#, history)
        #expect(report.differences == [])
        let reasons = report.undecided.map(\.reason)
        #expect(reasons.contains { $0.hasPrefix("patch.retries: ") })
        #expect(reasons.contains { $0.hasPrefix("rollout.gate.needs_health: ") })
        #expect(reasons.contains { $0.hasPrefix("the class of a patch") })
    }

    @Test("a policy that can't be meant is refused by the name of its field")
    func refusedPolicies() {
        for (text, word) in [
            ("[]", "the policy"), ("no", "JSON"), (#"{"gate": {}}"#, "'gate'"),
            (#"{"rollout": {"gate": {"max_percnt": 1}}}"#, "'rollout.gate.max_percnt'"),
            (#"{"rollout": {"gate": {"max_percent": 101}}}"#, "max_percent is 101"),
            (#"{"rollout": {"gate": {"on_trip": "panic"}}}"#, "rollout.gate"),
            (#"{"patch": {"evidence_seconds": -1}}"#, "patch.evidence_seconds is -1"),
            (#"{"patch": {"evidence_seconds": "1d"}}"#, "patch.evidence_seconds"),
        ] {
            do {
                _ = try PolicyChange(Array(text.utf8))
                Issue.record("'\(text)' was taken")
            } catch {
                #expect("\(error)".contains(word), "\(text): \(error)")
            }
        }
    }

    // MARK: What is given

    private static func history(_ seed: UInt64, _ faults: String) throws -> SimulatedHistory {
        let settings = FleetSettings(seed: seed, faults: try FaultProfile(faults))
        var history = try SimulatedHistory(settings, assets: 40)
        try history.rollOut()
        return history
    }

    /// One in which hosts fail: at first not too many, and then the gate halts.
    private static func haltedHistory() throws -> SimulatedHistory {
        for seed in UInt64(1)...30 {
            let history = try Self.history(
                seed, "host-3=fails,host-9=fails,host-17=fails,host-30=fails")
            let verdict = try firstFailure(in: history)?.read(GateEvaluated.self).verdict
            let isHalted = history.log.contains { $0.type == RolloutPaused.type }
            if verdict == .hold, isHalted { return history }
        }
        throw SimulatedHistoryError.stuck("failures", StreamID(prefix: "ro", UUID()))
    }

    /// The first count with a failure in it.
    private static func firstFailure(in history: SimulatedHistory) throws -> RecordedEvent? {
        try history.log.first { event in
            guard event.type == GateEvaluated.type else { return false }
            return try event.read(GateEvaluated.self).tally.counts.bad > 0
        }
    }

    /// One in which some production hosts fail in some way; that of the lab doesn't.
    private static func faultyHistory(
        _ random: inout SeededRandom
    ) throws -> SimulatedHistory {
        let faults = (0..<random.below(8)).map { _ in
            "host-\(1 + random.below(40))=\(random.pick(HostFault.allCases).rawValue)"
        }
        print("hosts that fail: \(faults)")
        return try history(random.next(), faults.joined(separator: ","))
    }

    private static func whatIf(_ policy: String, _ history: SimulatedHistory) async throws
        -> WhatIfReport
    {
        let log = try SealedLog(history.log, history.documents, key: SealedLog.key(1))
        let checkpoint = try Checkpoint(text: log.checkpoint().text)
        return try await WhatIfReport(
            PolicyChange(Array(policy.utf8)), over: SealedHistory(at: checkpoint, from: log))
    }
}
