import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// I1 where intents commit, over all rollouts: caps that people set, and the order of those who wait.
@Suite(.timeLimit(.minutes(2))) struct CapTests {
    private func cap(_ store: any TestedStore, _ scope: String, _ limit: Int?) async throws {
        _ = try await store.append(
            request(newStream(), effects: [.calendar(.cap(scope: scope, limit))]))
    }

    /// What refuses the intent; nil when it is granted.
    private func refusal(
        _ dispatch: Dispatch, _ asset: StreamID, _ ticket: Dispatch.Ticket,
        places: [String] = [], through door: (any TestedStore)? = nil
    ) async throws -> AppendRefusal? {
        var intent = dispatch.intent(asset, ticket)
        intent.permit?.freezeScopes = [ControlChange.assetScope(asset)] + places
        do {
            _ = try await (door ?? dispatch.store).append(intent)
            return nil
        } catch let refusal as AppendRefusal {
            return refusal
        }
    }

    @Test(arguments: Backend.allCases)
    func aCapCountsWhatIsUnderWayWhenItIsSet(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let rollouts = [try await Dispatch(store), try await Dispatch(store)]
            var under: [(Dispatch, StreamID, Dispatch.Ticket)] = []
            for number in 0..<4 {
                let (dispatch, asset) = (rollouts[number % 2], newStream("as"))
                let ticket = try await dispatch.claim(asset)
                _ = try await dispatch.intend(asset, ticket)
                under.append((dispatch, asset, ticket))
            }
            for scope in [ControlChange.siteScope("home"), ControlChange.globe] {
                try await cap(store, scope, 2)
                let next = newStream("as")
                let ticket = try await rollouts[0].claim(next)
                // Whoever is under way may go on.
                _ = try await under[3].0.intend(under[3].1, under[3].2)
                // In whatever order they end: first when only one is left there is room for another.
                for _ in 0..<3 {
                    #expect(
                        try await refusal(rollouts[0], next, ticket) == .noSlot(scope: scope))
                    let (dispatch, asset, done) = under.removeFirst()
                    _ = try await dispatch.end(asset, done)
                }
                #expect(try await refusal(rollouts[0], next, ticket) == nil)
                try await cap(store, scope, nil)
                under.append((rollouts[0], next, ticket))
                while under.count < 4 {
                    let asset = newStream("as")
                    let ticket = try await rollouts[1].claim(asset)
                    #expect(try await refusal(rollouts[1], asset, ticket) == nil)
                    under.append((rollouts[1], asset, ticket))
                }
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func groupsAndFailureDomainsHaveCapsOfTheirOwn(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let domain = ControlChange.domainScope("db-1")
            let group = ControlChange.groupScope("web")
            try await cap(store, domain, 1)
            try await cap(store, group, 2)
            let assets = (0..<4).map { _ in newStream("as") }
            var tickets: [Dispatch.Ticket] = []
            for asset in assets { tickets.append(try await dispatch.claim(asset)) }
            #expect(try await refusal(dispatch, assets[0], tickets[0], places: [domain]) == nil)
            #expect(
                try await refusal(dispatch, assets[1], tickets[1], places: [domain, group])
                    == .noSlot(scope: domain))
            #expect(try await refusal(dispatch, assets[2], tickets[2], places: [group]) == nil)
            _ = try await dispatch.end(assets[0], tickets[0])
            #expect(
                try await refusal(dispatch, assets[1], tickets[1], places: [domain, group]) == nil)
            // It is counted in both, and a third in the group is one too many.
            #expect(
                try await refusal(dispatch, assets[3], tickets[3], places: [group])
                    == .noSlot(scope: group))
        }
    }

    /// Eligibility before the slot: a rollout that is halted keeps nobody else waiting.
    @Test(arguments: Backend.allCases)
    func whoMayNotBeginStandsInNoQueue(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (one, two) = (try await Dispatch(store), try await Dispatch(store))
            try await cap(store, ControlChange.globe, 1)
            let assets = (0..<3).map { _ in newStream("as") }
            let first = try await one.claim(assets[0])
            let halted = try await one.claim(assets[1])
            let next = try await two.claim(assets[2])
            #expect(try await refusal(one, assets[0], first) == nil)
            #expect(
                try await refusal(one, assets[1], halted) == .noSlot(scope: ControlChange.globe))
            #expect(
                try await refusal(two, assets[2], next) == .noSlot(scope: ControlChange.globe))
            let scope = ControlChange.rolloutScope(one.rollout)
            try await one.control(ControlChange(scope: scope, halted: true))
            #expect(try await refusal(one, assets[1], halted) == .halted(scope: scope))
            _ = try await one.end(assets[0], first)
            #expect(try await refusal(two, assets[2], next) == nil)
        }
    }

    /// 200 rollouts at once: the urgent first, then turn by turn, and everybody gets his turn; who has it
    /// is woken, and nobody else is.
    @Test func twoHundredRolloutsShareACapInTurn() async throws {
        try await withStore { store, options in
            let worker = try await TestWorker(store)
            try await cap(store, ControlChange.globe, 5)
            var waiting = try await askers(store, worker)
            #expect(waiting.count == 395)
            var underWay = try await granted(options)
            #expect(underWay.count == 5)
            var order: [(asset: String, rollout: String, isUrgent: Bool)] = []
            while !waiting.isEmpty {
                let (ended, attempt) = underWay.removeFirst()
                // They would ask again by themselves.
                try await withSQL(options) {
                    try await $0.script(
                        "update patchflow.slot_waits set seen_at = clock_timestamp()")
                }
                _ = try await store.append(
                    request(
                        newStream(),
                        effects: [.endAttempt(asset: ended, attempt: attempt)]))
                let woken = try await worker.claim(10, of: ["caps"])
                #expect(woken.count == 1)
                guard let activity = woken.first, let asset = activity.asset,
                    let asker = waiting.removeValue(forKey: asset)
                else { break }
                var intent = asker.intent
                intent.context = CommandContext(
                    actor: intent.context.actor, at: intent.context.at, commandID: UUID())
                _ = try await store.append(intent.using(activity.claim, .hold))
                order.append((asset.text, asker.rollout.text, asker.isUrgent))
                underWay.append((asset, asker.attempt))
            }
            #expect(order.count == 395)
            let urgent = order.prefix { $0.isUrgent }.count
            #expect(urgent == order.count { $0.isUrgent }, "an urgent one came after another")
            for part in [order.prefix(urgent), order.dropFirst(urgent)] {
                // Nobody has a second turn while somebody waits for the first.
                let turns = part.reduce(into: [String: Int]()) { $0[$1.rollout, default: 0] += 1 }
                let first = part.prefix(turns.count - 5).map(\.rollout)
                #expect(Set(first).count >= first.count - 5)
            }
            let most = try await withSQL(options) {
                try await $0.query(
                    "select count(*) from patchflow.asset_attempt where attempt is not null")[0]
                    .decode(Int.self, at: 0)
            }
            #expect(most == 5)
        }
    }

    private struct Asker {
        let rollout: StreamID
        let attempt: UUID
        let isUrgent: Bool
        let intent: AppendRequest
    }

    /// Two assets of each of 200 rollouts ask, rollout by rollout; every tenth is urgent.
    private func askers(
        _ store: PostgresEventStore, _ worker: TestWorker
    ) async throws -> [StreamID: Asker] {
        var waiting: [StreamID: Asker] = [:]
        for number in 0..<200 {
            let rollout = newStream("ro")
            let isUrgent = number % 10 == 9
            _ = try await store.append(
                request(
                    newStream(),
                    effects: [
                        .control(
                            ControlChange(
                                scope: ControlChange.rolloutScope(rollout), releasedBatch: 0))
                    ]))
            for _ in 0..<2 {
                let asset = newStream("as")
                _ = try await store.append(
                    request(
                        newStream(),
                        effects: [
                            .schedule(
                                install(on: asset, queue: "caps", priority: isUrgent ? 3 : 1))
                        ]))
                let activity = try #require(try await worker.claim(of: ["caps"]).first)
                let attempt = UUID()
                var intent = request(newStream()).using(activity.claim, .hold)
                intent.permit = Permit(
                    asset: asset, attempt: attempt, rollout: rollout, batch: 0, site: "home")
                do {
                    _ = try await store.append(intent)
                } catch AppendRefusal.noSlot {
                    try await worker.queue.release(
                        activity.claim, after: .seconds(3600), reason: "no slot")
                    waiting[asset] = Asker(
                        rollout: rollout, attempt: attempt, isUrgent: isUrgent, intent: intent)
                }
            }
        }
        return waiting
    }

    private func granted(_ options: ConnectionOptions) async throws -> [(StreamID, UUID)] {
        try await withSQL(options) { connection in
            try await connection.query(
                """
                select asset, attempt from patchflow.asset_attempt where attempt is not null
                order by asset
                """
            ).map { row in
                let asset: String = try row.decode(at: 0)
                return (try #require(StreamID(asset)), try row.decode(UUID.self, at: 1))
            }
        }
    }

    /// Under contention, while the cap goes up and down: whatever begins leaves no more under way than the
    /// cap says that holds where it commits.
    @Test func aCapThatChangesHoldsUnderContention() async throws {
        let seed = UInt64.random(in: 1...1_000_000)
        print("seed: \(seed)")
        try await withStore { store, options in
            try await serving(options) { other in
                try await cap(store, ControlChange.globe, 3)
                try await withSQL(options) { try await $0.script(Self.noteStarts) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<12 {
                        group.addTask {
                            let mine = try await Dispatch(number % 2 == 0 ? store : other)
                            for round in 0..<8 {
                                let asset = newStream("as")
                                let ticket = try await mine.claim(asset)
                                for _ in 0..<20 {
                                    guard try await refusal(mine, asset, ticket) != nil else {
                                        try await Task.sleep(for: .milliseconds(3))
                                        break
                                    }
                                    try await Task.sleep(for: .milliseconds(5))
                                }
                                _ = try await mine.end(asset, ticket)
                                if number == 0 {
                                    let limit = 1 + (round * 7 + Int(seed % 5)) % 4
                                    try await cap(store, ControlChange.globe, limit)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let (starts, excess, owned) = try await withSQL(options) { connection in
                    let row = try await connection.query(
                        """
                        select count(*), count(*) filter (where attempts > capacity),
                            (select count(*) from patchflow.slots where attempt is not null)
                        from public.seen_starts
                        """)[0]
                    return (
                        try row.decode(Int.self, at: 0), try row.decode(Int.self, at: 1),
                        try row.decode(Int.self, at: 2)
                    )
                }
                print("\(starts) starts")
                #expect(starts > 20 && excess == 0 && owned == 0)
            }
        }
    }

    /// Notes at each start's commit how many attempts are under way, and how many may be.
    private static let noteStarts = """
        create table public.seen_starts (attempts bigint, capacity integer);
        create function public.note_start() returns trigger language plpgsql as $$
        begin
            insert into public.seen_starts
            select (select count(*) from patchflow.asset_attempt where attempt is not null), capacity
            from patchflow.dispatch_control where scope = 'globe';
            return null;
        end $$;
        create constraint trigger note_start after update on patchflow.asset_attempt
        deferrable initially deferred for each row
        when (old.attempt is null and new.attempt is not null)
        execute function public.note_start();
        """
}
