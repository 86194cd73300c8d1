import EventSourcing
import FoundationEssentials
import JSON
import Testing

@testable import PatchManagement

/// A freeze is made by one person, holds from its own commit on, and ends at its time or when it is
/// lifted (I2).
@Suite("Freezes")
struct FreezeDeciderTests {
    private static let fixed = StreamID("fz_00000000-0000-7000-8000-000000000001")
    private static let start = Timestamp(seconds: 1_767_225_600)
    private static let lena = Actor(id: "pe_lena", role: "incidentCommander")

    private static func decide(
        _ command: FreezeCommand, _ state: Freeze, at moment: Timestamp = start
    ) throws -> [FreezeEvent] {
        try FreezeDecider.decide(
            command, CommandContext(actor: lena, at: moment, commandID: UUID()), state)
    }

    private static func create(
        from: Timestamp? = nil, to: Timestamp = start + .seconds(3600),
        name: String = "Quarter end",
        reason: String = "the books are closed"
    ) throws -> FreezeCommand {
        .create(
            try unwrapped(fixed), name: name, scope: .site("berlin"), from: from, to: to,
            reason: reason)
    }

    /// For the stored forms: each event, the same each time.
    static func story() throws -> [any DomainEvent] {
        var state = Freeze()
        var events = try decide(create(), state)
        for event in events { FreezeDecider.evolve(&state, event) }
        events += try decide(.lift(reason: "closed early"), state)
        return events
            + [
                RolloutEvent.freezeOverridden(
                    FreezeOverridden(
                        freeze: try unwrapped(fixed).text, by: lena.id, reason: "it burns",
                        planDigest: Digest(of: "plan")))
            ]
    }

    private static func standing() throws -> Freeze {
        FreezeDecider.state(after: try decide(create(), Freeze()))
    }

    @Test("One without a beginning holds from its commit on, whatever clocks say")
    func immediate() throws {
        let events = try Self.decide(Self.create(), Freeze())
        let state = FreezeDecider.state(after: events)
        #expect(state.holds(at: Self.start))
        #expect(!state.holds(at: Self.start + .microseconds(-1)))
        #expect(!state.holds(at: Self.start + .seconds(3600)), "half open")
        let id = try unwrapped(Self.fixed)
        let bar = FreezeBar(
            freeze: id.text, from: Timestamp(microseconds: 0), to: Self.start + .seconds(3600))
        #expect(
            FreezeDecider.effects(of: events[0], state)
                == [.calendar(.freeze(bar, scope: "site/berlin"))])
    }

    @Test("It is lifted once, and what waits for it is told")
    func lift() throws {
        var state = try Self.standing()
        let events = try Self.decide(.lift(reason: "over"), state)
        for event in events { FreezeDecider.evolve(&state, event) }
        #expect(state.phase == .lifted && !state.holds(at: Self.start))
        let id = try unwrapped(Self.fixed)
        #expect(
            FreezeDecider.effects(of: events[0], state)
                == [.calendar(.lift(freeze: id.text))])
        #expect(try Self.decide(.lift(reason: "over"), state) == [])
    }

    @Test("What can't be is refused, with what to do")
    func refusals() throws {
        let start = Self.start
        let past = start + .seconds(-1)
        for (command, rejection) in [
            (
                try Self.create(from: past), FreezeRejection.beginsInThePast(past)
            ),
            (
                try Self.create(from: start + .seconds(9), to: start + .seconds(9)),
                .endsBeforeItBegins(from: start + .seconds(9), to: start + .seconds(9))
            ),
            (
                try Self.create(to: start + .seconds(367 * 86_400)),
                .tooLong(from: start, to: start + .seconds(367 * 86_400))
            ),
            (try Self.create(reason: " "), .reasonMissing),
        ] {
            #expect(throws: rejection) { try Self.decide(command, Freeze()) }
        }
        #expect(throws: FreezeRejection.unknown) {
            try Self.decide(.lift(reason: "over"), Freeze())
        }
        let end = start + .seconds(3600)
        #expect(throws: FreezeRejection.isOver(end)) {
            try Self.decide(.lift(reason: "over"), try Self.standing(), at: end)
        }
    }

    @Test(
        "A policy that is published changes all freezes of its scope; an unreadable one never ends")
    func policies() throws {
        let freeze = JSONValue.object([
            "name": .string("Christmas"), "from": .string("2026-12-20T00:00:00Z"),
            "to": .string("2027-01-02T00:00:00Z"),
        ])
        func bars(_ document: PolicyDocument) -> [FreezeBar]? {
            let policy = PublishedPolicy(
                scope: .group("web"), version: 1, document: document, sections: [:])
            guard case .policy(let id, let scope, let level, let bars) = policy.freezeChange
            else { return nil }
            #expect(id == PolicyScope.group("web").policy.text)
            #expect(scope == "group/web" && level == 3)
            return bars
        }
        #expect(bars(PolicyDocument()) == nil, "it says nothing")
        #expect(bars(PolicyDocument([.freezes: .array([])])) == [], "it lists none")
        let listed = bars(PolicyDocument([.freezes: .array([freeze])]))
        #expect(listed?.map(\.freeze) == ["\(PolicyScope.group("web").policy.text)/Christmas"])
        let unread = bars(PolicyDocument([.freezes: .array([freeze, .string("?")])]))
        #expect(unread?.last?.to == nil && unread?.count == 2)
    }
}
