internal import EventSourcing
internal import Logging
internal import ServiceLifecycle

/// Follows the log under a name, page after page from its checkpoint, while this process leads; what
/// the pages mean is for its user.
struct LogFollower: Sendable {
    /// Where reading on has led.
    enum Reading {
        /// In the order of the log; one at least.
        case page([RecordedEvent])
        /// Nothing has come for a while.
        case nothing
        /// The event at this position can't be read, nor a little later: it is passed over.
        case damaged(Int64)
    }

    let name: String
    let store: any EventStore
    let subscriptions: any SubscriptionStore
    let surroundings: Surroundings
    let poll: Duration
    let logger: Logger

    private static let page = 500
    /// To read an event before it is passed over.
    private static let tries = 3

    /// Runs `lead` as long as this process leads, and anew when it ends or throws, until the service
    /// shuts down.
    func run(_ lead: @Sendable @escaping () async throws -> Void) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await subscriptions.lead(name, lead)
                } catch {
                    if Task.isCancelled { return }
                    logger.warning(
                        "a follower of the log starts anew",
                        metadata: ["follower": "\(name)", "error": "\(error)"])
                    try? await surroundings.sleep(poll)
                }
            }
        }
    }

    /// The events above `position`, waiting for them for some time.
    func read(after position: Int64) async throws -> Reading {
        let seen = store.eventBell.rings
        switch try await store.readable(after: position, limit: Self.page) {
        case .events(let events) where events.isEmpty:
            await surroundings.wait(for: store.eventBell, past: seen, atMost: poll)
            return .nothing
        case .events(let events): return .page(events)
        case .damaged(let damaged, let error):
            for _ in 1..<Self.tries {
                try await surroundings.sleep(.milliseconds(100))
                if case .events = try await store.readable(after: damaged - 1, limit: 1) {
                    return .nothing
                }
            }
            logger.critical(
                "an event can't be read and is passed over",
                metadata: [
                    "follower": "\(name)", "position": "\(damaged)", "error": "\(error)",
                ])
            return .damaged(damaged)
        }
    }

    func checkpoint() async throws -> Int64 { try await subscriptions.checkpoint(of: name) }

    /// - Returns: false when another process was first.
    func advance(from old: Int64, to new: Int64, _ notes: [String: [UInt8]?]) async throws -> Bool {
        try await subscriptions.advance(name, from: old, to: new, notes: notes)
    }
}
