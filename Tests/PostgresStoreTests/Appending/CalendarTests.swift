import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// I2 where intents commit: windows that a plan has pinned, freezes that hold at once, by every clock.
@Suite(.timeLimit(.minutes(1))) struct CalendarTests {
    private let now = Timestamp(Date())

    private func opening(_ from: Int, _ last: Int) -> Opening {
        Opening(
            start: now + .seconds(from), lastStart: now + .seconds(last),
            end: now + .seconds(last))
    }

    private func change(_ dispatch: Dispatch, _ change: CalendarChange) async throws {
        _ = try await dispatch.store.append(
            request(newStream(), effects: [.calendar(change)]))
    }

    private func intent(
        _ dispatch: Dispatch, _ asset: StreamID, _ ticket: Dispatch.Ticket, calendar: Int? = nil,
        at moment: Timestamp? = nil
    ) -> AppendRequest {
        var intent = dispatch.intent(asset, ticket)
        if let moment {
            let context = intent.context
            intent.context = CommandContext(
                actor: context.actor, at: moment, commandID: context.commandID)
        }
        intent.permit = Permit(
            asset: asset, attempt: ticket.attempt, rollout: dispatch.rollout, batch: 0,
            site: "home", calendar: calendar,
            freezeScopes: [
                ControlChange.assetScope(asset), ControlChange.groupScope("web"),
                ControlChange.siteScope("home"), ControlChange.globe,
            ])
        return intent
    }

    /// What refuses the intent; nil when it is granted.
    private func refusal(_ dispatch: Dispatch, _ intent: AppendRequest) async throws
        -> AppendRefusal?
    {
        do {
            _ = try await dispatch.store.append(intent)
            return nil
        } catch let refusal as AppendRefusal {
            return refusal
        }
    }

    @Test(arguments: Backend.allCases)
    func nothingIsGrantedOutsideTheOpenings(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            // One that nobody pinned is closed, and nothing says when it opens.
            #expect(
                try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 0))
                    == .outsideWindow(DispatchWait(until: nil, delay: nil)))
            try await change(
                dispatch,
                .open(
                    rollout: dispatch.rollout,
                    [
                        [opening(-600, -60), opening(3600, 7200), opening(9000, 9900)],
                        [opening(-60, 600)], [opening(-60, 1)],
                    ]))
            let closed = try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 0))
            guard case .outsideWindow(let wait)? = closed else {
                Issue.record("it was granted, or refused by \(String(describing: closed))")
                return
            }
            #expect(wait.until == opening(3600, 7200).start)
            let seconds = try #require(wait.delay).wholeSeconds
            #expect((3000...3600).contains(seconds), "\(seconds)")
            // A permit lives for two seconds, and less is left.
            let short = try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 2))
            #expect(short == .outsideWindow(DispatchWait(until: nil, delay: nil)))
            #expect(
                try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 1)) == nil)
            // With the rollout its openings end.
            try await change(dispatch, .forget(rollout: dispatch.rollout))
            #expect(
                try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 1)) != nil)
        }
    }

    /// A clock that was set back or forward by an hour closes; it never opens.
    @Test(arguments: Backend.allCases)
    func clocksThatDifferByAnHourCloseTheWindow(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            try await change(
                dispatch,
                .open(
                    rollout: dispatch.rollout,
                    [[opening(-60, 600)], [opening(3540, 4200)], [opening(-3660, -3000)]]))
            for hour in [-3600, 3600] {
                for calendar in 0..<3 {
                    let moment = now + .seconds(hour)
                    let refused = try await refusal(
                        dispatch,
                        intent(dispatch, asset, ticket, calendar: calendar, at: moment))
                    guard case .outsideWindow? = refused else {
                        Issue.record("granted at \(hour) by calendar \(calendar)")
                        continue
                    }
                }
            }
            #expect(
                try await refusal(dispatch, intent(dispatch, asset, ticket, calendar: 0)) == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func aFreezeOfAnyScopeStopsAtOnceUntilItIsLiftedOrOverridden(on backend: Backend) async throws {
        try await withStore(on: backend) { store, other in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            for (number, scope) in [
                ControlChange.assetScope(asset), "group/web", "site/home", "globe",
            ].enumerated() {
                let bar = FreezeBar(
                    freeze: "fz_\(number)", from: now + .seconds(-10), to: now + .seconds(900))
                try await change(dispatch, .freeze(bar, scope: scope))
                let refused = try await refusal(dispatch, intent(dispatch, asset, ticket))
                guard case .frozen(let wait)? = refused else {
                    Issue.record("\(scope): \(String(describing: refused))")
                    continue
                }
                #expect(wait.freeze == bar.freeze && wait.until == bar.to, "\(scope)")
                if number == 3 {
                    // It stands for all other rollouts.
                    try await change(
                        dispatch, .override(freeze: bar.freeze, rollout: dispatch.rollout))
                    #expect(try await refusal(dispatch, intent(dispatch, asset, ticket)) == nil)
                    let stranger = try await Dispatch(other)
                    let another = newStream("as")
                    let next = try await stranger.claim(another)
                    #expect(
                        try await refusal(stranger, intent(stranger, another, next)) != nil)
                } else {
                    try await change(dispatch, .lift(freeze: bar.freeze))
                    #expect(try await refusal(dispatch, intent(dispatch, asset, ticket)) == nil)
                }
            }
            // One that is to come, one that is over, and one elsewhere are in nobody's way.
            for (name, from, to, scope) in [
                ("fz_a", 100, 200, "globe"), ("fz_b", -200, -100, "globe"),
                ("fz_c", -100, 100, "site/away"),
            ] {
                try await change(
                    dispatch,
                    .freeze(
                        FreezeBar(
                            freeze: name, from: now + .seconds(from), to: now + .seconds(to)),
                        scope: scope))
            }
            #expect(try await refusal(dispatch, intent(dispatch, asset, ticket)) == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func anOverrideWithAnEndEndsByEveryClockAndCanBeTakenBack(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            func isFrozen() async throws -> Bool {
                try await refusal(dispatch, intent(dispatch, asset, ticket)) != nil
            }
            let bar = FreezeBar(freeze: "fz_1", from: now + .seconds(-10), to: nil)
            try await change(dispatch, .freeze(bar, scope: "globe"))
            func letThrough(until: Timestamp?) async throws {
                try await change(
                    dispatch,
                    .override(freeze: bar.freeze, rollout: dispatch.rollout, until: until))
            }
            try await letThrough(until: now + .seconds(-1))
            #expect(try await isFrozen(), "the emergency is over")
            try await letThrough(until: now + .seconds(600))
            #expect(try await !isFrozen())
            let later = now + .seconds(600)
            #expect(
                try await refusal(dispatch, intent(dispatch, asset, ticket, at: later)) != nil,
                "whoever asks is ahead")
            try await change(dispatch, .restore(freeze: bar.freeze, rollout: dispatch.rollout))
            #expect(try await isFrozen())
            // A person's has no end, and no emergency gives it one.
            try await letThrough(until: nil)
            try await letThrough(until: now + .seconds(-1))
            try await change(dispatch, .restore(freeze: bar.freeze, rollout: dispatch.rollout))
            #expect(try await !isFrozen())
        }
    }

    @Test(arguments: Backend.allCases)
    func ofPoliciesTheLowestThatListsFreezesCounts(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let asset = newStream("as")
            let ticket = try await dispatch.claim(asset)
            func isFrozen() async throws -> Bool {
                try await refusal(dispatch, intent(dispatch, asset, ticket)) != nil
            }
            let christmas = FreezeBar(
                freeze: "po_1/Christmas", from: now + .seconds(-10), to: now + .seconds(900))
            try await change(dispatch, .policy("po_1", scope: "globe", level: 1, [christmas]))
            #expect(try await isFrozen())
            try await change(dispatch, .policy("po_2", scope: "site/home", level: 2, []))
            #expect(try await !isFrozen(), "the site lists none")
            try await change(dispatch, .policy("po_2", scope: "site/home", level: 2, nil))
            #expect(try await isFrozen(), "the site says nothing any more")
            try await change(dispatch, .policy("po_1", scope: "globe", level: 1, []))
            #expect(try await !isFrozen())
        }
    }

    /// Nobody polls for the end of a freeze: its lifting makes what waits due.
    @Test(arguments: Backend.allCases)
    func whatWaitsForAFreezeIsDueWhenItIsLifted(on backend: Backend) async throws {
        try await withStore(on: backend) { store, _ in
            let dispatch = try await Dispatch(store)
            let queue = UUID().uuidString
            try await change(
                dispatch,
                .freeze(
                    FreezeBar(freeze: "fz_1", from: now, to: now + .seconds(9000)),
                    scope: "globe"))
            for freeze in ["fz_1", "fz_2"] {
                let waiting = NewActivity(
                    kind: "install", queue: queue, data: Array("{}".utf8),
                    delay: .seconds(9000), parkedBy: freeze)
                _ = try await store.append(
                    request(newStream(), effects: [.schedule(waiting)]))
            }
            #expect(try await dispatch.worker.claim(9, of: [queue]).isEmpty)
            try await change(dispatch, .lift(freeze: "fz_1"))
            #expect(try await dispatch.worker.claim(9, of: [queue]).count == 1)
        }
    }

    /// A freeze and intents pass each other in neither order: what commits after it is refused.
    @Test func noIntentCommitsAfterAFreeze() async throws {
        try await withStore { store, options in
            try await serving(options) { other in
                let dispatch = try await Dispatch(store)
                let assets = (0..<12).map { _ in newStream("as") }
                var tickets: [Dispatch.Ticket] = []
                for asset in assets { tickets.append(try await dispatch.claim(asset)) }
                let bar = FreezeBar(
                    freeze: "fz_1", from: now + .seconds(-10), to: now + .seconds(900))
                let found = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for (number, (asset, ticket)) in zip(assets, tickets).enumerated() {
                        let wanted = intent(dispatch, asset, ticket)
                        group.addTask {
                            do {
                                let door: any TestedStore = number % 2 == 0 ? store : other
                                return try await door.append(wanted).lastPosition
                            } catch AppendRefusal.frozen {
                                return 0
                            }
                        }
                    }
                    async let frozen = store.append(
                        request(
                            newStream(), effects: [.calendar(.freeze(bar, scope: "globe"))]))
                    let intents = try await group.reduce(into: []) { $0.append($1) }
                    return (intents, try await frozen.lastPosition)
                }
                for intent in found.0 { #expect(intent < found.1) }
            }
        }
    }
}
