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
    /// How long what is held stays so before it is tried again.
    private let patience: Duration

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
        patience = poll * 10
        log = LogFollower(
            name: Self.name, store: store, subscriptions: subscriptions,
            surroundings: surroundings, poll: poll, logger: logger)
    }

    package func run() async throws { await log.run { try await lead() } }

    private func lead() async throws {
        var position = try await log.checkpoint()
        var held = try await HeldEffects(subscriptions, name: Self.name)
        var nextTry = surroundings.now()
        while !Task.isCancelled {
            if !held.isEmpty, surroundings.now() >= nextTry {
                // Another process has led meanwhile: what this one knows may be behind.
                guard try await carryOutHeld(&held, at: position) else { return }
                nextTry = surroundings.now() + patience
            }
            switch try await log.read(after: position) {
            case .nothing: continue
            case .damaged(let damaged):
                // Its stream stands still until a person sees to it, and the others go on.
                guard try await log.advance(from: position, to: damaged, [:]) else { return }
                position = damaged
            case .page(let events):
                let last = events.last?.position ?? position
                guard let reached = try await handle(events, from: position, to: last, &held)
                else { return }
                position = reached
            }
        }
    }

    /// - Returns: How far it has come; nil when another process was first.
    /// - Throws: `EventCodingError.newerVersion` when the first of them can't be read yet: passed over,
    ///   it would have no effect for good, though a newer program can read it.
    private func handle(
        _ events: [RecordedEvent], from old: Int64, to new: Int64, _ held: inout HeldEffects
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
        var notes: HeldEffects.Notes = [:]
        let unsent = try await send(page.commands.filter { !held.holds($0.stream) })
        for entry in page.commands.filter({ held.holds($0.stream) }) + unsent {
            for prepared in entry.commands {
                try held.hold(prepared.effect, on: entry.stream, &notes)
            }
        }
        for (key, ledger) in page.ledgers { notes[key.text] = try CanonicalJSON.encode(ledger) }
        let isFirst = try await log.advance(from: old, to: new, notes)
        return isFirst ? new : nil
    }

    private struct Page {
        var ledgers: [StreamID: RolloutLedger] = [:]
        /// In the order of the log for each stream; the streams in the order they first came.
        var commands: [Sendings] = []
        private var places: [StreamID: Int] = [:]

        mutating func add(_ prepared: Prepared, for stream: StreamID) {
            if let place = places[stream] {
                commands[place].commands.append(prepared)
            } else {
                places[stream] = commands.count
                commands.append(Sendings(stream: stream, commands: [prepared]))
            }
        }
    }

    private struct Prepared: Sendable {
        let command: PatchManagementCommand
        let context: CommandContext
        /// Where it comes from, in case that it has to wait.
        let effect: HeldEffects.Effect
    }

    /// What goes to one stream, in its order.
    private struct Sendings: Sendable {
        let stream: StreamID
        var commands: [Prepared]
    }

    private func react(to event: RecordedEvent, _ page: inout Page) async throws {
        let key = try Coordinator.ledgerKey(for: event)
        var ledger: RolloutLedger?
        if let key {
            if let known = page.ledgers[key] {
                ledger = known
            } else if let note = try await subscriptions.note(of: Self.name, key: key.text) {
                ledger = try CanonicalJSON.decode(RolloutLedger.self, from: note)
            }
        }
        let (sendings, after) = try await effects(of: event, ledger)
        if let key { page.ledgers[key] = after }
        for (stream, prepared) in sendings { page.add(prepared, for: stream) }
    }

    /// What follows from an event, and the ledger after it.
    private func effects(
        of event: RecordedEvent, _ before: RolloutLedger?
    ) async throws -> ([(StreamID, Prepared)], RolloutLedger) {
        var plan: RolloutPlan?
        if let digest = try Coordinator.documentNeeded(for: event),
            let document = try await store.document(digest)
        {
            plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
        }
        var ledger = before ?? RolloutLedger()
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        let effect = HeldEffects.Effect(position: event.position, ledger: before)
        let prepared = routed.enumerated().map { index, command in
            let context = CommandContext(
                actor: Actor(id: "workflow", role: Role.workflow.rawValue),
                at: surroundings.now(),
                commandID: .version5(namespace: event.id, name: "effect/\(index)"),
                correlationID: event.correlationID, causationID: event.id)
            return (
                command.stream,
                Prepared(command: command.command, context: context, effect: effect)
            )
        }
        return (prepared, ledger)
    }

    /// Streams side by side, each stream's commands in order.
    ///
    /// - Returns: What could not be sent as the stream's events are archived in a file that isn't at
    ///   hand, in the order of `commands`.
    private func send(_ commands: [Sendings]) async throws -> [Sendings] {
        try await withThrowingTaskGroup(of: (Int, Sendings?).self) { group in
            var unsent: [Int: Sendings] = [:]
            for (index, entry) in commands.enumerated() {
                if index >= Self.width, let (place, rest) = try await group.next() {
                    unsent[place] = rest
                }
                group.addTask { (index, try await send(entry)) }
            }
            for try await (place, rest) in group { unsent[place] = rest }
            return unsent.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// - Returns: What is left where the stream's archive isn't at hand.
    private func send(_ sendings: Sendings) async throws -> Sendings? {
        for (place, prepared) in sendings.commands.enumerated() {
            do {
                try await send(prepared, to: sendings.stream)
            } catch let error as EventStoreError where error.code == .archiveMissing {
                logger.error(
                    "what follows for a stream waits until its archive is at hand",
                    metadata: ["stream": "\(sendings.stream)", "reason": "\(error.message)"])
                return Sendings(
                    stream: sendings.stream, commands: Array(sendings.commands[place...]))
            }
        }
        return nil
    }

    /// Tries what is held once more.
    ///
    /// - Returns: false when another process was first.
    private func carryOutHeld(
        _ held: inout HeldEffects, at position: Int64
    ) async throws -> Bool {
        var notes: HeldEffects.Notes = [:]
        for stream in held.streams {
            for effect in held.effects(on: stream) {
                guard try await carryOut(effect, on: stream) else { break }
                held.release(on: stream, &notes)
            }
        }
        if notes.isEmpty { return true }
        return try await log.advance(from: position, to: position, notes)
    }

    /// - Returns: false when it has to wait on.
    private func carryOut(
        _ effect: HeldEffects.Effect, on stream: StreamID
    ) async throws -> Bool {
        do {
            guard
                let event = try await store.read(after: effect.position - 1, limit: 1).first
            else { return false }
            let commands = try await effects(of: event, effect.ledger).0
                .filter { $0.0 == stream }.map(\.1)
            return try await send(Sendings(stream: stream, commands: commands)) == nil
        } catch let error as EventStoreError where error.code == .archiveMissing {
            return false
        } catch let error as EventCodingError where error.isNewer {
            return false
        } catch let error where Delivery.concernsOneStream(error) {
            logger.critical(
                "what an event had for a stream can't be told any more and is given up",
                metadata: [
                    "stream": "\(stream)", "position": "\(effect.position)", "error": "\(error)",
                ])
            return true
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
        case .emergency(let command):
            _ = try await bus.send(command, to: stream, as: EmergencyDecider.self, context)
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
