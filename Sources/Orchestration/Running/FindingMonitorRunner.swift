package import Application
package import EventSourcing
package import Logging
internal import FoundationEssentials
internal import PatchManagement
internal import ServiceLifecycle

/// Reads the log in order for the `FindingMonitor`, and asks findings what it says: the only place
/// where feeds and inventories become findings.
///
/// It keeps what it knows of each asset and feed with its checkpoint. At least once: after a crash it
/// may ask again, which findings take for what it is.
package struct FindingMonitorRunner: Service {
    private let store: any EventStore
    private let subscriptions: any SubscriptionStore
    let bus: CommandBus
    let surroundings: Surroundings
    private let logger: Logger
    let delivery: Delivery
    private let log: LogFollower

    private static let name = "findings"
    /// Findings that are asked at a time.
    static let width = 64
    private static let assetsAtATime = 20

    package init(
        store: any EventStore, subscriptions: any SubscriptionStore, bus: CommandBus,
        surroundings: Surroundings, poll: Duration = .seconds(1), logger: Logger
    ) {
        self.store = store
        self.subscriptions = subscriptions
        self.bus = bus
        self.surroundings = surroundings
        self.logger = logger
        // The next report of the asset brings it up again.
        delivery = Delivery(
            surroundings: surroundings, logger: logger, givesUpArchived: true)
        log = LogFollower(
            name: Self.name, store: store, subscriptions: subscriptions,
            surroundings: surroundings, poll: poll, logger: logger)
    }

    package func run() async throws { await log.run { try await lead() } }

    private func lead() async throws {
        try await stateBuiltIn()
        var position = try await log.checkpoint()
        var books = try await FindingBooks(
            store: store, subscriptions, name: Self.name, upTo: position, logger: logger)
        while let notes = try books.takeCompletedNotes() {
            guard try await log.advance(from: position, to: position, notes) else { return }
        }
        while !Task.isCancelled {
            let last: Int64
            switch try await log.read(after: position) {
            case .nothing: continue
            case .damaged(let damaged): last = damaged
            case .page(let events):
                last = events.last?.position ?? position
                for event in events { try await see(event, &books) }
                guard try await ask(&books, at: position, after: last) else { return }
                try await tell(books.takeFlawReports(at: surroundings.now()), last)
                try await send(books.takeDoubts())
                for (asset, reason) in books.takeScans() { try await scan(asset, after: reason) }
            }
            // Another process led meanwhile: what this one knows may be behind.
            guard try await log.advance(from: position, to: last, books.takeAllNotes()) else {
                return
            }
            position = last
        }
    }

    /// By which numbers this program classifies where no policy says anything: before it does.
    private func stateBuiltIn() async throws {
        let stream = BuiltInNumbers.stream
        let context = CommandContext(
            actor: Actor(id: "monitor", role: Role.monitor.rawValue), at: surroundings.now(),
            commandID: surroundings.newID())
        do {
            _ = try await bus.send(
                .stateBuiltIn(.own), to: stream, as: PolicyDecider.self, context)
        } catch let error where Delivery.concernsOneStream(error) || delivery.givesUp(error) {
            // Findings don't wait for it; the next one that leads says it.
            logger.error(
                "the built-in numbers could not be stated", metadata: ["error": "\(error)"])
        }
    }

    /// What can't be read is passed over: an inventory, until the next one that differs; a snapshot,
    /// until the next one; an asset that could not be registered, for good.
    ///
    /// - Throws: `EventCodingError.newerVersion`, for which a newer program is waited; what the store
    ///   throws.
    private func see(_ event: RecordedEvent, _ books: inout FindingBooks) async throws {
        do {
            try await books.see(event)
        } catch let error as EventCodingError where error.isNewer {
            throw error
        } catch let error as EventStoreError where error.code != .corrupted {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.critical(
                "an event could not be matched and is passed over",
                metadata: ["position": "\(event.position)", "error": "\(error)"])
        }
    }

    /// Some assets at a time: what is kept of them goes with each, so that neither memory nor a
    /// statement grows with the fleet, and a crash repeats little.
    ///
    /// - Returns: false when another process has taken over.
    private func ask(
        _ books: inout FindingBooks, at checkpoint: Int64, after position: Int64
    ) async throws -> Bool {
        while let orders = books.monitor.takeOrders(
            at: surroundings.now(), limit: Self.assetsAtATime)
        {
            if orders.isEmpty { continue }
            for (order, accepted) in try await send(orders, position) {
                books.monitor.takeBack(order, accepted: accepted)
            }
            guard
                try await log.advance(
                    from: checkpoint, to: checkpoint, books.takeAssetNotes())
            else { return false }
        }
        return true
    }

    /// - Returns: The orders that were refused, each with how many of its commands were accepted before.
    private func send(
        _ orders: [FindingMonitor.Order], _ position: Int64
    ) async throws -> [(FindingMonitor.Order, Int)] {
        var refused: [(FindingMonitor.Order, Int)] = []
        for start in stride(from: 0, to: orders.count, by: Self.width) {
            let slice = orders[start..<min(start + Self.width, orders.count)]
            refused += try await withThrowingTaskGroup(
                of: (FindingMonitor.Order, Int)?.self
            ) { group in
                for order in slice {
                    group.addTask {
                        let accepted = try await send(order, position)
                        return accepted == order.commands.count ? nil : (order, accepted)
                    }
                }
                var refused: [(FindingMonitor.Order, Int)] = []
                for try await order in group { if let order { refused.append(order) } }
                return refused
            }
        }
        return refused
    }

    /// Has the inventory of an asset taken, so that what was installed there shows in its findings.
    private func scan(_ asset: StreamID, after reason: RecordedEvent) async throws {
        let context = CommandContext(
            actor: Actor(id: "monitor", role: Role.monitor.rawValue), at: surroundings.now(),
            commandID: .version5(namespace: reason.id, name: "monitor/scan"),
            correlationID: reason.correlationID, causationID: reason.id)
        try await delivery.send("a scan", to: asset, refusals: .notice) {
            _ = try await bus.send(
                .requestScan(.inventory), to: asset, as: AssetDecider.self, context)
        }
    }

    /// - Returns: How many of its commands the finding accepted, in their order.
    private func send(_ order: FindingMonitor.Order, _ position: Int64) async throws -> Int {
        for (index, command) in order.commands.enumerated() {
            // The same command after a crash is the same; another one in its place is not.
            let body = Digest(of: "\(command)")
            let context = CommandContext(
                actor: Actor(id: "monitor", role: Role.monitor.rawValue),
                at: max(surroundings.now(), order.moment),
                commandID: .version5(
                    namespace: order.finding.uuid, name: "monitor/\(position)/\(index)/\(body)"))
            do {
                try await delivery.untilTaken {
                    _ = try await bus.send(
                        command, to: order.finding, as: FindingDecider.self, context)
                }
            } catch FindingRejection.wrongState(let phase, _)
                where phase.isClosed && !order.opens
            {
                // A person has closed it: there is nothing to close or to classify any more.
                continue
            } catch let rejection as FindingRejection {
                logger.notice(
                    "a finding refused what was asked of it",
                    metadata: ["finding": "\(order.finding)", "reason": "\(rejection.message)"])
                return index
            } catch let error where Delivery.concernsOneStream(error) || delivery.givesUp(error) {
                logger.critical(
                    "a finding can't be asked: its stream stands still",
                    metadata: ["finding": "\(order.finding)", "error": "\(error)"])
                return index
            }
        }
        return order.commands.count
    }
}
