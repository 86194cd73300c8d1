import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit
@testable import PatchManagement

/// Ticks of schedules in a log whose cryptography is right: each happens once and plans each patch once,
/// and late rollouts don't start unknown to a risk owner.
@Suite("Schedules in the log")
struct ScheduleRuleTests {
    /// The sample's first rollout as if a tick of a schedule had planned it.
    private struct Told {
        var events: [RecordedEvent] = []
        let schedule = StreamID(prefix: "sd", UUID.version5(namespace: UUID(), name: "schedule"))
        let due: Timestamp
        let people: SimulatedPeople

        init() throws {
            let (_, history) = try SealedLog.sample()
            people = history.people
            let place = try #require(history.log.firstIndex { $0.type == RolloutPlanned.type })
            let planned = history.log[place]
            due = planned.occurredAt
            let tick = PlanSchedule(schedule: schedule, due: due, by: people.manager.id)
            let old = planned.stream
            let patch = try planned.read(RolloutPlanned.self).patch
            let new = tick.rollout(of: patch)
            let terms = ScheduleTerms(
                name: "Twice a week", start: "2026-01-06T02:00", timeZone: "UTC",
                rule: "FREQ=DAILY", riskClasses: [.important],
                target: ScheduleTarget(environment: .production))
            func own(_ payload: some EventPayload, by actor: Actor) throws -> RecordedEvent {
                try planned.changed(stream: schedule).with(payload, by: actor)
            }
            for (index, event) in history.log.enumerated() {
                if index == place {
                    events.append(
                        try own(
                            ScheduleCreated(
                                schedule: schedule, terms: terms, next: due, reason: "the board",
                                by: people.manager), by: people.manager))
                    events.append(
                        try own(
                            ScheduleTicked(
                                due: due, missed: 0, next: due + .seconds(86_400)),
                            by: Actor(id: "timer", role: "timer")))
                }
                // The rollout's id is that of its tick, wherever it is named.
                let text = String(decoding: event.data, as: UTF8.self)
                    .replacing(old.text, with: new.text)
                var changed = event.changed(data: Array(text.utf8))
                if event.stream == old { changed = changed.changed(stream: new) }
                if index == place {
                    var summary = try changed.read(RolloutPlanned.self)
                    summary.schedule = tick
                    changed = try changed.with(summary)
                }
                events.append(changed)
                if index == place {
                    events.append(
                        try own(
                            TickPlanned(
                                due: due,
                                planned: [
                                    TickRollout(
                                        patch: patch, rollout: new,
                                        planDigest: try changed.read(RolloutPlanned.self)
                                            .planDigest)
                                ], left: [], unlisted: 0),
                            by: Actor(id: "worker/1", role: "worker")))
                }
            }
        }

        func place(_ type: String) throws -> Int {
            try #require(events.firstIndex { $0.type == type })
        }

        func findings() throws -> [AuditFinding] {
            var audit = EntryAudit(.whole, signers: [])
            var findings = AuditFindings()
            for event in renumbered(events) {
                try LogEntry(event).bytes.withUnsafeBufferPointer { bytes in
                    audit.read(bytes, at: event.position, &findings)
                }
            }
            return findings.kept.filter { $0.rule == ScheduleRules.rule || $0.rule == "deadline" }
        }
    }

    @Test("A tick that plans each patch once is sound")
    func sound() throws {
        #expect(try Told().findings().isEmpty)
    }

    private func expect(_ told: Told, at place: Int, _ words: String) throws {
        let findings = try told.findings()
        #expect(
            findings.contains {
                $0.position == Int64(place + 1) && $0.reason.contains(words)
            }, "\(findings.prefix(3))")
    }

    @Test("A tick that comes twice, or before its time")
    func ticks() throws {
        var twice = try Told()
        let place = try twice.place(ScheduleTicked.type)
        twice.events.insert(twice.events[place], at: place + 1)
        try expect(twice, at: place + 1, "ticked")
        var early = try Told()
        early.events[place] = try early.events[place].with(
            ScheduleTicked(due: early.due + .seconds(60), missed: 0, next: nil))
        try expect(early, at: place, "its next tick is at")
    }

    @Test("A tick that is told of twice, or tells of what it didn't plan")
    func reports() throws {
        var twice = try Told()
        let place = try twice.place(TickPlanned.type)
        twice.events.insert(twice.events[place], at: place + 1)
        try expect(twice, at: place + 1, "planned before")
        var lying = try Told()
        var planned = try lying.events[place].read(TickPlanned.self)
        planned = TickPlanned(
            due: planned.due,
            planned: planned.planned + [
                TickRollout(
                    patch: StreamID(prefix: "pa", UUID()), rollout: StreamID(prefix: "ro", UUID()),
                    planDigest: Digest(of: "x"))
            ], left: [], unlisted: 0)
        lying.events[place] = try lying.events[place].with(planned)
        try expect(lying, at: place, "and has not")
    }

    @Test("A rollout that claims a tick which never was, or plans a patch a second time")
    func rollouts() throws {
        var invented = try Told()
        let tick = try invented.place(ScheduleTicked.type)
        invented.events.remove(at: tick)
        try expect(invented, at: try invented.place(RolloutPlanned.type), "has not ticked")
        var twice = try Told()
        let place = try twice.place(RolloutPlanned.type)
        let other = StreamID(prefix: "ro", UUID())
        twice.events.insert(twice.events[place].changed(stream: other), at: place + 1)
        try expect(twice, at: place + 1, "before")
    }

    @Test("A late rollout that starts unknown to a risk owner")
    func late() throws {
        var told = try Told()
        let place = try told.place(RolloutPlanned.type)
        var planned = try told.events[place].read(RolloutPlanned.self)
        planned.slaDeadline = told.due + .seconds(-60)
        told.events[place] = try told.events[place].with(planned)
        try expect(told, at: try told.place(RolloutScheduled.type), "no riskOwner knows")
    }
}
