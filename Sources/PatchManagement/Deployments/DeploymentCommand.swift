package import EventSourcing
package import FoundationEssentials

package enum DeploymentCommand: Sendable, Equatable {
    /// `opens` is when its window opens; nil when one is open, or none is needed.
    case queue(DeploymentOrder, opens: Timestamp? = nil)
    /// A worker is about to touch the host: sent, with its claim held and with
    /// `DeploymentDecider.permit`, before the steps that need a permit. Refused, it must not go on.
    case beginStep(DeploymentStep, worker: UUID, fence: Int64)
    /// `fence` is that of the claim under which the step was done.
    case recordResult(DeploymentStep, WorkResult, fence: Int64)
    /// The worker that held the step stopped renewing.
    case loseLease(DeploymentStep, fence: Int64)
    /// The asset was seen with another boot id.
    case observeReboot(bootID: String)
    /// For the deployments of `batch` alone, or for any.
    case orderRollback(reason: String, batch: Int? = nil)
    /// Nothing new begins. What runs ends, and is reported. For the deployments of `batch` alone,
    /// or for any.
    case cancel(reason: String, batch: Int? = nil)
    /// The asset is to be examined before anything more begins on it.
    case hold(reason: String)
    /// No window is open for it, or a freeze holds, as the store says.
    case awaitOpening(ClosedWindow)
    /// A cap is used up, as the store says.
    case awaitSlot(CapScope)
    /// Its owner has it patched later, with those that were absent.
    case postpone(until: Timestamp, number: Int, reason: String)
    /// An absent asset becomes one of `batch`, and is looked for until the approval ends.
    case awaitReturn(batch: Int, until: Timestamp)
    /// It is not waited for any longer.
    case giveUpWaiting(reason: String)
}

package enum DeploymentRejection: DomainRejection {
    case alreadyQueued
    case notQueued
    case stepNotDue(DeploymentStep, DeploymentPhase)
    case staleFence(given: Int64, last: Int64)
    /// A result for a step whose start was never recorded (I15).
    case noIntent(DeploymentStep)

    package var code: String {
        switch self {
        case .alreadyQueued: "deployment-already-queued"
        case .notQueued: "deployment-not-queued"
        case .stepNotDue: "step-not-due"
        case .staleFence: "stale-fence"
        case .noIntent: "no-intent"
        }
    }

    package var message: String {
        switch self {
        case .alreadyQueued:
            "the deployment was queued with another order: plan a new rollout for another one"
        case .notQueued: "there is no such deployment: look it up by its rollout and its asset"
        case .stepNotDue(let step, let phase):
            "the step '\(step.rawValue)' is not due in phase '\(phase.rawValue)': drop the activity"
        case .staleFence(let given, let last):
            "fence \(given) is not higher than \(last), which was seen before: drop the activity"
        case .noIntent(let step):
            "the step '\(step.rawValue)' has a result and no recorded start: begin it first"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .alreadyQueued, .stepNotDue, .noIntent: .wrongState
        case .notQueued: .notFound
        case .staleFence: .stale
        }
    }
}
