import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// Cross-stream promises are kept where the intent commits: caps (I1), one attempt per asset (I3),
/// fences (I5), halts (I6), released batches (I1).
@Suite(.timeLimit(.minutes(1))) struct PermitTests {
    @Test(arguments: Backend.allCases)
    func anAssetHasOneAttemptAcrossAllRollouts(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let asset = newStream("as")
            let (one, two) = (try await Dispatch(store), try await Dispatch(store))
            let first = try await one.claim(asset)
            let second = try await two.claim(asset)
            _ = try await one.intend(asset, first)
            await #expect(
                throws: AppendRefusal.assetBusy(attempt: first.attempt.uuidString.lowercased())
            ) {
                try await two.intend(asset, second)
            }
            // Again within the same attempt (a reboot, say) is granted again.
            _ = try await one.intend(asset, first)
            _ = try await one.end(asset, first)
            _ = try await two.intend(asset, second)
        }
    }

    /// I5: after an attempt with a higher fence nothing with a lower one is let through.
    @Test(arguments: Backend.allCases)
    func aLowerFenceIsRefused(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let asset = newStream("as")
            let dispatch = try await Dispatch(store)
            let early = try await dispatch.claim(asset)
            let late = try await dispatch.claim(asset)
            #expect(late.claim.fence > early.claim.fence)
            _ = try await dispatch.intend(asset, late)
            _ = try await dispatch.end(asset, late)
            await #expect(throws: AppendRefusal.staleClaim) {
                try await dispatch.intend(asset, early)
            }
        }
    }

    /// I10: what was granted is answered as it was then, whatever has happened since.
    @Test(arguments: Backend.allCases)
    func aRepeatedIntentIsAnsweredThoughItWouldBeRefusedNow(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            let intent = dispatch.intent(asset, ticket)
            let first = try await store.append(intent)
            try await dispatch.control(
                ControlChange(scope: ControlChange.rolloutScope(dispatch.rollout), halted: true))
            await #expect(throws: AppendRefusal.self) { try await dispatch.intend(asset, ticket) }
            let again = try await store.append(intent)
            #expect(again.repeated)
            #expect(again.firstPosition == first.firstPosition)
        }
    }

    @Test(arguments: Backend.allCases)
    func capsHoldPerRolloutSiteAndGlobe(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            for scope in [
                ControlChange.rolloutScope(dispatch.rollout), ControlChange.siteScope("home"),
                ControlChange.globe,
            ] {
                try await dispatch.control(ControlChange(scope: scope, capacity: 2))
                // Again and again: a refusal takes nothing, an end gives everything back.
                for _ in 0..<3 {
                    let assets = (0..<3).map { _ in newStream("as") }
                    var tickets: [Dispatch.Ticket] = []
                    for asset in assets { tickets.append(try await dispatch.claim(asset)) }
                    _ = try await dispatch.intend(assets[0], tickets[0])
                    _ = try await dispatch.intend(assets[1], tickets[1])
                    await #expect(throws: AppendRefusal.noSlot(scope: scope)) {
                        try await dispatch.intend(assets[2], tickets[2])
                    }
                    _ = try await dispatch.end(assets[0], tickets[0])
                    _ = try await dispatch.intend(assets[2], tickets[2])
                    _ = try await dispatch.end(assets[1], tickets[1])
                    _ = try await dispatch.end(assets[2], tickets[2])
                }
                try await dispatch.control(ControlChange(scope: scope, capacity: 1000))
            }
        }
    }

    @Test func endedAttemptsOwnNoRow() async throws {
        try await withStore { store, options in
            let dispatch = try await Dispatch(store)
            try await dispatch.control(ControlChange(scope: ControlChange.globe, capacity: 3))
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            func owned() async throws -> Int {
                try await withSQL(options) {
                    try await $0.query(
                        """
                        select (select count(*) from patchflow.slots where attempt is not null)
                            + (select count(*) from patchflow.asset_attempt
                                where attempt is not null)
                        """)[0].decode(at: 0)
                }
            }
            _ = try await dispatch.intend(asset, ticket)
            #expect(try await owned() == 2)
            _ = try await dispatch.end(asset, ticket)
            #expect(try await owned() == 0)
        }
    }

    /// All or nothing: a command whose permit is refused has not ended an attempt either (I3).
    @Test(arguments: Backend.allCases)
    func aRefusedPermitLeavesTheAttemptThatItsCommandEnds(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let (asset, other) = (newStream("as"), newStream("as"))
            let dispatch = try await Dispatch(store)
            let first = try await dispatch.claim(asset)
            _ = try await dispatch.intend(asset, first)
            let rival = try await dispatch.claim(asset)
            let next = try await dispatch.claim(other)
            func move(batch: Int) -> AppendRequest {
                var move = request(
                    newStream(), effects: [.endAttempt(asset: asset, attempt: first.attempt)]
                ).using(next.claim, .hold)
                move.permit = Permit(
                    asset: other, attempt: next.attempt, rollout: dispatch.rollout, batch: batch,
                    site: "home")
                return move
            }
            await #expect(throws: AppendRefusal.batchNotReleased) {
                try await store.append(move(batch: 7))
            }
            await #expect(
                throws: AppendRefusal.assetBusy(attempt: first.attempt.uuidString.lowercased())
            ) {
                try await dispatch.intend(asset, rival)
            }
            _ = try await store.append(move(batch: 0))
            _ = try await dispatch.intend(asset, rival)
        }
    }

    /// I1 under contention: from two processes, many at once.
    @Test func capsHoldUnderContention() async throws {
        let seed = UInt64.random(in: 1...1_000_000)
        print("seed: \(seed)")
        try await withStore { store, options in
            try await serving(options) { other in
                let dispatch = try await Dispatch(store)
                let site = ControlChange.siteScope("home")
                try await dispatch.control(ControlChange(scope: site, capacity: 4))
                try await withSQL(options) { try await $0.script(Self.countAttempts) }
                let assets = (0..<6).map { _ in newStream("as") }
                let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<16 {
                        group.addTask {
                            let mine = try await Dispatch(
                                number % 2 == 0 ? store : other, rollout: dispatch.rollout)
                            var granted = 0
                            for round in 0..<6 {
                                let asset = assets[(number * 7 + round * 5 + Int(seed % 6)) % 6]
                                let ticket = try await mine.claim(asset)
                                do {
                                    _ = try await mine.intend(asset, ticket)
                                } catch AppendRefusal.noSlot {
                                    continue
                                } catch AppendRefusal.assetBusy {
                                    continue
                                } catch AppendRefusal.staleClaim {
                                    // Somebody with a higher fence was first.
                                    continue
                                }
                                granted += 1
                                try await Task.sleep(for: .milliseconds(2))
                                _ = try await mine.end(asset, ticket)
                            }
                            return granted
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(granted > 0)
                let highest = try await withSQL(options) {
                    try await $0.query("select max(attempts) from public.seen_attempts")
                }
                let attempts = try highest[0].decode(Int.self, at: 0)
                print("\(granted) granted, at most \(attempts) at once")
                #expect((1...4).contains(attempts))
            }
        }
    }

    /// Notes at each commit how many attempts are under way.
    private static let countAttempts = """
        create table public.seen_attempts (attempts bigint);
        create function public.count_attempts() returns trigger language plpgsql as $$
        begin
            insert into public.seen_attempts
            select count(*) from patchflow.asset_attempt where attempt is not null;
            return null;
        end $$;
        create constraint trigger count_attempts after insert or update on patchflow.asset_attempt
        deferrable initially deferred for each row execute function public.count_attempts();
        """

    @Test(arguments: Backend.allCases)
    func nothingStartsBeforeItsBatchIsReleased(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store, releasing: nil)
            let scope = ControlChange.rolloutScope(dispatch.rollout)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            await #expect(throws: AppendRefusal.batchNotReleased) {
                try await dispatch.intend(asset, ticket, batch: 0)
            }
            try await dispatch.control(ControlChange(scope: scope, releasedBatch: 1))
            await #expect(throws: AppendRefusal.batchNotReleased) {
                try await dispatch.intend(asset, ticket, batch: 2)
            }
            _ = try await dispatch.intend(asset, ticket, batch: 1)
        }
    }

    @Test(arguments: Backend.allCases)
    func aHaltStopsRolloutSiteOrEverything(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            for scope in [
                ControlChange.rolloutScope(dispatch.rollout), ControlChange.siteScope("home"),
                ControlChange.globe,
            ] {
                try await dispatch.control(ControlChange(scope: scope, halted: true))
                await #expect(throws: AppendRefusal.halted(scope: scope)) {
                    try await dispatch.intend(asset, ticket)
                }
                try await dispatch.control(ControlChange(scope: scope, halted: false))
            }
            _ = try await dispatch.intend(asset, ticket)
        }
    }

    /// I6: in the log no intent stands behind a pause.
    @Test(arguments: Backend.allCases)
    func noIntentCommitsAfterAPause(on backend: Backend) async throws {
        try await withStore(on: backend) { store, other in
            for _ in 0..<15 {
                let dispatch = try await Dispatch(store)
                let scope = ControlChange.rolloutScope(dispatch.rollout)
                let assets = (0..<6).map { _ in newStream("as") }
                var tickets: [Dispatch.Ticket] = []
                for asset in assets { tickets.append(try await dispatch.claim(asset)) }
                let positions = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for (number, (asset, ticket)) in zip(assets, tickets).enumerated() {
                        group.addTask {
                            do {
                                let door = number % 2 == 0 ? store : other
                                return try await dispatch.intend(asset, ticket, through: door)
                                    .lastPosition
                            } catch AppendRefusal.halted(scope) {
                                return 0
                            }
                        }
                    }
                    async let paused = dispatch.control(
                        ControlChange(scope: scope, halted: true))
                    let intents = try await group.reduce(into: []) { $0.append($1) }
                    return (intents, try await paused.lastPosition)
                }
                for intent in positions.0 { #expect(intent < positions.1) }
            }
        }
    }
}

/// One rollout that dispatches: claims work on assets and asks for permits.
struct Dispatch: Sendable {
    struct Ticket: Sendable {
        let claim: Claim
        let attempt: UUID
    }

    let store: any TestedStore
    let worker: TestWorker
    let rollout: StreamID

    /// - Parameter releasing: The batch up to which the rollout may start.
    init(
        _ store: any TestedStore, rollout: StreamID = newStream("ro"), releasing: Int? = 0
    ) async throws {
        self.store = store
        self.rollout = rollout
        worker = try await TestWorker(store)
        if let releasing {
            try await control(
                ControlChange(
                    scope: ControlChange.rolloutScope(rollout), releasedBatch: releasing))
        }
    }

    @discardableResult
    func control(_ change: ControlChange) async throws -> AppendReceipt {
        try await store.append(request(newStream(), effects: [.control(change)]))
    }

    /// Schedules an activity in a queue of its own and claims it.
    func claim(_ asset: StreamID) async throws -> Ticket {
        let queue = UUID().text
        _ = try await store.append(
            request(newStream(), effects: [.schedule(install(on: asset, queue: queue))]))
        let activity = try #require(try await worker.claim(of: [queue]).first)
        return Ticket(claim: activity.claim, attempt: UUID())
    }

    @discardableResult
    func intend(
        _ asset: StreamID, _ ticket: Ticket, batch: Int = 0, through door: (any TestedStore)? = nil
    ) async throws -> AppendReceipt {
        try await (door ?? store).append(intent(asset, ticket, batch: batch))
    }

    func intent(_ asset: StreamID, _ ticket: Ticket, batch: Int = 0) -> AppendRequest {
        var intent = request(newStream()).using(ticket.claim, .hold)
        intent.permit = Permit(
            asset: asset, attempt: ticket.attempt, rollout: rollout, batch: batch, site: "home")
        return intent
    }

    func end(_ asset: StreamID, _ ticket: Ticket) async throws -> AppendReceipt {
        try await store.append(
            request(newStream(), effects: [.endAttempt(asset: asset, attempt: ticket.attempt)])
                .using(ticket.claim, .complete))
    }
}
