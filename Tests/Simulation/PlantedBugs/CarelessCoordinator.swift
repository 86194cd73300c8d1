import Application
import FoundationEssentials
import PatchManagement

@testable import EventSourcing

/// What `CoordinatorRunner` does, with another decider of rollouts.
struct CarelessCoordinator: Sendable {
    let store: FaultyStore
    let bus: CommandBus
    let process: SimulatedProcess
    let rollouts: any CarelessRollouts.Type

    func run() async {
        while !process.isDead {
            do {
                try await store.lead("coordinator") { try await follow() }
            } catch {
                try? await process.scheduler.sleep(for: .seconds(1))
            }
        }
    }

    private func follow() async throws {
        while true {
            try process.checkAlive()
            let position = try await store.checkpoint(of: "coordinator")
            guard let event = try await store.read(after: position, limit: 1).first else {
                try await process.scheduler.sleep(for: .seconds(1))
                continue
            }
            var notes: [String: [UInt8]?] = [:]
            for (index, routed) in try await react(to: event, &notes).enumerated() {
                let context = CommandContext(
                    actor: Actor(id: "workflow", role: Role.workflow.rawValue),
                    at: process.scheduler.now,
                    commandID: .version5(namespace: event.id, name: "effect/\(index)"),
                    correlationID: event.correlationID, causationID: event.id)
                do {
                    try await send(routed, context)
                } catch is any DomainRejection {
                    continue
                }
            }
            _ = try await store.advance(
                "coordinator", from: position, to: event.position, notes: notes)
        }
    }

    private func react(
        to event: RecordedEvent, _ notes: inout [String: [UInt8]?]
    ) async throws -> [RoutedCommand] {
        let key = try Coordinator.ledgerKey(for: event)
        var ledger = RolloutLedger()
        if let key, let note = try await store.note(of: "coordinator", key: key.text) {
            ledger = try CanonicalJSON.decode(RolloutLedger.self, from: note)
        }
        var plan: RolloutPlan?
        if let digest = try Coordinator.documentNeeded(for: event),
            let document = try await store.document(digest)
        {
            plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
        }
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        if let key { notes[key.text] = try CanonicalJSON.encode(ledger) }
        return routed
    }

    private func send(_ routed: RoutedCommand, _ context: CommandContext) async throws {
        switch routed.command {
        case .patch(let command):
            _ = try await bus.send(command, to: routed.stream, as: PatchDecider.self, context)
        case .rollout(let command): try await send(rollouts, command, routed.stream, context)
        case .deployment(let command):
            _ = try await bus.send(command, to: routed.stream, as: DeploymentDecider.self, context)
        case .asset(let command):
            _ = try await bus.send(command, to: routed.stream, as: AssetDecider.self, context)
        case .emergency(let command):
            _ = try await bus.send(command, to: routed.stream, as: EmergencyDecider.self, context)
        case .inPack: break
        }
    }

    private func send<Careless: CarelessRollouts>(
        _: Careless.Type, _ command: RolloutCommand, _ stream: StreamID, _ context: CommandContext
    ) async throws {
        _ = try await bus.send(command, to: stream, as: Careless.self, context)
    }
}
