import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

@Suite("Folding events")
struct EvolveTests {
    @Test("Evolve and effects are total: no order of events, however absurd, stops the program")
    func total() throws {
        var random = SeededRandom.fresh("events in any order")
        let events = try StoredEventTests.declaredTypes().map { type in
            try StoredEventTests.read(type, 1, #require(try GoldenFiles.bytes("\(type).1")))
        }
        try fold(events, PatchDecider.self, &random)
        try fold(events, RolloutDecider.self, &random)
        try fold(events, DeploymentDecider.self, &random)
        try fold(events, AssetDecider.self, &random)
        try fold(events, PersonDecider.self, &random)
        try fold(events, LogDecider.self, &random)
        try fold(events, FindingDecider.self, &random)
        try fold(events, ExceptionDecider.self, &random)
        try fold(events, ControlDecider.self, &random)
        try fold(events, BaselineDecider.self, &random)
        try fold(events, FreezeDecider.self, &random)
        try fold(events, CapDecider.self, &random)
        try fold(events, ScheduleDecider.self, &random)
        try fold(events, EmergencyDecider.self, &random)
        try fold(events, StandingApprovalDecider.self, &random)
        try fold(events, DisasterDecider.self, &random)
    }

    private func fold<D: Decider>(
        _ all: [any DomainEvent], _: D.Type, _ random: inout SeededRandom
    ) throws {
        let events = all.compactMap { $0 as? D.Event }
        #expect(!events.isEmpty)
        for _ in 0..<500 {
            var state = D.initialState
            var scheduled = 0
            for _ in 0..<30 {
                let event = random.pick(events)
                D.evolve(&state, event)
                scheduled += D.effects(of: event, state).count
            }
            #expect(scheduled < 30 * 100)
        }
    }

    @Test("I18: people, workers and timers led out of every state of rollouts and deployments")
    func exits() throws {
        var seeds = SeededRandom.fresh("exits")
        var rollouts: [RolloutPhase: Set<RolloutPhase>] = [:]
        var deployments: [DeploymentPhase: Set<DeploymentPhase>] = [:]
        for _ in 0..<120 {
            var story = try ChaosStory(seed: seeds.next())
            try story.tell()
            var staged: [StreamID: RolloutState] = [:]
            var deployed: [StreamID: DeploymentState] = [:]
            for event in story.world.log {
                #expect(Role(rawValue: event.actor.role) != nil)
                let read = try StoredEventTests.read(
                    event.type, event.schemaVersion, event.data)
                if let read = read as? RolloutEvent {
                    let before = staged[event.stream]?.phase
                    RolloutDecider.evolve(&staged[event.stream, default: .init()], read)
                    if let before, let after = staged[event.stream]?.phase, before != after {
                        rollouts[before, default: []].insert(after)
                    }
                } else if let read = read as? DeploymentEvent {
                    let before = deployed[event.stream, default: .init()].phase
                    DeploymentDecider.evolve(&deployed[event.stream, default: .init()], read)
                    if let after = deployed[event.stream]?.phase, before != after {
                        deployments[before, default: []].insert(after)
                    }
                }
            }
        }
        for phase in RolloutPhase.allCases where !phase.hasEnded {
            #expect(rollouts[phase]?.isEmpty == false, "nothing led out of \(phase)")
        }
        // Out of these RebootTests and SnapshotTests lead, whose hosts ask for it.
        let rare: [DeploymentPhase] = [
            .snapshotting, .rebootQueued, .rebooting, .rebootInDoubt, .awaitingBoot,
        ]
        for phase in DeploymentPhase.allCases where phase != .ended && !rare.contains(phase) {
            #expect(deployments[phase]?.isEmpty == false, "nothing led out of \(phase)")
        }
    }
}
