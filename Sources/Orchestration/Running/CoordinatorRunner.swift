package import Application
package import EventSourcing
package import Logging
internal import FoundationEssentials
internal import PatchManagement
internal import ServiceLifecycle

/// Reads the log in order and carries out what the `Coordinator` makes of it: the only place
/// where an event of one stream leads to a command on another.
///
/// At least once: it may repeat events after a crash. The commands' ids come from the event and
/// their index, so the store takes each once.
package struct CoordinatorRunner: Service {
    private let store: any EventStore
    private let subscriptions: any SubscriptionStore
    private let bus: CommandBus
    private let surroundings: Surroundings
    private let logger: Logger
    private let delivery: Delivery
    private let log: LogFollower

    private static let name = "coordinator"
    /// Streams that are sent to at a time.
    private static let width = 64

    package init(
        store: any EventStore, subscriptions: any SubscriptionStore, bus: CommandBus,
        surroundings: Surroundings, poll: Duration = .seconds(1), logger: Logger
    ) {
        self.store = store
        self.subscriptions = subscriptions
        self.bus = bus
        self.surroundings = surroundings
        self.logger = logger
        delivery = Delivery(surroundings: surroundings, logger: logger)
        log = LogFollower(
            name: Self.name, store: store, subscriptions: subscriptions,
            surroundings: surroundings, poll: poll, logger: logger)
    }

    package func run() async throws { await log.run { try await lead() } }

    private func lead() async throws {
        var position = try await log.checkpoint()
        while !Task.isCancelled {
            switch try await log.read(after: position) {
            case .nothing: continue
            case .damaged(let damaged):
                // Its stream stands still until a person sees to it, and the others go on.
                _ = try await log.advance(from: position, to: damaged, [:])
                position = try await log.checkpoint()
            case .page(let events):
                let last = events.last?.position ?? position
                if let reached = try await handle(events, from: position, to: last) {
                    position = reached
                } else {
                    // Another process led meanwhile.
                    position = try await log.checkpoint()
                }
            }
        }
    }

    /// - Returns: How far it has come; nil when another process was first.
    /// - Throws: `EventCodingError.newerVersion` when the first of them can't be read yet: passed over,
    ///   it would have no effect for good, though a newer program can read it.
    private func handle(
        _ events: [RecordedEvent], from old: Int64, to new: Int64
    ) async throws -> Int64? {
        var page = Page()
        var new = new
        for event in events {
            do {
                try await react(to: event, &page)
            } catch let error as EventStoreError where error.code != .corrupted {
                throw error
            } catch let error as CancellationError {
                throw error
            } catch let error as EventCodingError where error.isNewer {
                guard event.position > old + 1 else { throw error }
                // Those before it first.
                new = event.position - 1
                break
            } catch {
                // It, or the plan that it names, can't be read: that stream stands still until a
                // person sees to it, the others go on.
                logger.critical(
                    "an event could not be coordinated and is passed over",
                    metadata: ["position": "\(event.position)", "error": "\(error)"])
            }
        }
        try await send(page.commands)
        var notes: [String: [UInt8]?] = [:]
        for (key, ledger) in page.ledgers { notes[key.text] = try CanonicalJSON.encode(ledger) }
        let isFirst = try await log.advance(from: old, to: new, notes)
        return isFirst ? new : nil
    }

    private struct Page {
        var ledgers: [StreamID: RolloutLedger] = [:]
        /// In the order of the log for each stream; the streams in the order they first came.
        var commands: [(stream: StreamID, commands: [Prepared])] = []
        private var places: [StreamID: Int] = [:]

        mutating func add(_ prepared: Prepared, for stream: StreamID) {
            if let place = places[stream] {
                commands[place].commands.append(prepared)
            } else {
                places[stream] = commands.count
                commands.append((stream, [prepared]))
            }
        }
    }

    private struct Prepared: Sendable {
        let command: PatchManagementCommand
        let context: CommandContext
    }

    private func react(to event: RecordedEvent, _ page: inout Page) async throws {
        let key = try Coordinator.ledgerKey(for: event)
        var ledger = RolloutLedger()
        if let key {
            if let known = page.ledgers[key] {
                ledger = known
            } else if let note = try await subscriptions.note(of: Self.name, key: key.text) {
                ledger = try CanonicalJSON.decode(RolloutLedger.self, from: note)
            }
        }
        var plan: RolloutPlan?
        if let digest = try Coordinator.documentNeeded(for: event),
            let document = try await store.document(digest)
        {
            plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
        }
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        if let key { page.ledgers[key] = ledger }
        for (index, command) in routed.enumerated() {
            let context = CommandContext(
                actor: Actor(id: "workflow", role: Role.workflow.rawValue),
                at: surroundings.now(),
                commandID: .version5(namespace: event.id, name: "effect/\(index)"),
                correlationID: event.correlationID, causationID: event.id)
            page.add(Prepared(command: command.command, context: context), for: command.stream)
        }
    }

    /// Streams side by side, each stream's commands in order.
    private func send(_ commands: [(stream: StreamID, commands: [Prepared])]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, entry) in commands.enumerated() {
                if index >= Self.width { try await group.next() }
                group.addTask {
                    for prepared in entry.commands {
                        try await send(prepared, to: entry.stream)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func send(_ prepared: Prepared, to stream: StreamID) async throws {
        try await delivery.send("a command of the coordinator", to: stream) {
            try await sendOnce(prepared, to: stream)
        }
    }

    private func sendOnce(_ prepared: Prepared, to stream: StreamID) async throws {
        let context = prepared.context
        switch prepared.command {
        case .patch(let command):
            _ = try await bus.send(command, to: stream, as: PatchDecider.self, context)
        case .rollout(let command):
            _ = try await bus.send(command, to: stream, as: RolloutDecider.self, context)
        case .deployment(let command):
            _ = try await bus.send(command, to: stream, as: DeploymentDecider.self, context)
        case .asset(let command):
            _ = try await bus.send(command, to: stream, as: AssetDecider.self, context)
        case .inPack(let verified):
            let remaining = try await remaining(of: stream, besides: verified.covered)
            _ = try await bus.send(
                .resolveInPack(verified.pack, remaining: remaining), to: stream,
                as: PatchDecider.self, context)
        }
    }

    /// How many assets of `patch` are not in the list `covered`.
    private func remaining(of patch: StreamID, besides covered: Digest) async throws -> Int {
        let state = try await bus.state(of: patch, as: PatchDecider.self).state
        guard let applicable = state.assessment?.applicable.assets, applicable != covered else {
            return 0
        }
        let others = Set(try await assets(covered))
        return try await assets(applicable).count { !others.contains($0) }
    }

    private func assets(_ digest: Digest) async throws -> [StreamID] {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the list of assets \(digest) is gone")
        }
        return try CanonicalJSON.decode([StreamID].self, from: document.bytes)
    }
}
