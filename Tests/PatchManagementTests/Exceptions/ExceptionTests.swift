import EventSourcing
import Testing

@testable import PatchManagement

typealias ExceptionStory = StreamStory<ExceptionDecider>

@Suite("Exceptions")
struct ExceptionTests {
    static let finding = StreamID(prefix: "fi", uuid(80))

    static func request(
        _ kind: ExceptionKind = .acceptRisk, days: Int = 90, control: StreamID? = nil,
        scope: ExceptionScope = ExceptionScope(findings: [finding])
    ) -> ExceptionRequest {
        ExceptionRequest(
            kind: kind, scope: scope, until: Moments.days(days), reason: "the vendor is slow",
            control: control)
    }

    static func requested(_ request: ExceptionRequest = request()) throws -> ExceptionStory {
        var story = ExceptionStory()
        try story.tell(
            .request(request, exception: Sample.exception, policy: ExceptionPolicy()), by: anna)
        return story
    }

    static func grant(
        _ request: ExceptionRequest = request(), days: Int = 90, restart: ClockRestart = .keeps
    ) -> ExceptionCommand {
        .grant(
            request: request.digest, until: Moments.days(days), restart: restart,
            control: request.control.map {
                ControlOnPath(control: $0, verifiedUntil: Moments.days(30))
            }, reason: "it is worth it")
    }

    static func granted(
        _ request: ExceptionRequest = request(), days: Int = 90
    ) throws -> ExceptionStory {
        var story = try requested(request)
        try story.tell(grant(request, days: days), by: rolf)
        return story
    }

    // MARK: Two people

    @Test("I14: whoever asked doesn't grant, under no role and for nobody")
    func people() throws {
        let story = try Self.requested()
        for actor in [
            Actor(id: anna.id, role: "riskOwner"),
            Actor(id: anna.id, role: "riskOwner", onBehalfOf: "pe_other"),
            Actor(id: "pe_other", role: "riskOwner", onBehalfOf: anna.id),
        ] {
            #expect(
                story.refusal(of: Self.grant(), by: actor) == .mayNotGrantOwnRequest(anna.id))
        }
        for role in Role.allCases where role != .riskOwner {
            #expect(
                story.refusal(of: Self.grant(), by: Actor(id: "pe_x", role: role.rawValue))
                    == .riskOwnerNeeded(role.rawValue))
            #expect(
                story.refusal(
                    of: .deny(reason: "no"), by: Actor(id: "pe_x", role: role.rawValue))
                    == .riskOwnerNeeded(role.rawValue))
        }
        #expect(story.refusal(of: Self.grant(), by: rolf) == nil)
        #expect(Authorisation.roles(for: .decideException) == [.riskOwner])
    }

    @Test("The grant is for exactly what was seen, and never for longer than was asked")
    func binding() throws {
        var story = try Self.requested()
        let other = Self.request(days: 91)
        #expect(
            story.refusal(of: Self.grant(other), by: rolf)
                == .staleRequest(given: other.digest, current: Self.request().digest))
        for days in [0, 91] {
            #expect(
                story.refusal(of: Self.grant(days: days), by: rolf)
                    == .endOutOfRange(
                        Moments.days(days), earliest: Moments.days(0), latest: Moments.days(90)))
        }
        try story.tell(Self.grant(days: 60, restart: .restarts), by: rolf)
        #expect(story.state.until == Moments.days(60))
        #expect(story.state.restart == .restarts)
        #expect(story.state.grantedBy == rolf)
        #expect(story.state.isLive(at: Moments.days(59)))
        #expect(!story.state.isLive(at: Moments.days(60)))
        #expect(
            story.refusal(of: Self.grant(), by: rolf)
                == .wrongState(.granted, needed: [.requested]))
    }

    @Test("With a control it is granted only while that one holds")
    func verifiedControl() throws {
        let request = Self.request(.compensatingControl, control: Sample.control)
        let story = try Self.requested(request)
        let other = StreamID(prefix: "ct", uuid(99))
        for control in [
            nil, ControlOnPath(control: other, verifiedUntil: Moments.days(30)),
            ControlOnPath(control: Sample.control, verifiedUntil: nil),
            ControlOnPath(control: Sample.control, verifiedUntil: Moments.days(0)),
        ] {
            let grant = ExceptionCommand.grant(
                request: request.digest, until: Moments.days(60), restart: .keeps,
                control: control, reason: "worth it")
            #expect(
                story.refusal(of: grant, by: rolf) == .controlNotVerified(Sample.control))
        }
        #expect(story.refusal(of: Self.grant(request), by: rolf) == nil)
    }

    @Test("A request has an end within the policy's limit, a scope, a reason, and its control")
    func requests() {
        func code(_ request: ExceptionRequest) -> String? {
            ExceptionStory().refusal(
                of: .request(request, exception: Sample.exception, policy: ExceptionPolicy()),
                by: anna)?.code
        }
        #expect(code(Self.request()) == nil)
        #expect(code(Self.request(days: 365)) == nil)
        #expect(code(Self.request(days: 366)) == "end-out-of-range")
        #expect(code(Self.request(days: 0)) == "end-out-of-range")
        #expect(code(Self.request(scope: ExceptionScope())) == "bad-scope")
        #expect(code(Self.request(.compensatingControl)) == "bad-control")
        #expect(
            code(Self.request(.compensatingControl, control: Sample.exception)) == "bad-control")
        #expect(code(Self.request(.compensatingControl, control: Sample.control)) == nil)
        #expect(
            code(Self.request(scope: ExceptionScope(patches: [Self.finding])))
                == "bad-scope-patches")
        #expect(
            code(Self.request(scope: ExceptionScope(group: TargetSelector(environments: []))))
                == "bad-scope-group")
        let many = (0..<301).map { StreamID(prefix: "fi", uuid($0)) }
        #expect(code(Self.request(scope: ExceptionScope(findings: many))) == "bad-scope-findings")
        var policy = ExceptionPolicy()
        policy.reminderSeconds = [60, 60]
        #expect(
            ExceptionStory().refusal(
                of: .request(Self.request(), exception: Sample.exception, policy: policy),
                by: anna)?.code == "bad-reminder-seconds")
    }

    @Test("I10: asked twice is asked once; something else needs an id of its own")
    func twice() throws {
        var story = try Self.requested()
        let again = ExceptionCommand.request(
            Self.request(), exception: Sample.exception, policy: ExceptionPolicy())
        #expect(try story.tell(again, by: anna).isEmpty)
        #expect(story.refusal(of: again, by: rita) == .alreadyRequested(Sample.exception))
    }

    // MARK: Ends

    @Test("It is reminded of before its end, at each of the policy's times, and then it ends")
    func reminders() throws {
        var story = try Self.granted()
        var before: [Int] = []
        for day in [60, 83, 89] {
            #expect(story.timers["exception-reminder"] == Moments.days(day))
            #expect(
                story.refusal(of: .timer(.reminder), by: clock)
                    == .notDueYet(.reminder, Moments.days(day)))
            story.now = Moments.days(day)
            let events = try story.tell(
                .timer(.reminder), by: clock, timer: "exception-reminder")
            for case .reminded(let event) in events { before.append(event.beforeSeconds / 86_400) }
        }
        #expect(before == [30, 7, 1])
        #expect(story.timers["exception-reminder"] == nil)
        #expect(
            story.refusal(of: .timer(.end), by: clock) == .notDueYet(.end, Moments.days(90)))
        story.now = Moments.days(90)
        try story.tell(.timer(.end), by: clock, timer: "exception-end")
        #expect(story.state.phase == .expired)
        #expect(story.timers.isEmpty)
        guard case .expired(let event) = story.events.last else {
            Issue.record("not expired")
            return
        }
        #expect(event.cause == .timeOver && event.restart == .keeps)
    }

    @Test("Of a short exception only the reminders that lie within it come")
    func shortReminders() throws {
        let story = try Self.granted(days: 5)
        #expect(story.timers["exception-reminder"] == Moments.days(4))
        let shortest = try Self.granted(days: 1)
        #expect(shortest.timers["exception-reminder"] == nil)
        #expect(shortest.timers["exception-end"] == Moments.days(1))
    }

    @Test("After a silence over several reminders one says it all")
    func lateReminder() throws {
        var story = try Self.granted()
        story.now = Moments.days(84)
        let events = try story.tell(.timer(.reminder), by: clock, timer: "exception-reminder")
        #expect(
            events == [
                .reminded(ExceptionReminded(until: Moments.days(90), beforeSeconds: 7 * 86_400))
            ])
        #expect(story.timers["exception-reminder"] == Moments.days(89))
    }

    @Test("A request that nobody decides ends with the time that it asked for")
    func undecided() throws {
        var story = try Self.requested()
        story.now = Moments.days(90)
        try story.tell(.timer(.end), by: clock, timer: "exception-end")
        guard case .expired(let event) = story.events.last else {
            Issue.record("not expired")
            return
        }
        #expect(event.cause == .notDecided && event.restart == nil)
        #expect(
            story.refusal(of: Self.grant(), by: rolf)
                == .wrongState(.expired, needed: [.requested]))
    }

    @Test("The lapse of its control ends it, also before the grant; that of another one doesn't")
    func control() throws {
        let request = Self.request(.compensatingControl, control: Sample.control)
        for isGranted in [true, false] {
            var story = isGranted ? try Self.granted(request) : try Self.requested(request)
            let other = StreamID(prefix: "ct", uuid(99))
            #expect(try story.tell(.loseControl(other), by: workflow).isEmpty)
            try story.tell(.loseControl(Sample.control), by: workflow)
            #expect(story.state.phase == .expired)
            #expect(!story.state.isLive(at: story.now))
            guard case .expired(let event) = story.events.last else {
                Issue.record("not expired")
                return
            }
            #expect(event.cause == .controlLapsed && event.control == Sample.control)
            #expect(try story.tell(.loseControl(Sample.control), by: workflow).isEmpty)
        }
    }

    @Test("It can be denied and revoked, with a reason, and is over then")
    func ends() throws {
        var denied = try Self.requested()
        #expect(denied.refusal(of: .deny(reason: ""), by: rolf) == .reasonMissing)
        try denied.tell(.deny(reason: "patch it"), by: rolf)
        #expect(denied.state.phase == .denied && denied.timers.isEmpty)
        var revoked = try Self.granted()
        #expect(
            try Self.requested().refusal(of: .revoke(reason: "x"), by: rolf)
                == .wrongState(.requested, needed: [.granted]))
        try revoked.tell(.revoke(reason: "it is exploited now"), by: rolf)
        #expect(revoked.state.phase == .revoked && revoked.timers.isEmpty)
        #expect(try revoked.tell(.timer(.end), by: clock).isEmpty)
        #expect(ExceptionStory().refusal(of: .revoke(reason: "x"), by: rolf) == .unknown)
    }

    // MARK: Scope

    @Test("It is for findings, patches, assets or the assets of a group")
    func scope() {
        let asset = production(1)
        let registration = AssetRegistration(
            name: "web-1", address: "10.0.1.1", site: "berlin", environment: .production)
        let patch = StreamID(prefix: "pa", uuid(5))
        func covers(_ scope: ExceptionScope) -> (finding: Bool, patch: Bool) {
            (
                scope.covers(
                    finding: Self.finding, on: asset, registration, mendedBy: [patch]),
                scope.covers(patch: patch, on: asset, registration)
            )
        }
        #expect(covers(ExceptionScope(findings: [Self.finding])) == (true, false))
        #expect(covers(ExceptionScope(patches: [patch])) == (true, true))
        #expect(covers(ExceptionScope(assets: [asset])) == (true, true))
        let berlin = TargetSelector(environments: [.production], sites: ["berlin"])
        #expect(covers(ExceptionScope(group: berlin)) == (true, true))
        let lab = TargetSelector(environments: [.lab])
        #expect(covers(ExceptionScope(assets: [production(2)], group: lab)) == (false, false))
    }
}
