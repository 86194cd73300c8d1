package import Application
package import EventSourcing
private import FoundationEssentials
package import Logging
package import PatchManagement

/// What patchflow's activities, lost leases and timers mean: everything becomes a command on the
/// stream that scheduled it, under ids made from the activity and its fence, so that saying it
/// twice is saying it once.
package struct PatchWork: ActivityHandler {
    let bus: CommandBus
    let store: any EventStore
    let queue: any ActivityQueue
    let executor: any ActivityExecutor
    let feeds: (any FeedFetcher)?
    let probes: (any HealthProber)?
    let planning: (any TickPlanning)?
    let looks = LookRoom(2)
    let evidence: EvidenceCompiler
    let surroundings: Surroundings
    let limits: TimeLimits
    let logger: Logger

    /// - Parameters:
    ///   - feeds: nil leaves feeds to other workers.
    ///   - probes: nil leaves what is asked over the network unmeasured.
    ///   - planning: nil leaves the ticks of schedules to other workers.
    package init(
        bus: CommandBus, store: any EventStore, reads: any ReadModel, queue: any ActivityQueue,
        executor: any ActivityExecutor, feeds: (any FeedFetcher)? = nil,
        probes: (any HealthProber)? = nil, planning: (any TickPlanning)? = nil,
        surroundings: Surroundings,
        limits: TimeLimits = TimeLimits(), logger: Logger
    ) {
        self.bus = bus
        self.store = store
        self.queue = queue
        self.executor = executor
        self.feeds = feeds
        self.probes = probes
        self.planning = planning
        evidence = EvidenceCompiler(store: store, reads: reads)
        self.surroundings = surroundings
        self.limits = limits
        self.logger = logger
    }

    package func run(_ activity: ClaimedActivity) async throws {
        switch activity.stream.prefix {
        case DeploymentDecider.prefix[...]: try await runDeployment(activity)
        case AssetDecider.prefix[...]: try await runScan(activity)
        case FeedDecider.prefix[...]: try await runFeedLook(activity)
        case RolloutDecider.prefix[...]: try await runHealth(activity)
        case ScheduleDecider.prefix[...]: try await planTick(activity)
        case PatchDecider.prefix[...]:
            switch activity.kind {
            case PatchDecider.documentKind: try await compileEvidence(activity)
            case PatchWork.acquireKind: try await runAcquisition(activity)
            default: try await runQualification(activity)
            }
        default:
            logger.error("no code for this activity", metadata: ["activity": "\(activity.id)"])
            try await drop(activity)
        }
    }

    static let acquireKind = Work.acquire(packages: []).kind

    // MARK: Shared by all kinds

    /// The order of an activity on a host.
    func order(_ activity: ClaimedActivity, _ host: HostAddress, _ work: Work) -> WorkOrder {
        WorkOrder(
            activity: activity.id, fence: activity.claim.fence, host: host, work: work,
            timeLimit: limits.limit(for: work))
    }

    /// Performs an order and hands its result to `record`, again and again until that succeeds:
    /// what was done must not be forgotten because the database was away for a moment.
    ///
    /// - Parameter right: That of a step with an intent.
    /// - Throws: `NotBegun` when the right to begin was lost on the way to the host.
    func perform(
        _ activity: ClaimedActivity, _ order: WorkOrder, _ right: DispatchRight? = nil,
        record: (WorkResult) async throws -> Void
    ) async throws {
        var result = await carryOut(order, activity) { await right?.holds() ?? true }
        try Task.checkCancellation()
        if let refusal = right?.refusal {
            if case AppendRefusal.staleClaim = refusal { throw refusal }
            throw NotBegun(refusal: refusal)
        }
        let backoff = Backoff(first: .milliseconds(200), most: .seconds(5))
        var tries = 1
        while true {
            do {
                return try await record(result)
            } catch AppendRefusal.eventTooLarge(let type, let bytes) where !result.isFailure {
                // Said in short, so that the stream can go on from it.
                result = .failed(
                    WorkFailure(.badAnswer, "\(type) of it would be \(bytes) bytes, too many"))
            } catch let error as EventStoreError where error.isRetryable && tries < 20 {
                logger.warning(
                    "recording a result again",
                    metadata: ["activity": "\(activity.id)", "error": "\(error)"])
                try await surroundings.sleep(backoff.delay(afterTry: tries))
                tries += 1
            }
        }
    }

    private func carryOut(
        _ order: WorkOrder, _ activity: ClaimedActivity,
        mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        guard case .ask(let probes) = order.work else {
            return await executor.perform(order, mayBegin: mayBegin)
        }
        return await ask(probes, order, activity)
    }

    func context(
        _ activity: ClaimedActivity, _ what: String, role: Role = .worker
    ) -> CommandContext {
        let name = "\(what)/\(activity.claim.fence)"
        return CommandContext(
            actor: Actor(id: "worker/\(activity.claim.worker.text)", role: role.rawValue),
            at: surroundings.now(),
            commandID: .version5(namespace: activity.id, name: name),
            correlationID: activity.correlationID, causationID: activity.id)
    }

    func using(_ activity: ClaimedActivity, _ mode: ClaimUse.Mode) -> CommandBus.Options {
        var options = CommandBus.Options()
        options.claim = ClaimUse(claim: activity.claim, mode: mode)
        return options
    }

    /// Ends an activity that has nothing to say any more.
    func drop(_ activity: ClaimedActivity, _ mode: ClaimUse.Mode = .complete) async throws {
        var request = AppendRequest(
            context: context(activity, "drop"), requestDigest: Digest(of: activity.id.text),
            streams: [])
        request.claim = ClaimUse(claim: activity.claim, mode: mode)
        _ = try await store.append(request)
    }

    /// A command whose refusal by the domain means that the activity came too late.
    func settle<D: Decider>(
        _ activity: ClaimedActivity, _ decider: D.Type, _ command: D.Command,
        _ context: CommandContext, _ options: CommandBus.Options
    ) async throws {
        do {
            _ = try await bus.send(command, to: activity.stream, as: decider, context, options)
        } catch let rejection as D.Rejection {
            logger.notice(
                "an activity ended without effect",
                metadata: ["activity": "\(activity.id)", "reason": "\(rejection.message)"])
            try await drop(activity, options.claim?.mode == .rescue ? .rescue : .complete)
        }
    }

    /// The right to begin what `permit` was granted for when its intent committed.
    ///
    /// - Parameter stands: Whether the intent does. A permit that is asked for again after its
    ///   attempt has ended would be granted, and nobody would ever give it back.
    func right(
        _ activity: ClaimedActivity, _ permit: Permit, asked: ContinuousClock.Instant,
        while stands: @escaping @Sendable () async throws -> StreamGuard?
    ) -> DispatchRight {
        DispatchRight(asked: asked, instant: surroundings.instant) {
            guard let intent = try await stands() else { throw IntentGone() }
            var request = AppendRequest(
                context: context(activity, "confirm/\(surroundings.newID().text)"),
                requestDigest: Digest(of: activity.id.text), streams: [])
            request.claim = ClaimUse(claim: activity.claim, mode: .hold)
            request.permit = permit
            request.guards = [intent]
            _ = try await store.append(request)
        }
    }
}

extension WorkResult {
    fileprivate var isFailure: Bool {
        if case .failed = self { true } else { false }
    }
}

extension AppendRefusal {
    /// A limit or a halt was in the way: the same may be granted later.
    var asPutBack: PutBack? {
        switch self {
        case .halted(let scope): PutBack(after: .seconds(2), "\(scope) is halted")
        case .batchNotReleased: PutBack(after: .seconds(2), "the batch isn't released")
        case .assetBusy(let attempt):
            PutBack(after: .seconds(1), "attempt \(attempt) is under way on the asset")
        case .noSlot(let scope): PutBack(after: .milliseconds(500), "no free slot in \(scope)")
        // Whoever began a step says for what it waits.
        case .outsideWindow(let wait), .frozen(let wait):
            PutBack(after: wait.delay ?? .seconds(60), "\(self)")
        case .versionConflict, .commandReused, .staleClaim, .eventTooLarge: nil
        }
    }
}
