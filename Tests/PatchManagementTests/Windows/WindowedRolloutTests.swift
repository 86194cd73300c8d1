import EventSourcing
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// I2: rollouts under windows and freezes, to their end.
@Suite("Rollouts in windows and freezes")
struct WindowedRolloutTests {
    private let lena = Actor(id: "pe_lena", role: "incidentCommander")

    /// A rollout on host-2 and on, which all have the same windows; host-1 is the lab's.
    private struct Stage {
        var world: World
        let hosts: [AssetRegistration]
        let rollout: StreamID
        let began: Timestamp

        /// - Parameter openings: From, last start and end, in seconds after the plan.
        init(
            _ openings: [(Int, Int, Int)], production: Int = 3, batches: String = "1,rest",
            capacity: Int = 1, change: (inout RolloutPlanner.Request) -> Void = { _ in }
        ) throws {
            world = try World(random: .fresh("windows"))
            hosts = try world.importFleet(production: production)
            let patch = try world.approvedPatch(on: hosts)
            began = world.now
            let calendar = PlannedCalendarTests.calendar(openings, from: began)
            rollout = try world.startedRollout(patch, on: hosts, batches: batches, soak: [5]) {
                $0.calendars = openings.isEmpty ? [] : [calendar]
                for place in $0.targets.indices where !openings.isEmpty {
                    $0.targets[place].calendar = 0
                }
                $0.capacity = capacity
                change(&$0)
            }
        }

        var state: RolloutState { world.rollout(rollout) }
        func at(_ seconds: Int) -> Timestamp { began + .seconds(seconds) }

        /// When something began on a host for this rollout, in seconds after the plan.
        var begun: [Duration] {
            get throws {
                let types = ["LeaseGranted", "InstallStarted", "RollbackStarted"]
                return world.log.filter { types.contains($0.type) && $0.stream.prefix == "de" }
                    .map { $0.recordedAt - began }
            }
        }

        func waits(_ host: AssetRegistration) throws -> [DeploymentWaiting] {
            let stream = StreamID.deployment(of: host.asset, in: rollout)
            return try world.events(of: stream, DeploymentDecider.self).compactMap {
                if case .waiting(let waiting) = $0 { waiting } else { nil }
            }
        }

        func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let violations = try Audit(world).violations
            #expect(
                violations.isEmpty,
                "seed: \(world.random.seed)\n\(violations.joined(separator: "\n"))",
                sourceLocation: sourceLocation)
        }
    }

    @Test("Nothing begins before the window; one event says what is waited for, and nobody polls")
    func waits() throws {
        var stage = try Stage([(1000, 5000, 6000)])
        try stage.world.run(until: stage.at(999))
        #expect(try stage.begun.isEmpty)
        let canary = try unwrapped(
            stage.hosts.dropFirst().first { try !stage.waits($0).isEmpty })
        let waits = try stage.waits(canary)
        #expect(waits.map(\.reason) == [.window] && waits[0].until == stage.at(1000))
        try stage.world.run()
        #expect(stage.state.stage == .ended(.completed))
        #expect(try stage.begun.allSatisfy { $0 >= .seconds(1000) })
        #expect(try stage.waits(canary).count == 1)
        try stage.expectSound()
    }

    @Test(
        "What runs at the cutoff finishes; the others wait for the next opening with a new attempt")
    func cutoff() throws {
        var stage = try Stage(
            [(10, 14, 50), (5000, 9000, 9000)], production: 6, batches: "rest")
        try stage.world.run()
        #expect(stage.state.stage == .ended(.completed), "\(stage.state.stage)")
        let begun = try stage.begun
        #expect(begun.contains { $0 < .seconds(14) } && begun.contains { $0 >= .seconds(5000) })
        #expect(!begun.contains { $0 >= .seconds(14) && $0 < .seconds(5000) })
        // None was counted as a failure of the host.
        let deployments = stage.hosts.dropFirst().map {
            stage.world.deployment($0.asset, stage.rollout)
        }
        #expect(deployments.allSatisfy { $0.outcome == .succeeded && $0.budgetedAttempts == 1 })
        try stage.expectSound()
    }

    @Test("The progress deadline counts open time only, and the soak goes on outside windows")
    func deadline() throws {
        var stage = try Stage(
            [(0, 100, 100), (10_000, 20_000, 20_000)], batches: "1,rest"
        ) { $0.progressDeadlineSeconds = 200 }
        #expect(stage.state.deadline == stage.at(10_100))
        try stage.world.run()
        #expect(stage.state.stage == .ended(.completed))
        try stage.expectSound()
    }

    @Test("After the last opening a rollout waits for a person, who can end it")
    func noWindowLeft() throws {
        var stage = try Stage([(10, 14, 14)], production: 6, batches: "rest") {
            $0.progressDeadlineSeconds = 100
        }
        try stage.world.run()
        #expect(stage.state.pause != nil, "\(stage.state.stage)")
        try stage.world.tell(stage.rollout, .abort(reason: "too late"), by: lena)
        try stage.world.run()
        #expect(stage.world.dispatch.attempts.isEmpty && stage.world.dispatch.activities.isEmpty)
        try stage.expectSound()
    }

    private func freeze(
        _ stage: inout Stage, _ scope: PolicyScope, seconds: Int
    ) throws -> StreamID {
        let id = StreamID(prefix: "fz", stage.world.newID())
        try stage.world.tell(
            id,
            .create(
                id, name: "stop", scope: scope, from: nil,
                to: stage.world.now + .seconds(seconds), reason: "an incident"), by: lena)
        return id
    }

    @Test("A freeze in the middle of a batch stops what has not begun, until its end")
    func freezes() throws {
        var stage = try Stage([], production: 6, batches: "rest")
        try stage.world.run { world in
            !world.log.contains { $0.type == "InstallStarted" && $0.stream.prefix == "de" }
        }
        let before = stage.world.now - stage.began
        _ = try freeze(&stage, .group(stage.hosts[2].group), seconds: 50_000)
        try stage.world.run()
        #expect(stage.state.stage == .ended(.completed))
        let end = before + .seconds(50_000)
        #expect(try !stage.begun.contains { $0 > before && $0 < end })
        #expect(try stage.begun.contains { $0 >= end })
        try stage.expectSound()
    }

    @Test("Lifted, it lets go on at once what waited for its end")
    func lifts() throws {
        var stage = try Stage([], production: 4, batches: "rest")
        let freeze = try freeze(&stage, .account, seconds: 300 * 86_400)
        try stage.world.run(until: stage.at(1000))
        #expect(try stage.begun.isEmpty)
        try stage.world.tell(freeze, .lift(reason: "over"), by: lena)
        try stage.world.run(until: stage.at(2000))
        #expect(stage.state.stage == .ended(.completed), "\(stage.state.stage)")
        try stage.expectSound()
    }

    @Test("Overridden by somebody who didn't release it, it lets that rollout go on")
    func overrides() throws {
        var stage = try Stage([], production: 4, batches: "rest")
        let freeze = try freeze(&stage, .account, seconds: 300 * 86_400)
        try stage.world.run(until: stage.at(1000))
        #expect(throws: RolloutRejection.releaserMayNotOverride(rita.id)) {
            try stage.world.tell(
                stage.rollout, .overrideFreeze(freeze.text, reason: "I want to"), by: rita)
        }
        try stage.world.tell(
            stage.rollout, .overrideFreeze(freeze.text, reason: "it burns"), by: lena)
        try stage.world.run(until: stage.at(2000))
        #expect(stage.state.stage == .ended(.completed))
        try stage.expectSound()
    }

    @Test("A rollback needs no window, and waits in a freeze")
    func rollsBack() throws {
        var stage = try Stage([(0, 3000, 3000)], batches: "rest", capacity: 3)
        try stage.world.run(until: stage.at(2900))
        try stage.world.run(until: stage.at(3100))
        try stage.world.tell(stage.rollout, .rollBack(.all, reason: "bad news"), by: lena)
        let freeze = try freeze(&stage, .account, seconds: 1000)
        try stage.world.run(until: stage.at(3900))
        #expect(try stage.begun.allSatisfy { $0 < .seconds(3000) }, "frozen: \(freeze)")
        try stage.world.run()
        #expect(stage.state.stage == .ended(.rolledBack), "\(stage.state.stage)")
        #expect(try stage.begun.contains { $0 >= .seconds(4100) })
        try stage.expectSound()
    }

    @Test("A plan says when each batch begins and ends by its windows, and when they don't last")
    func forecast() throws {
        let stage = try Stage([(100, 200, 200), (1000, 1200, 1200)], batches: "1,1,rest") {
            $0.predictedSecondsPerAsset = 90
        }
        let planned = try unwrapped(stage.state.plan)
        let document = try unwrapped(stage.world.documents[planned.planDigest])
        let plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
        let forecast = try unwrapped(plan.forecast)
        #expect(forecast[0].begins == stage.at(100) && forecast[0].ends == stage.at(195))
        #expect(forecast[1].begins == stage.at(195) && forecast[1].ends == stage.at(1090))
        #expect(forecast[2].begins == stage.at(1090) && forecast[2].ends == stage.at(1185))
        #expect(forecast.allSatisfy { !$0.isShort } && plan.predictedEnd == stage.at(1185))
        #expect(planned.batchCalendars == [[0], [0], [0]])
        let short = try Stage([(100, 200, 200)], batches: "1,rest") {
            $0.predictedSecondsPerAsset = 90
        }
        let last = try unwrapped(short.state.plan)
        let second = try CanonicalJSON.decode(
            RolloutPlan.self, from: unwrapped(short.world.documents[last.planDigest]).bytes)
        #expect(second.forecast?.map(\.isShort) == [false, true])
    }
}
