import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement
@testable import SimulatedFleet

/// What is approved beforehand, in a hurry, and done after a disaster, told by the domain's own
/// deciders behind a history in which everything went well.
struct EmergencyHistory {
    private(set) var history: SimulatedHistory
    /// Approved by the standing approval.
    private(set) var standingPatch = StreamID(prefix: "pa", UUID())
    /// Approved in the first emergency.
    private(set) var urgentPatch = StreamID(prefix: "pa", UUID())

    static let first = RiskHistory.person(51, .approver)
    static let second = RiskHistory.person(52, .approver)
    static let commander = RiskHistory.person(53, .incidentCommander)
    static let confirmer = RiskHistory.person(54, .securityTester)
    static let owner = RiskHistory.person(55, .riskOwner)

    static let standing = id("sa", 1)
    static let emergency = id("em", 1)
    static let next = id("em", 2)
    static let disaster = id("di", 1)

    private static func id(_ prefix: String, _ number: UInt64) -> StreamID {
        StreamID(
            prefix: prefix,
            .version7(at: Timestamp(seconds: 1_767_225_600), random: (8, number)))
    }

    static func told() throws -> EmergencyHistory { try sample.get() }

    private static let sample = Result {
        var told = EmergencyHistory(history: try SealedLog.sample().history)
        try told.appoint()
        try told.approveBeforehand()
        try told.declare()
        try told.declareAgain()
        try told.workOff()
        return told
    }

    init(history: SimulatedHistory) { self.history = history }

    private mutating func pass(hours: Int) { history.now = history.now + .seconds(hours * 3600) }

    /// Lets the coordinator see what was said, and nothing else happen.
    private mutating func coordinate() throws { try history.run { _ in true } }

    private mutating func appoint() throws {
        for person in [Self.first, Self.second, Self.commander, Self.confirmer, Self.owner] {
            let stream = try #require(StreamID(person.id))
            let role = try #require(Role(rawValue: person.role))
            try history.send(
                .grantRole(role, person: stream), to: stream, PersonDecider.self,
                by: .service(.installer))
        }
    }

    private mutating func signOff(_ patch: StreamID) throws {
        let evidence = try #require(history.state(of: patch, PatchDecider.self).evidence)
        try history.send(
            .signOff(evidence: evidence.digest), to: patch, PatchDecider.self,
            by: history.people.securityTester)
    }

    private mutating func submit(_ patch: StreamID) throws -> Digest {
        try history.send(
            .submit(
                TargetSelector(environments: [.production]), targets: history.targets,
                expires: history.now + .seconds(24 * 3600)), to: patch, PatchDecider.self,
            by: history.people.manager, documents: [history.targetList])
        return try #require(
            history.state(of: patch, PatchDecider.self).approval?.binding.digest)
    }

    // MARK: Chapters

    private mutating func approveBeforehand() throws {
        history.renewFleet()
        standingPatch = try history.testedPatch()
        let product = try #require(
            history.state(of: standingPatch, PatchDecider.self).identification?.sourcePackage)
        var policy = StandingPolicy()
        policy.important = true
        let terms = StandingTerms(
            riskClass: .important, product: product,
            selector: TargetSelector(environments: [.production]),
            until: history.now + .seconds(30 * 86_400), reason: "it is mended every week")
        try tell(.propose(terms, standing: Self.standing, policy: policy), by: Self.first)
        pass(hours: 1)
        try tell(
            .grant(terms: terms.digest, policy: policy, reason: "read"), by: Self.second)
        try signOff(standingPatch)
        let binding = try submit(standingPatch)
        let manager = history.people.manager
        try tell(.use(patch: standingPatch, binding: binding, policy: policy), by: manager)
        let use = try #require(
            history.state(of: Self.standing, StandingApprovalDecider.self).use)
        try history.send(
            .approveByStanding(use, binding: binding, reason: "as agreed"), to: standingPatch,
            PatchDecider.self, by: manager)
        pass(hours: 1)
        try tell(.revoke(reason: "it broke"), by: Self.owner)
        try coordinate()
    }

    private mutating func tell(_ command: StandingApprovalCommand, by actor: Actor) throws {
        try history.send(command, to: Self.standing, StandingApprovalDecider.self, by: actor)
    }

    private mutating func tell(
        _ emergency: StreamID, _ command: EmergencyCommand, by actor: Actor
    ) throws {
        try history.send(command, to: emergency, EmergencyDecider.self, by: actor)
    }

    private mutating func declare(
        _ emergency: StreamID, _ patch: StreamID, by one: Actor, _ two: Actor,
        overdue: [StreamID] = []
    ) throws {
        let terms = EmergencyTerms(
            patch: patch, selector: TargetSelector(environments: [.production]), team: "web",
            reason: "it is attacked", freezeOverride: "the quarter can wait")
        try tell(emergency, .propose(terms, emergency: emergency), by: one)
        pass(hours: 1)
        let ground = try #require(
            history.state(of: patch, PatchDecider.self).emergencyGround(at: history.now))
        try tell(
            emergency,
            .confirm(terms: terms.digest, ground: ground, overdue: overdue, reason: "seen"),
            by: two)
        try coordinate()
    }

    private mutating func declare() throws {
        history.renewFleet()
        urgentPatch = try history.testedPatch()
        try declare(Self.emergency, urgentPatch, by: Self.commander, Self.confirmer)
        try signOff(urgentPatch)
        let binding = try submit(urgentPatch)
        try history.send(
            .approve(binding: binding), to: urgentPatch, PatchDecider.self, by: Self.first)
        pass(hours: 1)
        try tell(Self.emergency, .end(reason: "it can wait after all"), by: Self.commander)
        try coordinate()
        pass(hours: 24 * 6)
        try tell(Self.emergency, .timer(.review), by: .service(.timer))
    }

    /// The review is overdue: a risk owner is one of the two.
    private mutating func declareAgain() throws {
        history.renewFleet()
        let patch = try history.testedPatch()
        try declare(
            Self.next, patch, by: Self.commander, Self.owner, overdue: [Self.emergency])
        for emergency in [Self.emergency, Self.next] {
            if emergency == Self.next {
                pass(hours: 72)
                try tell(emergency, .timer(.end), by: .service(.timer))
                try coordinate()
            }
            try tell(
                emergency, .review(outcome: "patch sooner"), by: history.people.analyst)
        }
    }

    private mutating func workOff() throws {
        let plan = DisasterPlan(
            name: "the north burns", owner: "web", steps: ["cut off", "restore"],
            goal: history.now + .seconds(3600), reason: "all of it is down")
        try tell(.declare(plan, disaster: Self.disaster), by: Self.commander)
        try tell(.finishStep(1, note: "cut"), by: history.people.analyst)
        pass(hours: 2)
        try tell(.timer(.goal), by: .service(.timer))
        try tell(.close(reason: "rebuilt elsewhere", leavesOpen: true), by: Self.commander)
    }

    private mutating func tell(_ command: DisasterCommand, by actor: Actor) throws {
        try history.send(command, to: Self.disaster, DisasterDecider.self, by: actor)
    }
}
