package import Application
package import EventSourcing
package import Logging
internal import FoundationEssentials
internal import PatchManagement
internal import ServiceLifecycle

/// Reads the log in order for the `ExceptionKeeper`, and carries out what it says: the only place
/// where exceptions reach findings and patches, and where a control's lapse reaches exceptions.
///
/// It keeps what it knows with its checkpoint. At least once: after a crash it may say again what it
/// has said, under the ids that the events give, so that the store takes each once.
package struct ExceptionKeeperRunner: Service {
    private let store: any EventStore
    private let subscriptions: any SubscriptionStore
    private let bus: CommandBus
    private let surroundings: Surroundings
    private let logger: Logger
    private let delivery: Delivery
    private let log: LogFollower

    private static let name = "exceptions"
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
        var books = try await ExceptionBooks(store: store, subscriptions, name: Self.name)
        while !Task.isCancelled {
            let last: Int64
            switch try await log.read(after: position) {
            case .nothing: continue
            case .damaged(let damaged): last = damaged
            case .page(let events): last = try await handle(events, after: position, &books)
            }
            // Another process led meanwhile: what this one knows may be behind.
            guard try await log.advance(from: position, to: last, books.takeNotes()) else {
                return
            }
            position = last
        }
    }

    /// - Returns: How far it has come.
    /// - Throws: `EventCodingError.newerVersion` when the first of them needs a newer program, for
    ///   which is waited; what the store throws.
    private func handle(
        _ events: [RecordedEvent], after position: Int64, _ books: inout ExceptionBooks
    ) async throws -> Int64 {
        var page = Page()
        var last = position
        for event in events {
            do {
                page.add(try await books.see(event), by: event)
            } catch let error as EventCodingError where error.isNewer {
                guard event.position != events.first?.position else { throw error }
                // Those before it first.
                break
            } catch let error as EventStoreError where error.code != .corrupted {
                throw error
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.critical(
                    "an event says nothing to exceptions, as it can't be read",
                    metadata: ["position": "\(event.position)", "error": "\(error)"])
            }
            last = event.position
        }
        // After a crash the same events come again with others behind them, and findings may have
        // changed meanwhile: only what holds after all of them is said.
        try await send(page.orders.map { $0.filter { books.holds($0.order) } })
        return last
    }

    private struct Prepared: Sendable {
        let order: ExceptionKeeper.Order
        let reason: RecordedEvent
        /// Of those that follow from one event for one stream.
        let number: Int
    }

    /// What follows from some events: for each stream in their order.
    private struct Page {
        private(set) var orders: [[Prepared]] = []
        private var places: [StreamID: Int] = [:]

        mutating func add(_ new: [ExceptionKeeper.Order], by event: RecordedEvent) {
            var numbers: [StreamID: Int] = [:]
            for order in new {
                let stream = order.stream
                let number = numbers[stream, default: 0]
                numbers[stream] = number + 1
                let prepared = Prepared(order: order, reason: event, number: number)
                if let place = places[stream] {
                    orders[place].append(prepared)
                } else {
                    places[stream] = orders.count
                    orders.append([prepared])
                }
            }
        }
    }

    private func send(_ orders: [[Prepared]]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, orders) in orders.enumerated() {
                if index >= Self.width { try await group.next() }
                group.addTask {
                    for order in orders { try await send(order) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func send(_ prepared: Prepared) async throws {
        try await delivery.send("what an exception says", to: prepared.order.stream) {
            try await sendOnce(prepared)
        }
    }

    private func sendOnce(_ prepared: Prepared) async throws {
        let reason = prepared.reason
        let stream = prepared.order.stream
        let context = CommandContext(
            actor: Actor(id: "workflow", role: Role.workflow.rawValue),
            at: max(surroundings.now(), reason.recordedAt),
            commandID: .version5(
                namespace: reason.id, name: "exceptions/\(stream)/\(prepared.number)"),
            correlationID: reason.correlationID, causationID: reason.id)
        switch prepared.order {
        case .finding(_, let command):
            _ = try await bus.send(command, to: stream, as: FindingDecider.self, context)
        case .exception(_, let command):
            _ = try await bus.send(command, to: stream, as: ExceptionDecider.self, context)
        case .patch(_, let command):
            _ = try await bus.send(command, to: stream, as: PatchDecider.self, context)
        }
    }
}

extension ExceptionKeeper.Order {
    fileprivate var stream: StreamID {
        switch self {
        case .finding(let stream, _), .exception(let stream, _), .patch(let stream, _): stream
        }
    }
}
