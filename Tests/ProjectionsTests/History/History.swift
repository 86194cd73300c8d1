import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Support

/// A seeded history of a small fleet, appended through the real store and the real deciders.
/// Commands that the domain refuses are part of it.
struct History {
    var random: SeededRandom
    let books: Books
    var now = Timestamp(seconds: 1_767_225_600)
    var fence: Int64 = 0
    private var commands: UInt64 = 0
    private(set) var accepted = 0
    private(set) var refused = 0

    var assets: [AssetRegistration] = (1...6).map {
        AssetRegistration(name: "web-\($0)", address: "10.0.1.\($0)", site: "site-\($0 % 2)")
    }
    let lab = AssetRegistration(
        name: "lab-1", address: "10.0.0.1", environment: .lab, group: "lab")
    var patches: [StreamID] = []
    var rollouts: [StreamID] = []
    var plans: [Digest: RolloutPlan] = [:]
    var deployments: [StreamID] = []

    // What the coordinator remembers.
    private var routed: Int64 = 0
    private var ledgers: [StreamID: RolloutLedger] = [:]

    init(_ purpose: String, _ books: Books) {
        random = .fresh(purpose)
        self.books = books
    }

    /// - Returns: The log's head.
    @discardableResult
    mutating func live(steps: Int) async throws -> Int64 {
        for _ in 0..<steps {
            now = now + .seconds(random.below(20))
            switch random.below(100) {
            case ..<15: try await liveAsset()
            case ..<50: try await livePatch()
            case ..<65: try await liveRollout()
            case ..<95: try await liveDeployment()
            default: try await livePerson()
            }
            if random.chance(60) { try await coordinate() }
        }
        try await coordinate()
        return try await books.store.head()
    }

    /// Lives on until there is something of everything.
    mutating func liveFully() async throws {
        for _ in 0..<20 {
            try await live(steps: 500)
            if deployments.count > 8, rollouts.count > 3 { return }
        }
        struct NothingHappens: Error { let seed: UInt64 }
        throw NothingHappens(seed: random.seed)
    }

    /// - Returns: The state after it; nil when it was refused.
    @discardableResult
    mutating func send<D: Decider>(
        _ command: D.Command, to stream: StreamID, as decider: D.Type, by person: Person,
        documents: [Document] = []
    ) async throws -> D.State? {
        commands += 1
        var options = CommandBus.Options()
        options.documents = documents
        let context = CommandContext(
            actor: person.actor, at: now,
            commandID: .version7(at: now, random: (commands, random.seed)))
        do {
            let outcome = try await books.bus.send(
                command, to: stream, as: decider, context, options)
            accepted += 1
            return outcome.state
        } catch is any DomainRejection {
            refused += 1
            return nil
        }
    }

    func state<D: Decider>(of stream: StreamID, as decider: D.Type) async throws -> D.State {
        try await books.bus.state(of: stream, as: decider).state
    }

    mutating func newID(_ prefix: String) -> StreamID {
        StreamID(prefix: prefix, .version7(at: now, random: (random.next(), random.next())))
    }

    mutating func nextFence() -> Int64 {
        fence += 1
        return fence
    }

    /// Passes on what streams have to tell each other, up to the log's head.
    private mutating func coordinate() async throws {
        while true {
            let events = try await books.store.read(after: routed, limit: 200)
            if events.isEmpty { return }
            for event in events {
                try await react(to: event)
                routed = event.position
            }
        }
    }

    private mutating func react(to event: RecordedEvent) async throws {
        let key = try Coordinator.ledgerKey(for: event)
        var ledger = key.flatMap { ledgers[$0] } ?? RolloutLedger()
        let plan = try Coordinator.documentNeeded(for: event).flatMap { plans[$0] }
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        if let key { ledgers[key] = ledger }
        for command in routed {
            switch command.command {
            case .patch(let patch):
                try await send(patch, to: command.stream, as: PatchDecider.self, by: .workflow)
            case .rollout(let rollout):
                try await send(
                    rollout, to: command.stream, as: RolloutDecider.self, by: .workflow)
            case .deployment(let deployment):
                if case .queue = deployment { deployments.append(command.stream) }
                try await send(
                    deployment, to: command.stream, as: DeploymentDecider.self, by: .workflow)
            case .asset(let asset):
                try await send(asset, to: command.stream, as: AssetDecider.self, by: .workflow)
            case .emergency(let emergency):
                try await send(
                    emergency, to: command.stream, as: EmergencyDecider.self, by: .workflow)
            case .inPack(let verified):
                try await send(
                    .resolveInPack(verified.pack, remaining: 0), to: command.stream,
                    as: PatchDecider.self, by: .workflow)
            }
        }
    }

    enum Person: String {
        case vera, anna, tom, sam, rita, paul, rolf, ada, worker, workflow

        var actor: Actor {
            switch self {
            case .vera: Actor(id: "pe_vera", role: "vendorWatch")
            case .anna: Actor(id: "pe_anna", role: "analyst")
            case .tom: Actor(id: "pe_tom", role: "tester")
            case .sam: Actor(id: "pe_sam", role: "securityTester")
            case .rita: Actor(id: "pe_rita", role: "releaseManager")
            case .paul: Actor(id: "pe_paul", role: "approver")
            case .rolf: Actor(id: "pe_rolf", role: "riskOwner")
            case .ada: Actor(id: "pe_ada", role: "administrator")
            case .worker: Actor(id: "worker/1", role: "worker")
            case .workflow: .service(.workflow)
            }
        }
    }
}
