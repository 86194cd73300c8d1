package import EventSourcing

package enum RolloutRejection: DomainRejection {
    case notPlanned
    case planInvalid(String)
    case wrongState(command: String, phase: RolloutPhase, hint: String)
    case stalePlan(given: Digest, current: Digest)
    case requesterMayNotApprove(String)
    case editorMayNotApprove(String)
    case testerMayNotApprove(String)
    case declarerMayNotApprove(String)
    case releaserMayNotPromote(String)
    case releaserMayNotOverride(String)
    case emergencyOverridesNothing(StreamID)
    case expiryInThePast(Timestamp)
    case approvalExpired(Timestamp)
    case patchNotApproved(String)
    case approvalMissing
    case notAFailure(StreamID)
    case tooManyAcknowledged(Int)
    case tooManyRolledBack(Int)
    case gateStillHalts(HaltCause)
    case frozen
    case unknownsLeft(Int)
    case notCountedYet
    case limitNotRaised(given: Int, failures: Int)
    case nothingToRetry
    case emergencyNotPostponed(StreamID)
    case postponedIntoThePast(Timestamp)
    case postponedTooOften(StreamID)
    case postponedTooLong(Timestamp, latest: Timestamp)
    case schedulerMayNotApprove(String)
    case releaserMayNotAcknowledge(String)
    case endsTooLate(at: Timestamp, deadline: Timestamp)
    case endsInTime

    package var code: String {
        switch self {
        case .notPlanned: "rollout-not-planned"
        case .planInvalid: "plan-invalid"
        case .wrongState: "rollout-wrong-state"
        case .stalePlan: "stale-plan"
        case .requesterMayNotApprove: "requester-may-not-approve"
        case .editorMayNotApprove: "editor-may-not-approve"
        case .testerMayNotApprove: "tester-may-not-approve"
        case .declarerMayNotApprove: "declarer-may-not-approve"
        case .releaserMayNotPromote: "releaser-may-not-promote"
        case .releaserMayNotOverride: "releaser-may-not-override"
        case .emergencyOverridesNothing: "emergency-overrides-nothing"
        case .expiryInThePast: "expiry-in-the-past"
        case .approvalExpired: "approval-expired"
        case .patchNotApproved: "patch-not-approved"
        case .approvalMissing: "patch-approval-missing"
        case .notAFailure: "not-a-failure"
        case .tooManyAcknowledged: "too-many-acknowledged"
        case .tooManyRolledBack: "too-many-rolled-back"
        case .gateStillHalts: "gate-still-halts"
        case .frozen: "rollout-frozen"
        case .unknownsLeft: "unknowns-left"
        case .notCountedYet: "not-counted-yet"
        case .limitNotRaised: "limit-not-raised"
        case .nothingToRetry: "nothing-to-retry"
        case .emergencyNotPostponed: "emergency-not-postponed"
        case .postponedIntoThePast: "postponed-into-the-past"
        case .postponedTooOften: "postponed-too-often"
        case .postponedTooLong: "postponed-too-long"
        case .schedulerMayNotApprove: "scheduler-may-not-approve"
        case .releaserMayNotAcknowledge: "releaser-may-not-acknowledge"
        case .endsTooLate: "ends-too-late"
        case .endsInTime: "ends-in-time"
        }
    }

    package var message: String {
        switch self {
        case .notPlanned: "there is no such rollout: plan it first"
        case .planInvalid(let fault): fault
        case .wrongState(let command, let phase, let hint):
            "'\(command)' is not possible while the rollout is \(phase.rawValue): \(hint)"
        case .stalePlan(let given, let current):
            "plan digest \(given) is not the current one, \(current): look at the plan again"
        case .requesterMayNotApprove(let person):
            "\(person) asked for this approval: another person has to decide"
        case .editorMayNotApprove(let person):
            "\(person) made this plan: another person has to decide"
        case .testerMayNotApprove(let person):
            "\(person) tested this patch or signed it off: another person has to decide"
        case .declarerMayNotApprove(let person):
            "\(person) declared the emergency: another person has to decide"
        case .releaserMayNotPromote(let person):
            "\(person) planned, started or resumed this rollout: another approver has to promote"
        case .releaserMayNotOverride(let person):
            "\(person) planned, started or resumed this rollout: another incident commander has to "
                + "override the freeze"
        case .emergencyOverridesNothing(let emergency):
            "\(emergency) is not in force for this rollout, or was not declared to override freezes: "
                + "wait for the freeze to end, or let an incident commander override it"
        case .expiryInThePast(let expires):
            "the expiry \(expires) has passed already: give a later one"
        case .approvalExpired(let expires):
            "the approval ran out at \(expires): ask for a new one"
        case .patchNotApproved(let fault): "the patch's approval doesn't cover this plan: \(fault)"
        case .approvalMissing:
            "a rollout under way goes on only with the patch's approval: approve the patch again"
        case .notAFailure(let asset):
            "\(asset) is not among the failures of the current batch: leave it out"
        case .tooManyAcknowledged(let count):
            "\(count) failures are more than can be acknowledged at once, "
                + "\(RolloutTally.maxListed): roll back, or promote"
        case .tooManyRolledBack(let count):
            "\(count) assets are named, and 1 to \(RolloutTally.maxListed) can go back by themselves: "
                + "roll back the batch, or all"
        case .gateStillHalts(let cause):
            "the gate would halt at once by \(cause.rule.rawValue), \(cause.value) against "
                + "\(cause.limit): acknowledge its assets, promote, or roll back"
        case .frozen: "the rollout is frozen: another approver has to promote it, or roll back"
        case .unknownsLeft(let count):
            "\(count) assets of the batch are in doubt: wait for their probes, acknowledge the "
                + "unreachable ones by resuming, or roll back"
        case .notCountedYet:
            "the outcomes since the pause are still being counted: try again in a moment"
        case .limitNotRaised(let given, let failures):
            "max_total_failures is \(given) and \(failures) failed already: give at least that"
        case .nothingToRetry:
            "no asset of the rollout failed, or stayed unreachable: plan a rollout of those you want"
        case .emergencyNotPostponed(let emergency):
            "the rollout belongs to the emergency \(emergency), which nobody postpones: speak to who "
                + "declared it"
        case .postponedIntoThePast(let until):
            "until is \(until), which has passed: give a later time"
        case .postponedTooOften(let asset):
            "\(asset) was postponed \(RolloutDeciding.mostPostponements) times, and no more are "
                + "possible: ask for an exception"
        case .postponedTooLong(let until, let latest):
            "until is \(until), and the asset's deadline or the approval ends at \(latest): give an "
                + "earlier time, or ask for an exception"
        case .schedulerMayNotApprove(let person):
            "\(person) made the schedule that planned it: another person has to decide"
        case .releaserMayNotAcknowledge(let person):
            "\(person) planned the rollout, or asked for it: another riskOwner has to know of the miss"
        case .endsTooLate(let end, let deadline):
            "it ends at \(end), after the deadline \(deadline): plan it earlier, ask for an "
                + "exception, or let a riskOwner acknowledge the miss"
        case .endsInTime:
            "it ends before its deadline, or has none: there is no miss to acknowledge"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .notPlanned: .notFound
        case .planInvalid, .expiryInThePast, .notAFailure, .tooManyAcknowledged, .tooManyRolledBack,
            .limitNotRaised, .postponedIntoThePast, .postponedTooLong:
            .invalid
        case .endsTooLate, .endsInTime, .nothingToRetry, .wrongState, .approvalExpired,
            .patchNotApproved, .approvalMissing,
            .gateStillHalts,
            .frozen, .unknownsLeft, .notCountedYet, .emergencyNotPostponed, .postponedTooOften:
            .wrongState
        case .stalePlan: .stale
        case .requesterMayNotApprove, .editorMayNotApprove, .testerMayNotApprove,
            .declarerMayNotApprove, .releaserMayNotPromote, .releaserMayNotOverride,
            .emergencyOverridesNothing, .schedulerMayNotApprove, .releaserMayNotAcknowledge:
            .notAllowed
        }
    }
}
