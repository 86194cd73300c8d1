import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

/// Ticks of schedules: each happens once, however late and by whomever, and plans at most one rollout
/// of a patch.
@Suite("Schedules")
struct ScheduleDeciderTests {
    private static let fixed = StreamID("sd_00000000-0000-7000-8000-000000000001")
    /// Thursday, 2026-01-01T00:00:00Z.
    private static let start = Timestamp(seconds: 1_767_225_600)
    private static let rita = Actor(id: "pe_rita", role: "releaseManager")
    private static let timer = Actor(id: "timer", role: "timer")

    private static func terms(
        _ rule: String = "FREQ=WEEKLY;BYDAY=TU,TH", zone: String = "Europe/Berlin",
        start: String = "2026-01-06T02:00", classes: [RiskClass] = [.important, .urgent],
        target: ScheduleTarget = ScheduleTarget(environment: .production)
    ) -> ScheduleTerms {
        ScheduleTerms(
            name: "Twice a week", start: start, timeZone: zone, rule: rule, riskClasses: classes,
            target: target)
    }

    private static func decide(
        _ command: ScheduleCommand, _ state: Schedule, at moment: Timestamp = start,
        by actor: Actor = rita
    ) throws -> [ScheduleEvent] {
        try ScheduleDecider.decide(
            command, CommandContext(actor: actor, at: moment, commandID: UUID()), state)
    }

    private static func created(_ terms: ScheduleTerms = terms()) throws -> Schedule {
        let id = try unwrapped(fixed)
        return ScheduleDecider.state(
            after: try decide(.create(id, terms, reason: "the change board"), Schedule()))
    }

    private static func moment(_ text: String) throws -> Timestamp {
        try #require(Timestamp(text), "\(text)")
    }

    /// For the stored forms: each event, the same each time.
    static func story() throws -> [any DomainEvent] {
        let id = try unwrapped(fixed)
        var state = Schedule()
        var all: [ScheduleEvent] = []
        func tell(_ command: ScheduleCommand, at moment: Timestamp, by actor: Actor) throws {
            let events = try decide(command, state, at: moment, by: actor)
            for event in events { ScheduleDecider.evolve(&state, event) }
            all += events
        }
        try tell(.create(id, terms(), reason: "the change board"), at: start, by: rita)
        let due = try unwrapped(state.next)
        try tell(.tick, at: due + .seconds(86_400 * 4), by: timer)
        let patch = StreamID(prefix: "pa", uuid(4))
        let tick = PlanSchedule(schedule: id, due: due, by: rita.id)
        let outcome = TickOutcome(
            planned: [
                TickRollout(
                    patch: patch, rollout: tick.rollout(of: patch), planDigest: Digest(of: "plan"))
            ],
            left: [
                TickRefusal(patch: StreamID(prefix: "pa", uuid(5)), reason: "no asset is left")
            ])
        try tell(
            .report(due: due, outcome), at: due, by: Actor(id: "worker/1", role: "worker"))
        try tell(.suspend(reason: "a holiday"), at: due, by: rita)
        try tell(.resume(reason: "over"), at: due, by: rita)
        return all
            + [
                RolloutEvent.missAcknowledged(
                    RolloutMissAcknowledged(
                        by: "pe_rolf", planDigest: Digest(of: "plan"), end: due,
                        deadline: start, reason: "the vendor was late"))
            ]
    }

    @Test("It begins with its first tick that is still to come, in its own zone")
    func creation() throws {
        let state = try Self.created()
        #expect(state.phase == .active && state.creator == Self.rita)
        #expect(state.next == (try Self.moment("2026-01-06T01:00:00Z")))
        #expect(state.terms?.riskClasses == [.urgent, .important], "the most pressing first")
        let again = try Self.decide(
            .create(try unwrapped(Self.fixed), Self.terms(), reason: "again"), state)
        #expect(again == [])
    }

    @Test("A tick happens once, and starts the timer of the next and the work of planning")
    func tick() throws {
        var state = try Self.created()
        let due = try unwrapped(state.next)
        #expect(try Self.decide(.tick, state, at: due + .microseconds(-1), by: Self.timer) == [])
        let events = try Self.decide(.tick, state, at: due, by: Self.timer)
        #expect(
            events == [
                .ticked(
                    ScheduleTicked(
                        due: due, missed: 0, next: try Self.moment("2026-01-08T01:00:00Z")))
            ])
        for event in events { ScheduleDecider.evolve(&state, event) }
        #expect(state.unplanned == [due])
        let effects = ScheduleDecider.effects(of: events[0], state)
        #expect(effects.count == 2)
        guard case .schedule(let activity) = effects[0], case .start(let timer) = effects[1] else {
            Issue.record("\(effects)")
            return
        }
        #expect(activity.kind == ScheduleDecider.planKind)
        #expect(try CanonicalJSON.decode(TickTask.self, from: activity.data) == TickTask(due: due))
        #expect(timer.due == state.next)
        // The same timer once more, from a process that was slow.
        #expect(try Self.decide(.tick, state, at: due, by: Self.timer) == [])
    }

    @Test("What was missed while nobody was there is caught up once")
    func caughtUp() throws {
        var state = try Self.created()
        let due = try unwrapped(state.next)
        let back = try Self.moment("2026-01-14T12:00:00Z")
        let events = try Self.decide(.tick, state, at: back, by: Self.timer)
        #expect(
            events == [
                .ticked(
                    ScheduleTicked(
                        due: due, missed: 2, next: try Self.moment("2026-01-15T01:00:00Z")))
            ], "those of the 8th and the 13th have passed as well")
        for event in events { ScheduleDecider.evolve(&state, event) }
        #expect(try Self.decide(.tick, state, at: back, by: Self.timer) == [])
    }

    @Test("Ticks rise, none is before its time and none comes twice, whenever somebody looks")
    func property() throws {
        var random = SeededRandom.fresh("ticks")
        for _ in 0..<40 {
            let rule = random.pick([
                "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYDAY=2WE",
                "FREQ=DAILY;COUNT=7", "FREQ=WEEKLY;UNTIL=20260301", "FREQ=MONTHLY;BYMONTHDAY=-1",
            ])
            let zone = random.pick(["Europe/Berlin", "UTC", "America/New_York", "Asia/Kolkata"])
            var state = try Self.created(Self.terms(rule, zone: zone))
            var now = Self.start
            var ticks: [Timestamp] = []
            var count = 0
            for _ in 0..<30 {
                now = now + .seconds(random.below(5 * 86_400))
                for event in try Self.decide(.tick, state, at: now, by: Self.timer) {
                    guard case .ticked(let ticked) = event else { continue }
                    #expect(ticked.due <= now && ticks.last.map { $0 < ticked.due } ?? true)
                    #expect(ticked.next.map { now < $0 } ?? true)
                    ticks.append(ticked.due)
                    count += 1 + ticked.missed
                    ScheduleDecider.evolve(&state, event)
                }
            }
            // All of them, those that were caught up included.
            let calendar = try #require(ScheduleCalendar(reading: Self.terms(rule, zone: zone)))
            let all = calendar.next(after: Self.start, limit: 1000).filter { $0.due <= now }
            #expect(count == all.count, "\(rule) in \(zone)")
            #expect(state.phase == .over || state.next.map { now < $0 } == true)
        }
    }

    @Test("Two workers that plan for a tick plan the same rollouts, and tell of them once")
    func reportedOnce() throws {
        var state = try Self.created()
        let due = try unwrapped(state.next)
        for event in try Self.decide(.tick, state, at: due, by: Self.timer) {
            ScheduleDecider.evolve(&state, event)
        }
        let id = try unwrapped(Self.fixed)
        let patch = StreamID(prefix: "pa", uuid(4))
        let tick = PlanSchedule(schedule: id, due: due, by: Self.rita.id)
        #expect(tick.rollout(of: patch) == tick.rollout(of: patch))
        #expect(tick.rollout(of: patch) != tick.rollout(of: StreamID(prefix: "pa", uuid(5))))
        let other = PlanSchedule(schedule: id, due: due + .seconds(1), by: Self.rita.id)
        #expect(tick.rollout(of: patch) != other.rollout(of: patch))
        let events = try Self.decide(.report(due: due, TickOutcome()), state)
        #expect(
            events == [
                .planned(TickPlanned(due: due, planned: [], left: [], unlisted: 0))
            ], "one with nothing to do says so")
        for event in events { ScheduleDecider.evolve(&state, event) }
        #expect(try Self.decide(.report(due: due, TickOutcome()), state) == [])
        #expect(try Self.decide(.report(due: due + .seconds(1), TickOutcome()), state) == [])
    }

    @Test("Suspended it doesn't tick, and what passes meanwhile is not caught up")
    func suspended() throws {
        var state = try Self.created()
        let due = try unwrapped(state.next)
        let events = try Self.decide(.suspend(reason: "a holiday"), state)
        for event in events { ScheduleDecider.evolve(&state, event) }
        #expect(state.phase == .suspended && state.next == nil)
        #expect(ScheduleDecider.effects(of: events[0], state) == [.cancelPending])
        #expect(try Self.decide(.tick, state, at: due, by: Self.timer) == [])
        #expect(try Self.decide(.suspend(reason: "a holiday"), state) == [])
        let back = try Self.moment("2026-01-09T00:00:00Z")
        for event in try Self.decide(.resume(reason: "over"), state, at: back) {
            ScheduleDecider.evolve(&state, event)
        }
        #expect(state.phase == .active)
        #expect(state.next == (try Self.moment("2026-01-13T01:00:00Z")))
    }

    @Test("A long list fits into its event, which says how much it leaves out")
    func longLists() throws {
        var outcome = TickOutcome()
        for number in UInt64(0)..<450 {
            outcome.left.append(
                TickRefusal(
                    patch: StreamID(prefix: "pa", uuid(number)),
                    reason: String(repeating: "ü", count: 400)))
        }
        #expect(outcome.listed.left.count == 200 && outcome.listed.unlisted == 250)
        #expect(outcome.listed.left.allSatisfy { $0.reason.utf8.count <= 300 })
    }

    @Test("The default schedules are such that they may be")
    func defaults() throws {
        #expect(
            ScheduleTerms.defaults.map(\.key) == [
                "twice-weekly", "monthly-desktops", "monthly-servers",
            ])
        for (key, terms) in ScheduleTerms.defaults { #expect(terms.faults == [], "\(key)") }
        let calendar = try #require(
            ScheduleTerms.defaults.first.flatMap { ScheduleCalendar(reading: $0.terms) })
        let next = calendar.next(after: Self.start, limit: 3)
        #expect(next.map(\.local) == ["2026-01-06T02:00", "2026-01-08T02:00", "2026-01-13T02:00"])
    }

    @Test("What can't be is refused, with what to do")
    func refusals() throws {
        let id = try unwrapped(Self.fixed)
        func code(_ terms: ScheduleTerms, reason: String = "because") -> String? {
            do {
                _ = try Self.decide(.create(id, terms, reason: reason), Schedule())
                return nil
            } catch {
                return (error as? ScheduleRejection)?.code
            }
        }
        #expect(code(Self.terms("FREQ=HOURLY")) == "bad-field")
        #expect(code(Self.terms(zone: "CET")) == "bad-field")
        #expect(code(Self.terms(start: "Tuesday")) == "bad-field")
        #expect(code(Self.terms(classes: [])) == "bad-field")
        #expect(code(Self.terms(target: ScheduleTarget())) == "bad-field")
        #expect(code(Self.terms(target: ScheduleTarget(group: "a b"))) == "bad-field")
        #expect(code(Self.terms(), reason: " ") == "reason-missing")
        #expect(
            code(Self.terms("FREQ=DAILY;UNTIL=20200101", start: "2019-01-01T00:00"))
                == "schedule-never-ticks")
        let other = Self.terms("FREQ=DAILY")
        #expect(throws: ScheduleRejection.alreadyCreated("Twice a week")) {
            try Self.decide(.create(id, other, reason: "r"), Self.created())
        }
        #expect(throws: ScheduleRejection.unknown) {
            try Self.decide(.suspend(reason: "r"), Schedule())
        }
    }
}
