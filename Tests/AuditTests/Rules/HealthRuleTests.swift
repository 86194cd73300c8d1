import EventSourcing
import SimulatedFleet
import Testing

@testable import Audit
@testable import PatchManagement

/// A log that is sealed as it should be, of a rollout whose gates went past what its hosts said (I8).
@Suite("Health in the log")
struct HealthRuleTests {
    private static let probe = {
        var probe = HealthProbe(name: "web", kind: .tcp)
        probe.port = 80
        return probe
    }()

    /// The sample's first rollout as if it had asked its hosts: a baseline before each batch, and
    /// rounds in each soak.
    private struct Told {
        var events: [RecordedEvent]
        let documents: [Digest: Document]
        private let key: SealedLog
        private var number = 0

        init() throws {
            let (sample, history) = try SealedLog.sample()
            key = sample
            documents = history.documents
            events = []
            let plan = try #require(history.log.first { $0.type == RolloutPlanned.type })
            for event in history.log {
                guard event.stream == plan.stream else {
                    events.append(event)
                    continue
                }
                switch event.type {
                case RolloutPlanned.type: events.append(try Self.asking(event))
                case BatchStarted.type:
                    let started = try event.read(BatchStarted.self)
                    events.append(
                        try event.with(
                            BaselineOrdered(
                                batch: started.batch, planDigest: started.planDigest,
                                deadline: started.deadline)))
                    events.append(try round(.baseline, started.batch, beside: event))
                    events.append(event)
                case GateEvaluated.type:
                    let evaluated = try event.read(GateEvaluated.self)
                    if evaluated.verdict == .pass {
                        for _ in 0..<3 {
                            events.append(try round(.soak, evaluated.batch, beside: event))
                        }
                    }
                    events.append(event)
                default: events.append(event)
                }
            }
        }

        /// With a plan of probes, of which one round has to come in each soak.
        private static func asking(_ event: RecordedEvent) throws -> RecordedEvent {
            var planned = try event.read(RolloutPlanned.self)
            var policy = HealthPolicy()
            policy.probes = [probe]
            policy.intervalSeconds = max(1, planned.soakSeconds.max() ?? 1)
            planned.health = try HealthPlan(naming: ["web"], in: policy, batches: [])
            return try event.with(planned)
        }

        mutating func round(
            _ kind: HealthRound.Kind, _ batch: Int, bad: Int = 0,
            said verdict: HealthRecorded.Verdict = .good, beside event: RecordedEvent
        ) throws -> RecordedEvent {
            number += 1
            var sums = HealthSums()
            sums.good = 3 - bad
            sums.bad = bad
            return try event.with(
                HealthRecorded(
                    round: HealthRound(number: number, kind: kind, batch: batch), verdict: verdict,
                    cause: nil,
                    probes: [HealthSummary(probe: "web", subjects: sums, control: HealthSums())],
                    report: Digest(of: "\(number)")))
        }

        func place(_ type: String, after first: Int = -1) throws -> Int {
            try #require(events.indices.first { $0 > first && events[$0].type == type })
        }

        /// The first gate that lets a batch pass.
        func passing() throws -> Int {
            try #require(
                events.indices.first { place in
                    events[place].type == GateEvaluated.type
                        && (try? events[place].read(GateEvaluated.self).verdict) == .pass
                })
        }

        func report() async throws -> AuditReport {
            let log = try SealedLog(renumbered(events), documents, key: key.key)
            return audit(try await log.bundle(), try log.trust())
        }
    }

    @Test("One that asked before each batch and in each soak, and heard good, is sound")
    func sound() async throws {
        let report = try await Told().report()
        #expect(report.result == .sound, "\(report.findings.prefix(3))")
    }

    private func expect(_ told: Told, at place: Int, _ words: String) async throws {
        let report = try await told.report()
        #expect(report.result == .tampered)
        #expect(report.position == Int64(place + 1), "\(report.findings.prefix(3))")
        #expect(
            report.findings.contains {
                $0.position == Int64(place + 1) && $0.rule == "I8" && "\($0)".contains(words)
            }, "\(report.findings.prefix(3))")
    }

    @Test("A batch that begins without a baseline")
    func noBaseline() async throws {
        var told = try Told()
        told.events.remove(at: try told.place(HealthRecorded.type))
        try await expect(told, at: told.place(BatchStarted.type), "not found well before it")
    }

    @Test("A batch that begins after a baseline of another one")
    func baselineOfAnother() async throws {
        var told = try Told()
        let place = try told.place(HealthRecorded.type)
        told.events[place] = try told.round(.baseline, 1, beside: told.events[place])
        try await expect(told, at: told.place(BatchStarted.type), "not found well before it")
    }

    @Test("A round that is said to be good, and whose sums are bad")
    func lyingRound() async throws {
        var told = try Told()
        let place = try told.place(HealthRecorded.type)
        told.events[place] = try told.round(.baseline, 0, bad: 1, beside: told.events[place])
        try await expect(told, at: place, "its sums are bad")
    }

    @Test("A gate that passes over a bad round of its soak")
    func badRound() async throws {
        var told = try Told()
        let place = try told.passing()
        told.events.insert(
            try told.round(.soak, 0, bad: 3, said: .bad, beside: told.events[place]), at: place)
        try await expect(told, at: place + 1, "a round of its soak was bad")
    }

    @Test("A gate that passes without a round")
    func noRounds() async throws {
        var told = try Told()
        let place = try told.passing()
        told.events.removeSubrange((place - 3)..<place)
        try await expect(told, at: place - 3, "1 must have come")
    }
}
