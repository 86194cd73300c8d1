import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Schedules that plan rollouts by themselves", .timeLimit(.minutes(3)))
struct ScheduleTests {
    /// A schedule whose first tick is some seconds away.
    private static func request(
        in seconds: Int, group: String? = nil, _ house: House
    ) -> ScheduleRequest {
        var request = ScheduleRequest()
        request.name = "Soon"
        request.start = String((house.clock.now + .seconds(seconds)).description.prefix(19))
        request.timeZone = "UTC"
        request.rule = "FREQ=DAILY"
        request.riskClasses = ["urgent", "important"]
        request.environment = "production"
        request.group = group
        return request
    }

    private static func outcomes(_ house: House) async throws -> [TickPlanned] {
        try await house.store.read(after: 0, limit: 10_000)
            .filter { $0.type == TickPlanned.type }
            .map { try TickPlanned.decode(schemaVersion: $0.schemaVersion, data: $0.data) }
    }

    @Test("A tick plans what is approved and asks for its approval; people do the rest (I14)")
    func tick() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.approved()
            let order = house.order(rita)
            let request = Self.request(in: 2, house)
            let made = try await useCases.createSchedule(request, reason: "the board", order)
            #expect(made.state == "active")
            #expect(
                try await useCases.createSchedule(request, reason: "the board", order).id == made.id
            )
            try await house.wait("the tick to be planned") {
                try await !Self.outcomes(house).isEmpty
            }
            let outcome = try #require(try await Self.outcomes(house).first)
            #expect(outcome.left.isEmpty)
            let planned = try #require(outcome.planned.first)
            #expect(outcome.planned.count == 1 && planned.patch == patch)

            let state = try await house.rollout(planned.rollout)
            #expect(state.stage == .awaitingApproval && state.requestedBy == "workflow")
            #expect(state.plan?.by == "workflow")
            #expect(state.plan?.schedule?.schedule == made.id)
            #expect(state.plan?.schedule?.by == rita.person.text)
            let events = try await house.store.read(planned.rollout, after: 0, limit: 10)
            #expect(events.first?.actor.onBehalfOf == rita.person.text)

            // Whoever made the schedule has asked for it, and doesn't approve.
            let both = Caller(person: rita.person, roles: [.approver, .releaseManager])
            let (id, digest) = (planned.rollout.text, planned.planDigest.description)
            #expect(
                try await house.code(house.order(both)) {
                    try await useCases.approveRollout(id, digest: digest, reason: "r", $0)
                } == "scheduler-may-not-approve")
            _ = try await useCases.approveRollout(
                id, digest: digest, reason: "read", house.order(peter))
            _ = try await useCases.startRollout(id, house.order(rita))
            #expect(try await house.rollout(planned.rollout).batch == 0)

            let view = try await useCases.reads.find(ViewKey(.schedule, made.id.text), asOf: nil)
            #expect(view?.state == "active")
        }
    }

    @Test("A tick with nothing to do says so, and why")
    func nothingToDo() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            _ = try await house.useCases.createSchedule(
                Self.request(in: 1, group: "nobody", house), reason: "the board",
                house.order(rita))
            try await house.wait("the tick to be planned") {
                try await !Self.outcomes(house).isEmpty
            }
            let outcome = try #require(try await Self.outcomes(house).first)
            #expect(outcome.planned.isEmpty && outcome.left.map(\.patch) == [patch])
            #expect(outcome.left.first?.reason.contains("no asset is left") == true)
        }
    }

    @Test("Workers at one tick, and one that dies within it, plan one rollout (I4, I10)")
    func once() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.approved()
            let made = try await useCases.createSchedule(
                Self.request(in: 3600, house), reason: "the board", house.order(rita))
            let schedule = try await house.bus.state(
                of: made.id, as: ScheduleDecider.self
            ).state
            let due = try #require(schedule.next)
            let tick = PlanSchedule(schedule: made.id, due: due, by: rita.person.text)

            // Between its two commands.
            let dying = MeddlingStore(
                store: house.store, type: RolloutApprovalRequested.type
            ) { throw EventStoreError(.unavailable, "killed") }
            let dead = UseCases(
                bus: CommandBus(store: dying), store: dying, reads: useCases.reads,
                sealedLog: useCases.sealedLog, subjectKeys: useCases.subjectKeys,
                now: useCases.now, newID: useCases.newID)
            await #expect(throws: EventStoreError.self) {
                try await dead.plan(tick, of: schedule)
            }
            let rollout = tick.rollout(of: patch)
            #expect(try await house.rollout(rollout).stage == .planned)

            async let one = useCases.plan(tick, of: schedule)
            async let other = useCases.plan(tick, of: schedule)
            let outcomes = try await [one, other]
            #expect(outcomes[0] == outcomes[1])
            #expect(outcomes[0].planned.map(\.rollout) == [rollout])
            #expect(try await house.rollout(rollout).stage == .awaitingApproval)
            let log = try await house.store.read(after: 0, limit: 10_000)
            #expect(log.count { $0.type == RolloutPlanned.type } == 1)
            #expect(log.count { $0.type == RolloutApprovalRequested.type } == 1)

            // The next tick finds its assets taken, once the patch has heard of the rollout.
            try await house.wait("the patch to know of the rollout") {
                try await house.patch(patch).rollouts.contains { $0.rollout == rollout }
            }
            let next = PlanSchedule(
                schedule: made.id, due: due + .seconds(86_400), by: rita.person.text)
            let later = try await useCases.plan(next, of: schedule)
            #expect(later.planned.isEmpty && later.left.map(\.patch) == [patch])
        }
    }

    @Test("The next ticks are shown in local time and in UTC, across a change of the clocks")
    func preview() async throws {
        try await withHouse { house in
            var request = ScheduleRequest()
            request.like = "twice-weekly"
            request.timeZone = "Europe/Berlin"
            let from = try #require(Timestamp("2026-03-23T00:00:00Z"))
            let preview = try house.useCases.ticks(of: request, from: from, limit: 10, gustav)
            #expect(preview.ticks.count == 10)
            #expect(
                preview.ticks.prefix(3).map { "\($0.local) \($0.due.description.prefix(16))Z" }
                    == [
                        "2026-03-24T02:00 2026-03-24T01:00Z", "2026-03-26T02:00 2026-03-26T01:00Z",
                        "2026-03-31T02:00 2026-03-31T00:00Z",
                    ])
            request.rule = "FREQ=SECONDLY"
            #expect(throws: InvalidInput.self) {
                try house.useCases.ticks(of: request, from: from, limit: 10, gustav)
            }
        }
    }
}
