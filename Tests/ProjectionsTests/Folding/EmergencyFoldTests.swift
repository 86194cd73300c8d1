import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

@Suite("The views of emergencies, standing approvals and disasters show what their deciders say")
struct EmergencyFoldTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private let carl = Actor(id: "pe_carl", role: Role.incidentCommander.rawValue)
    private let rita = Actor(id: "pe_rita", role: Role.releaseManager.rawValue)
    private let anna = Actor(id: "pe_anna", role: Role.analyst.rawValue)
    private let paul = Actor(id: "pe_paul", role: Role.approver.rawValue)
    private let petra = Actor(id: "pe_petra", role: Role.approver.rawValue)
    private let timer = Actor(id: "timer", role: Role.timer.rawValue)
    private let selector = TargetSelector(environments: [.production], sites: ["north"])

    private func id(_ prefix: String) -> StreamID {
        StreamID(
            prefix: prefix, UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))
    }

    private func days(_ days: Int) -> Timestamp { start + .seconds(days * 86_400) }

    @Test func anEmergencyNagsUntilItIsReviewed() throws {
        let terms = EmergencyTerms(
            patch: id("pa"), selector: selector, team: "web", reason: "it is attacked")
        var shown = Shown<EmergencyDecider>(id("em"))
        var view = try shown.tell(
            .propose(terms, emergency: id("em")), by: carl, at: start, as: EmergencyResource.self)
        #expect(view.state == "proposed" && view.review == "none" && view.confirmedBy == nil)
        #expect(view.target.sites == ["north"])
        view = try shown.tell(
            .confirm(
                terms: terms.digest, ground: EmergencyGround(state: .tested), reason: "seen"),
            by: rita, at: start, as: EmergencyResource.self)
        #expect(view.state == "declared" && view.review == "owed")
        #expect(view.until == days(3).description && view.reviewBy == days(5).description)
        view = try shown.tell(
            .timer(.end), by: timer, at: days(3), as: EmergencyResource.self)
        #expect(view.end == EmergencyEndResource(cause: "timeOver", at: days(3).description))
        view = try shown.tell(
            .timer(.review), by: timer, at: days(4), as: EmergencyResource.self)
        #expect(view.review == "reminded" && view.reminders == 1)
        view = try shown.tell(
            .timer(.review), by: timer, at: days(5), as: EmergencyResource.self)
        #expect(view.review == "overdue" && view.remindedRoles == ["incidentCommander"])
        view = try shown.tell(
            .review(outcome: "sooner"), by: anna, at: days(6), as: EmergencyResource.self)
        #expect(view.state == "reviewed" && view.review == "done")
        #expect(view.outcome?.wasOverdue == true)
    }

    @Test func aStandingApprovalShowsWhatItWasUsedFor() throws {
        let terms = StandingTerms(
            riskClass: .nonCritical, product: "curl", selector: selector, until: days(30),
            reason: "weekly")
        var policy = StandingPolicy()
        policy.nonCritical = true
        var shown = Shown<StandingApprovalDecider>(id("sa"))
        var view = try shown.tell(
            .propose(terms, standing: id("sa"), policy: policy), by: paul, at: start,
            as: StandingApprovalResource.self)
        #expect(view.state == "proposed" && view.riskClass == "nonCritical")
        view = try shown.tell(
            .grant(terms: terms.digest, policy: policy, reason: "read"), by: petra, at: start,
            as: StandingApprovalResource.self)
        #expect(view.decision?.outcome == "granted")
        view = try shown.tell(
            .use(patch: id("pa"), binding: Digest(of: "b"), policy: policy), by: rita, at: start,
            as: StandingApprovalResource.self)
        #expect(view.patches == [id("pa").text])
        view = try shown.tell(
            .timer(.end), by: timer, at: days(30), as: StandingApprovalResource.self)
        #expect(view.state == "expired" && view.end?.cause == "timeOver")
    }

    @Test func aDisasterShowsEachStep() throws {
        let plan = DisasterPlan(
            name: "fire", owner: "web", steps: ["cut off", "restore"], goal: days(1),
            reason: "down")
        var shown = Shown<DisasterDecider>(id("di"))
        var view = try shown.tell(
            .declare(plan, disaster: id("di")), by: carl, at: start, as: DisasterResource.self)
        #expect(view.steps.map(\.number) == [1, 2])
        view = try shown.tell(
            .finishStep(2, note: "done"), by: anna, at: start, as: DisasterResource.self)
        #expect(view.steps[1].doneBy == anna.id && view.steps[0].doneBy == nil)
        view = try shown.tell(.timer(.goal), by: timer, at: days(1), as: DisasterResource.self)
        #expect(view.state == "overdue")
        view = try shown.tell(
            .close(reason: "elsewhere", leavesOpen: true), by: carl, at: days(1),
            as: DisasterResource.self)
        #expect(view.closing?.leftOut == [1])
    }
}
