import EventSourcing
import Testing

@testable import PatchManagement

/// All ways in which something becomes approved, against all who may not decide there.
@Suite("I14: nobody excluded decides, on any path")
struct ApprovalPathTests {
    /// By which a patch or a plan becomes approved. Bulk approval sends the first two, one by one.
    enum Path: String, CaseIterable {
        case patch, severalApprovers, standingProposer, standingGranter, emergency, plan
        case emergencyPlan
    }

    enum Excluded: String, CaseIterable {
        case requester, tester, securityTester, lastEditor, declarer

        var person: Actor {
            switch self {
            case .requester: rita
            case .tester: tom
            case .securityTester: sam
            case .lastEditor: anna
            case .declarer: EmergencyTests.carl
            }
        }

        /// Whether such a person takes part on that path.
        func isOn(_ path: Path) -> Bool {
            self != .declarer || path == .emergency || path == .emergencyPlan
        }
    }

    static let pairs = Path.allCases.flatMap { path in
        Excluded.allCases.filter { $0.isOn(path) }.map { (path, $0) }
    }

    /// The code of the refusal that `actor` meets on `path`; nil when it is accepted.
    private func refusal(_ path: Path, of actor: Actor, digest: Digest? = nil) throws -> String? {
        switch path {
        case .patch:
            let story = try PatchStory.awaitingApproval()
            return story.refusal(of: .approve(binding: digest ?? story.binding), by: actor)?.code
        case .severalApprovers:
            var story = try PatchStory.tested()
            try story.tell(.signOff(evidence: unwrapped(story.patch.evidence).digest), by: sam)
            try story.tell(
                .submit(
                    Sample.selector, targets: Sample.targets,
                    expires: story.now + .seconds(86_400), need: ApprovalNeed(approvers: 2)),
                by: rita)
            try story.tell(.approve(binding: story.binding), by: paul)
            return story.refusal(of: .approve(binding: digest ?? story.binding), by: actor)?.code
        case .standingProposer, .standingGranter:
            let story = try PatchStory.awaitingApproval()
            let people = path == .standingProposer ? [actor, pavel] : [petra, actor]
            return story.refusal(
                of: .approveByStanding(
                    StandingApprovalTests.use(StandingApprovalTests.terms(), people),
                    binding: digest ?? story.binding, reason: "as agreed"), by: rita)?.code
        case .emergency:
            let story = try EmergencyTests.submittedInEmergency()
            return story.refusal(of: .approve(binding: digest ?? story.binding), by: actor)?.code
        case .plan, .emergencyPlan:
            let deciding = RolloutDeciding(
                state: plannedState(inEmergency: path == .emergencyPlan),
                plan: plannedSummary(inEmergency: path == .emergencyPlan), at: Moments.days(0),
                by: actor.id)
            do {
                _ = try deciding.approve(
                    digest ?? Digest(of: "plan"), Moments.days(5), "plan read")
                return nil
            } catch {
                return error.code
            }
        }
    }

    /// Planned by anna, asked for by rita, for a patch that tom tested and sam signed off.
    private func plannedSummary(inEmergency: Bool) -> RolloutPlanned {
        RolloutPlanned(
            rollout: StreamID(prefix: "ro", uuid(3)), patch: PatchStory.id,
            planDigest: Digest(of: "plan"), artefactDigest: Digest(of: "artefact"),
            batchSizes: [1, 3], targetsDigest: Digest(of: "targets"), skipped: 0,
            gate: GateSettings(), soakSeconds: [0, 0], progressDeadlineSeconds: 60, capacity: 5,
            predictedEnd: Moments.days(1), by: anna.id, testers: [tom.id, sam.id],
            emergency: inEmergency
                ? PlanEmergency(
                    emergency: EmergencyTests.id, declarers: [EmergencyTests.carl.id, "pe_rosa"])
                : nil)
    }

    private func plannedState(inEmergency: Bool) -> RolloutState {
        var state = RolloutState()
        for event in [
            RolloutEvent.planned(plannedSummary(inEmergency: inEmergency)),
            .approvalRequested(
                RolloutApprovalRequested(by: rita.id, expires: Moments.days(10))),
        ] {
            RolloutDecider.evolve(&state, event)
        }
        return state
    }

    @Test("Whoever asked, tested, signed off, edited or declared is refused", arguments: pairs)
    func excluded(_ path: Path, _ excluded: Excluded) throws {
        let code = try refusal(path, of: Actor(id: excluded.person.id, role: "approver"))
        let isPlan = path == .plan || path == .emergencyPlan
        let expected =
            switch excluded {
            case .requester: "requester-may-not-approve"
            case .tester: "tester-may-not-approve"
            case .securityTester:
                isPlan ? "tester-may-not-approve" : "security-tester-may-not-approve"
            case .lastEditor: isPlan ? "editor-may-not-approve" : "last-editor-may-not-approve"
            case .declarer: "declarer-may-not-approve"
            }
        #expect(code == expected, "\(path.rawValue)")
    }

    @Test("On behalf of one of them is the same", arguments: Excluded.allCases)
    func onBehalf(_ excluded: Excluded) throws {
        let path = excluded == .declarer ? Path.emergency : .patch
        let code = try refusal(
            path,
            of: Actor(id: "pe_other", role: "approver", onBehalfOf: excluded.person.id))
        #expect(code?.hasSuffix("may-not-approve") == true)
    }

    @Test("No role but approver decides on a patch: administrators don't", arguments: Role.allCases)
    func roles(_ role: Role) throws {
        guard role != .approver else { return }
        for path in [Path.patch, .severalApprovers, .emergency] {
            let code = try refusal(path, of: Actor(id: "pe_x", role: role.rawValue))
            #expect(code == "approver-role-needed", "\(path.rawValue)")
        }
        // The edge asks for plans: the decider knows people only.
        #expect(!Authorisation.allows(role, .approveRollout))
        // Roles that a policy may ask for beside the approvers get as far as the decider, see above.
        #expect(Authorisation.allows(role, .approvePatch) == ApproverRoleRule.roles.contains(role))
        #expect(!Authorisation.allows(role, .decideStandingApproval))
        let use = StandingApprovalTests.use()
        let story = try PatchStory.awaitingApproval()
        let refusal = story.refusal(
            of: .approveByStanding(use, binding: story.binding, reason: "as agreed"),
            by: Actor(id: "pe_x", role: role.rawValue))
        #expect(
            (refusal == nil) == Authorisation.allows(role, .useStandingApproval), "\(role)")
    }

    @Test("Another digest than that of what waits is refused", arguments: Path.allCases)
    func digests(_ path: Path) throws {
        let isStanding = path == .standingProposer || path == .standingGranter
        let code = try refusal(
            path, of: isStanding ? Actor(id: "pe_third", role: "approver") : petra,
            digest: Digest(of: "something else"))
        #expect(code == "stale-approval" || code == "stale-plan")
    }

    @Test("Somebody else who holds the role decides", arguments: Path.allCases)
    func others(_ path: Path) throws {
        #expect(try refusal(path, of: Actor(id: "pe_third", role: "approver")) == nil)
    }
}
