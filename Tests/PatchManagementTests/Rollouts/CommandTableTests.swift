import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// What people may do with a rollout in which state: stopping is possible in every one that isn't an
/// end, waits included.
@Suite("Every command in every state")
struct CommandTableTests {
    enum Place: String, CaseIterable, CustomTestStringConvertible {
        case planned, awaitingApproval, approved, measuring, running, soaking, measuringNext
        case settling, rollingBack
        case pausedBeforeStart, pausedMeasuring, pausedRunning, pausedByGate, frozen
        case aborted, cancelled, completed, rolledBack

        var testDescription: String { rawValue }

        var hasEnded: Bool {
            switch self {
            case .aborted, .cancelled, .completed, .rolledBack: true
            default: false
            }
        }
    }

    struct Scene {
        var world: World
        let rollout: StreamID
        let patch: StreamID

        func decide(_ command: RolloutCommand, by actor: Actor) throws -> [RolloutEvent] {
            try RolloutDecider.decide(
                command,
                CommandContext(
                    actor: actor, at: world.now, commandID: uuid(991)),
                world.rollout(rollout))
        }
    }

    /// A rollout on four hosts that has come to `place`.
    private func scene(_ place: Place) throws -> Scene {
        var world = try World(faults: "none", random: .fresh("command table"))
        world.prober = { _, host, world in
            let isBad = [.pausedByGate, .frozen].contains(place) && world.isPatched(host)
            return .answer(value: 1, isRefusal: isBad, detail: "")
        }
        let hosts = try world.importFleet(production: 4)
        let patch = try world.approvedPatch(on: hosts)
        var probe = HealthProbe(name: "web", kind: .tcp)
        probe.port = 80
        let rollout = try world.plan(patch, on: hosts, batches: "1,rest", soak: [10]) {
            $0.probes = ["web"]
            $0.healthPolicy.probes = [probe]
            $0.healthPolicy.intervalSeconds = 2
            $0.gate.onTrip = place == .frozen ? .freeze : .pause
            if place == .settling { $0.gate.minSuccessPercent = 1; $0.gate.maxPercent = 100 }
        }
        var scene = Scene(world: world, rollout: rollout, patch: patch)
        try scene.go(to: place, hosts)
        return scene
    }

    @Test("Pause, abort and rollback are possible until the end", arguments: Place.allCases)
    func stopping(place: Place) throws {
        let scene = try scene(place)
        let state = scene.world.rollout(scene.rollout)
        let commands: [(String, RolloutCommand)] = [
            ("pause", .pause(.person, detail: "wait")), ("abort", .abort(reason: "enough")),
        ]
        for (name, command) in commands {
            if place.hasEnded {
                let isRepeated = name == "abort" && place == .aborted
                if isRepeated {
                    #expect(try scene.decide(command, by: rita).isEmpty)
                } else {
                    #expect(throws: RolloutRejection.self, "\(name)") {
                        try scene.decide(command, by: rita)
                    }
                }
            } else {
                let events = try scene.decide(command, by: rita)
                #expect(!events.isEmpty || state.pause != nil, "\(name) in \(place)")
            }
        }
        for scope in RollbackScope.allCases {
            let command = RolloutCommand.rollBack(scope, reason: "bad news")
            // It was aborted before its first batch: nothing was installed either.
            if place == .cancelled || place == .aborted {
                #expect(throws: RolloutRejection.self) { try scene.decide(command, by: rita) }
            } else {
                let events = try scene.decide(command, by: rita)
                let isUnderWay = place == .rollingBack
                #expect(events.isEmpty == isUnderWay, "\(scope) in \(place): \(events)")
            }
        }
    }

    @Test("Only what is paused is resumed, and a frozen one is not", arguments: Place.allCases)
    func resuming(place: Place) throws {
        let scene = try scene(place)
        let command = RolloutCommand.resume(
            reason: "on", acknowledged: [], acceptAbsent: false,
            approval: try scene.world.approval(of: scene.patch))
        switch place {
        case .pausedBeforeStart, .pausedMeasuring, .pausedRunning, .pausedByGate:
            #expect(try !scene.decide(command, by: rita).isEmpty)
        default:
            #expect(throws: RolloutRejection.self) { try scene.decide(command, by: rita) }
        }
    }

    @Test(
        "Only another approver promotes, and only a batch that soaks or is halted",
        arguments: Place.allCases)
    func promoting(place: Place) throws {
        let scene = try scene(place)
        let command = RolloutCommand.promote(
            reason: "known", maxTotalFailures: nil,
            approval: try scene.world.approval(of: scene.patch))
        #expect(throws: RolloutRejection.self, "I14: never the releaseManager") {
            try scene.decide(command, by: rita)
        }
        switch place {
        case .soaking, .pausedByGate, .frozen, .settling:
            #expect(try !scene.decide(command, by: paul).isEmpty)
        // A batch of which nothing is counted yet is not passed over either.
        default:
            #expect(throws: RolloutRejection.self) { try scene.decide(command, by: paul) }
        }
    }

    @Test("Approval, rejection and cancellation belong before the start", arguments: Place.allCases)
    func beforeTheStart(place: Place) throws {
        let scene = try scene(place)
        let isBefore = [.planned, .awaitingApproval, .approved, .pausedBeforeStart].contains(place)
        let cancel = RolloutCommand.cancel(reason: "not needed")
        if isBefore || place == .cancelled {
            #expect(try scene.decide(cancel, by: rita).isEmpty == (place == .cancelled))
        } else {
            #expect(throws: RolloutRejection.self) { try scene.decide(cancel, by: rita) }
        }
        let reject = RolloutCommand.reject(reason: "too wide")
        if place == .awaitingApproval {
            #expect(try !scene.decide(reject, by: paul).isEmpty)
        } else {
            #expect(throws: RolloutRejection.self) { try scene.decide(reject, by: paul) }
        }
    }
}

extension CommandTableTests.Scene {
    fileprivate mutating func go(
        to place: CommandTableTests.Place, _ hosts: [AssetRegistration]
    ) throws {
        let rollout = rollout
        func run(_ world: inout World, until isThere: (RolloutState) -> Bool) throws {
            try world.run { !isThere($0.rollout(rollout)) }
            #expect(isThere(world.rollout(rollout)), "it never came to \(place)")
        }
        func pause() throws { try world.tell(rollout, .pause(.person, detail: "wait"), by: rita) }
        switch place {
        case .planned: return
        case .awaitingApproval:
            try world.tell(
                rollout, .requestApproval(expires: world.now + .seconds(86_400)), by: rita)
            return
        case .cancelled:
            try world.tell(rollout, .cancel(reason: "not needed"), by: rita)
            return
        default: try world.approve(rollout)
        }
        if place == .approved { return }
        if place == .pausedBeforeStart { return try pause() }
        try world.start(rollout)
        switch place {
        case .measuring: #expect(world.rollout(rollout).stage == .measuring(0))
        case .pausedMeasuring: try pause()
        case .running: try run(&world) { $0.stage == .running }
        case .pausedRunning:
            try run(&world) { $0.stage == .running }
            try pause()
        case .soaking:
            try run(&world) { if case .soaking = $0.stage { true } else { false } }
        case .measuringNext: try run(&world) { $0.stage == .measuring(1) }
        case .settling:
            try run(&world) { $0.batch == 1 && $0.stage == .running }
            try settle()
        case .rollingBack:
            try run(&world) { if case .soaking = $0.stage { true } else { false } }
            try world.tell(rollout, .rollBack(.all, reason: "bad news"), by: rita)
        case .pausedByGate, .frozen: try run(&world) { $0.pause?.isCounted == true }
        case .aborted: try world.tell(rollout, .abort(reason: "enough"), by: rita)
        case .completed: try run(&world) { $0.hasEnded }
        case .rolledBack:
            try run(&world) { if case .soaking = $0.stage { true } else { false } }
            try world.tell(rollout, .rollBack(.all, reason: "bad news"), by: rita)
            try run(&world) { $0.hasEnded }
        case .planned, .awaitingApproval, .approved, .pausedBeforeStart, .cancelled: break
        }
    }

    /// Passed over by another approver while one of its hosts never ends.
    private mutating func settle() throws {
        let rollout = rollout
        // Those of its batch are ordered, and none has begun.
        try world.run { $0.log.count { $0.type == DeploymentQueued.type } < 4 }
        let busy = try unwrapped(
            world.log.last { $0.type == DeploymentQueued.type }
        ).stream
        let asset = try unwrapped(
            world.state(of: busy, DeploymentDecider.self).order?.target.asset)
        world.dispatch.attempts[asset] = uuid(4711)
        try world.run { $0.rollout(rollout).pause?.isCounted != true }
        try world.tell(
            rollout,
            .promote(
                reason: "it is busy", maxTotalFailures: nil, approval: world.approval(of: patch)),
            by: paul)
        #expect(world.rollout(rollout).stage == .settling)
    }
}
