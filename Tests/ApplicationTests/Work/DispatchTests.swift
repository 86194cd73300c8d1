import Application
import EventSourcing
import Foundation
import Logging
import Orchestration
import PatchManagement
import Synchronization
import Testing

/// Between the intent and the host: what may still begin, and what becomes of what can't be said.
@Suite(.timeLimit(.minutes(1))) struct DispatchTests {
    /// I6: a host that takes long to greet is told nothing once the rollout was paused meanwhile.
    @Test(arguments: [false, true])
    func aSlowHostIsAskedForAgain(paused: Bool) async throws {
        var scene = try await Scene()
        let store = scene.store
        let rollout = scene.plan.rollout
        let began = Mutex<Bool?>(nil)
        scene.meet = { mayBegin in
            if paused { try await Scene.control(store, rollout, halted: true) }
            try await Task.sleep(for: .milliseconds(2100))
            let may = await mayBegin()
            began.withLock { $0 = may }
            return .failed(WorkFailure(.lockHeld, "busy"))
        }
        try await scene.runOne()
        #expect(began.withLock { $0 } == !paused)
        let types = try await scene.store.read(scene.deployment, after: 0, limit: 10).map(\.type)
        // Nothing was done: the attempt is over, and another follows.
        #expect(
            types == [
                "DeploymentQueued", "LeaseGranted", paused ? "LeaseExpired" : "DeploymentWaiting",
            ])
    }

    /// I3, I6: what was cancelled meanwhile neither begins nor takes the asset once more.
    @Test func aCancelledStepIsNotConfirmed() async throws {
        var scene = try await Scene()
        let (bus, deployment) = (scene.bus, scene.deployment)
        let began = Mutex<Bool?>(nil)
        scene.meet = { mayBegin in
            _ = try await bus.send(
                .cancel(reason: "enough"), to: deployment, as: DeploymentDecider.self,
                CommandContext(
                    actor: Actor(id: "workflow", role: "workflow"), at: .now, commandID: UUID()))
            try await Task.sleep(for: .milliseconds(2100))
            let may = await mayBegin()
            began.withLock { $0 = may }
            return .failed(WorkFailure(.lockHeld, "busy"))
        }
        try await scene.runOne()
        #expect(began.withLock { $0 } == false)
        let types = try await scene.store.read(deployment, after: 0, limit: 10).map(\.type)
        #expect(types == ["DeploymentQueued", "LeaseGranted", "DeploymentCancelled"])
    }

    /// I18: a result that is too large for an event is said in short; the asset is not held up.
    @Test func aResultTooLargeForAnEventIsSaidInShort() async throws {
        var scene = try await Scene()
        scene.meet = { _ in
            let installed = (0..<1000).map {
                PackageSelection(
                    name: "curl\($0 == 0 ? "" : "\($0)")", architecture: "amd64",
                    version: String(repeating: "1", count: 60))
            }
            return .precheck(
                PrecheckReport(
                    obstacles: [], installed: installed, freeBytes: 1, bootID: "boot-1"))
        }
        try await scene.runOne()
        let state = try await scene.bus.state(of: scene.deployment, as: DeploymentDecider.self)
        #expect(state.state.attempt == 2)
        #expect(state.state.phase == .waiting)
    }
}

/// One deployment whose precheck is due, and a host that behaves as `meet` says.
private struct Scene {
    typealias Meeting = @Sendable (@Sendable () async -> Bool) async throws -> WorkResult

    let store = InMemoryStore { Timestamp(Date()) }
    let bus: CommandBus
    let plan: RolloutPlan
    let deployment: StreamID
    var meet: Meeting = { _ in .failed(WorkFailure(.unreachable, "nobody")) }

    init() async throws {
        bus = CommandBus(store: store)
        let asset = StreamID(prefix: "as", UUID())
        let target = RolloutTarget(
            asset: asset,
            host: HostAddress(
                asset: asset, name: "web-1", address: "192.0.2.1", port: 22, user: "root"),
            site: "home", stratum: "debian 12 amd64", criticality: "low")
        let pin = PinnedPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-2", sha256: Digest(of: "curl"),
            size: 4711)
        plan = try RolloutPlanner.plan(
            RolloutPlanner.Request(
                rollout: StreamID(prefix: "ro", UUID()), patch: StreamID(prefix: "pa", UUID()),
                artefactDigest: Digest(of: "artefact"), pins: [pin],
                checks: VerificationChecks(packages: [], services: [], command: nil),
                targets: [target], riskClass: .important, policy: Policy(), startsAt: .now))
        let order = plan.order(for: target, batch: 0, planDigest: Digest(of: "plan"))
        deployment = order.deployment
        try await Self.control(store, plan.rollout, halted: false)
        _ = try await bus.send(
            .queue(order), to: deployment, as: DeploymentDecider.self,
            CommandContext(
                actor: Actor(id: "workflow", role: "workflow"), at: .now, commandID: UUID()))
    }

    static func control(_ store: InMemoryStore, _ rollout: StreamID, halted: Bool) async throws {
        let id = UUID()
        var request = AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_1", role: "releaseManager"), at: .now, commandID: id),
            requestDigest: Digest(of: id.text), streams: [])
        let change = ControlChange(
            scope: ControlChange.rolloutScope(rollout), halted: halted, releasedBatch: 0)
        request.effects = [
            ScheduledEffect(stream: rollout, eventID: id, index: 0, effect: .control(change))
        ]
        _ = try await store.append(request)
    }

    func runOne() async throws {
        let worker = UUID()
        try await store.heartbeat(worker: worker, name: "test", lease: .seconds(60))
        let activity = try #require(
            try await store.claim(worker: worker, queues: ["default"], limit: 1).first)
        var logger = Logger(label: "test")
        logger.handler = SwiftLogNoOpLogHandler()
        try await PatchWork(
            bus: bus, store: store, reads: NoLists(), queue: store, executor: Host(meet: meet),
            surroundings: Surroundings(
                now: { .now }, newID: { UUID() }, sleep: { try await Task.sleep(for: $0) }),
            logger: logger
        ).run(activity)
    }

    private struct Host: ActivityExecutor {
        let meet: Meeting

        func perform(
            _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
        ) async -> WorkResult {
            do {
                return try await meet(mayBegin)
            } catch {
                return .failed(WorkFailure(.lost, "\(error)"))
            }
        }
    }
}

extension Timestamp {
    fileprivate static var now: Timestamp { Timestamp(Date()) }
}
