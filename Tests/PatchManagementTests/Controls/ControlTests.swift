import EventSourcing
import Testing

@testable import PatchManagement

typealias ControlStory = StreamStory<ControlDecider>

@Suite("Security controls")
struct ControlTests {
    static func registration(_ name: String = "edge firewall") -> ControlRegistration {
        ControlRegistration(
            name: name, kind: .firewall, description: "drops what comes from outside",
            assets: [production(1)],
            group: TargetSelector(environments: [.production], sites: ["berlin"]))
    }

    static func verify(gathered: Int = 0, until: Int = 90) -> ControlCommand {
        .verify(
            evidence: Digest(of: "scan \(gathered)"), method: "scanned from outside",
            gathered: Moments.days(gathered), until: Moments.days(until))
    }

    static func verified() throws -> ControlStory {
        var story = ControlStory()
        try story.tell(.register(registration(), control: Sample.control), by: anna)
        try story.tell(verify(), by: sam)
        return story
    }

    @Test("It is registered with what it protects, and counts once it is verified")
    func registered() throws {
        var story = ControlStory()
        try story.tell(.register(Self.registration(), control: Sample.control), by: anna)
        #expect(story.state.onPath == ControlOnPath(control: Sample.control, verifiedUntil: nil))
        #expect(!story.state.holds(at: story.now))
        try story.tell(Self.verify(), by: sam)
        #expect(story.state.onPath?.verifiedUntil == Moments.days(90))
        #expect(story.state.holds(at: Moments.days(89)))
        #expect(!story.state.holds(at: Moments.days(90)))
        #expect(
            try story.tell(
                .register(Self.registration(), control: Sample.control), by: anna) == [])
    }

    @Test("It protects assets by name and by group")
    func assets() {
        let registration = Self.registration()
        func protects(_ number: Int, site: String, _ environment: Environment) -> Bool {
            let asset = AssetRegistration(
                name: "web-\(number)", address: "10.0.1.\(number)", site: site,
                environment: environment)
            return registration.protects(asset.asset, asset)
        }
        #expect(protects(1, site: "paris", .lab))
        #expect(protects(2, site: "berlin", .production))
        #expect(!protects(2, site: "berlin", .lab))
        #expect(!protects(2, site: "paris", .production))
    }

    @Test("It lapses by its timer when its verification ends; a newer one moves the end")
    func lapse() throws {
        var story = try Self.verified()
        #expect(
            story.refusal(of: .timer(.lapse), by: clock) == .notDueYet(.lapse, Moments.days(90)))
        story.now = Moments.days(80)
        try story.tell(Self.verify(gathered: 80, until: 200), by: sam)
        #expect(story.timers["control-lapse"] == Moments.days(200))
        story.now = Moments.days(200)
        try story.tell(.timer(.lapse), by: clock, timer: "control-lapse")
        #expect(story.state.phase == .lapsed)
        #expect(story.types.last == "ControlLapsed")
        #expect(story.state.onPath?.verifiedUntil == nil)
        try story.tell(Self.verify(gathered: 200, until: 250), by: sam)
        #expect(story.state.holds(at: story.now))
    }

    @Test("Withdrawn or described anew, it lapses at once; old evidence doesn't bring it back")
    func changed() throws {
        var withdrawn = try Self.verified()
        #expect(withdrawn.refusal(of: .withdraw(reason: " "), by: sam) == .reasonMissing)
        try withdrawn.tell(.withdraw(reason: "the rule was removed"), by: sam)
        #expect(withdrawn.timers.isEmpty)
        #expect(
            withdrawn.refusal(of: Self.verify(), by: sam)
                == .evidenceTooOld(gathered: Moments.days(0), oldest: Moments.days(0)))
        #expect(try withdrawn.tell(.withdraw(reason: "again"), by: sam).isEmpty)
        var changed = try Self.verified()
        try changed.tell(
            .register(Self.registration("other firewall"), control: Sample.control), by: anna)
        #expect(changed.types.suffix(2) == ["ControlLapsed", "ControlRegistered"])
        #expect(!changed.state.holds(at: changed.now))
    }

    @Test("What can't be is refused by its field")
    func refused() throws {
        func code(_ registration: ControlRegistration) -> String? {
            ControlStory().refusal(
                of: .register(registration, control: Sample.control), by: anna)?.code
        }
        #expect(code(Self.registration("")) == "bad-name")
        #expect(
            code(ControlRegistration(name: "waf", kind: .other, description: "x"))
                == "bad-assets")
        #expect(
            code(
                ControlRegistration(
                    name: "waf", kind: .other, description: "x", assets: [Sample.control]))
                == "bad-assets")
        var story = ControlStory()
        #expect(story.refusal(of: Self.verify(), by: sam) == .unknown)
        try story.tell(.register(Self.registration(), control: Sample.control), by: anna)
        #expect(
            story.refusal(of: Self.verify(gathered: 1), by: sam)
                == .evidenceInFuture(Moments.days(1), now: Moments.days(0)))
        for days in [0, 401] {
            #expect(
                story.refusal(of: Self.verify(until: days), by: sam)
                    == .endOutOfRange(
                        Moments.days(days), earliest: Moments.days(0), latest: Moments.days(400)))
        }
    }
}
