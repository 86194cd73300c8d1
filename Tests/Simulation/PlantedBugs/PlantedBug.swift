import Application
import FoundationEssentials
import Orchestration
import PatchManagement

@testable import EventSourcing
@testable import SimulatedFleet

/// Mistakes that an implementation could make. Each is made in what surrounds the real code, or in a
/// decider put around the real one, so that the real code knows nothing of it; and each must be
/// found, or the checker isn't good enough.
enum PlantedBug: String, CaseIterable, Sendable {
    // The store
    /// Whoever once held an activity may still end it.
    case forgetsToCheckFences
    /// The same fence is given out again and again.
    case fencesStandStill
    /// An answer is given before COMMIT, which then fails.
    case acknowledgesBeforeCommit
    /// The same command is taken as often as it comes.
    case forgetsCommands
    /// A command's id may be used for something else.
    case takesAnotherBody
    case forgetsVersions
    case ignoresHalts
    case releasesAllBatches
    case givesOneSlotTooMany
    /// The cap of a site holds for each rollout on its own.
    case givesOneSlotTooManyAtASite
    /// A cap that is set counts only what begins after it.
    case forgetsWhatIsUnderWay
    case letsTwoAttemptsOntoAnAsset
    /// The attempt that has ended keeps its asset and its slots.
    case neverEndsAttempts
    /// What follows from the events isn't committed with them.
    case forgetsWorkNowAndThen
    case losesTimersAtADeath
    case losesActivitiesAtADeath
    /// A failover brings the old fences back.
    case keepsTheIncarnation
    /// A reader of the log misses an event.
    case skipsEvents
    /// An event comes into the log twice.
    case writesEventsTwice

    // The hosts and those who reach them
    /// A right to begin never ages.
    case neverAsksAgain
    case hostsForgetTheirRecords
    /// The order is sent before its intent is recorded.
    case actsBeforeTheIntent

    // Deciders
    case approversMayBeRequesters
    case approvalsNeverExpire
    case startsUnapproved
    case ignoresSoaks
    case toleratesOneFailureMore
    case countsAbsentAsGood
    case startsBatchesBeforeTheirGate
    case resumesWithoutLooking
    case retriesWithoutAProbe
    case succeedsWithoutAScan
    case goesBackWithoutAWay
    case countsTwice
    /// A patch of a bundle that was left out on a host is said to be done.
    case reportsSkippedItemsAsDone

    // Schedules
    /// A tick plans its rollouts, and once more.
    case plansATickTwice
}

/// What surrounds the real code, by default as it should be.
extension PlantedBug {
    var asksBeforeItBegins: Bool { self != .neverAsksAgain }

    func beforeOrder(_ order: WorkOrder, _ fleet: inout SimulatedFleet) {
        guard self == .hostsForgetTheirRecords else { return }
        fleet.change(order.host) { $0.records = [] }
    }

    func reading(_ events: [RecordedEvent], _ system: SimulatedSystem) -> [RecordedEvent] {
        guard self == .skipsEvents, events.count > 1, system.scheduler.chance(perMille: 100) else {
            return events
        }
        return Array(events.dropFirst())
    }

    func claiming(
        _ claimed: [ClaimedActivity], _ system: SimulatedSystem
    ) -> [ClaimedActivity] {
        guard self == .fencesStandStill else { return claimed }
        return claimed.map { activity in
            let claim = Claim(
                activity: activity.id, worker: activity.claim.worker, fence: (1 << 40) + 1)
            system.store.withState { $0.activities[activity.id]?.claim = claim }
            return ClaimedActivity(
                id: activity.id, kind: activity.kind, queue: activity.queue,
                stream: activity.stream, asset: activity.asset, data: activity.data,
                tries: activity.tries, claim: claim, correlationID: activity.correlationID)
        }
    }

    func afterDeath(of process: SimulatedProcess, _ system: SimulatedSystem) {
        switch self {
        case .losesTimersAtADeath: system.store.withState { $0.timers = [:] }
        case .losesActivitiesAtADeath:
            system.store.withState { state in
                state.activities = state.activities.filter { $0.value.claim == nil }
            }
        default: break
        }
    }

    /// Nil for the deciders as they are.
    var rollouts: (any CarelessRollouts.Type)? {
        switch self {
        case .approversMayBeRequesters: ApprovesTheirOwn.self
        case .approvalsNeverExpire: ForgetsExpiries.self
        case .ignoresSoaks: IgnoresSoaks.self
        case .toleratesOneFailureMore: ToleratesOneMore.self
        case .countsAbsentAsGood: CountsAbsentAsGood.self
        case .startsBatchesBeforeTheirGate: StartsTooEarly.self
        case .resumesWithoutLooking: ResumesWithoutLooking.self
        case .countsTwice: CountsTwice.self
        default: nil
        }
    }

    func handler(
        _ work: PatchWork, _ bus: CommandBus, _ surroundings: Surroundings
    ) -> (any ActivityHandler)? {
        rollouts.map {
            CarelessHandler(work: work, bus: bus, surroundings: surroundings, rollouts: $0)
        }
    }

    func coordinator(
        _ store: FaultyStore, _ bus: CommandBus, _ process: SimulatedProcess
    ) -> CarelessCoordinator? {
        rollouts.map {
            CarelessCoordinator(store: store, bus: bus, process: process, rollouts: $0)
        }
    }
}
