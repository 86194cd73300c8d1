import Advisories
import Application
import EventSourcing
import Foundation
import Logging
import Orchestration
import PatchManagement
import Testing

/// A worker that looks at feeds in memory, where time passes when it is told to.
struct LookScene {
    let clock = ManualClock(at: Timestamp(seconds: 1_800_000_000))
    let publisher = MadeUpPublisher()
    let store: InMemoryStore
    let bus: CommandBus
    let work: PatchWork
    let feed = FeedRegistration.id(name: "vendor")

    init() {
        let clock = clock
        store = InMemoryStore { clock.now }
        bus = CommandBus(store: store)
        var logger = Logger(label: "test")
        logger.handler = SwiftLogNoOpLogHandler()
        work = PatchWork(
            bus: bus, store: store, reads: NoLists(), queue: store, executor: NoHosts(),
            feeds: publisher,
            surroundings: Surroundings(
                now: { clock.now }, newID: { UUID() }, sleep: { try await Task.sleep(for: $0) }),
            logger: logger)
    }

    func tell(_ command: FeedCommand, to feed: StreamID? = nil) async throws {
        let context = CommandContext(
            actor: Actor(id: "pe_1", role: Role.vendorWatch.rawValue), at: clock.now,
            commandID: UUID())
        _ = try await bus.send(command, to: feed ?? self.feed, as: FeedDecider.self, context)
    }

    func watch(_ name: String = "vendor", every seconds: Int = 3600) async throws {
        try await watch(FeedSource(url: MadeUpPublisher.url, everySeconds: seconds), name)
    }

    func watch(
        _ source: FeedSource, _ name: String = "vendor", keys: FeedKeys? = nil
    ) async throws {
        let registration = FeedRegistration(
            name: name, kind: .csaf, team: "t", silentAfterSeconds: 86_400, source: source)
        try await tell(.watch(registration, keys: keys), to: registration.feed)
    }

    /// What a person sends instead: the documents of a day, by the names that the person gives them.
    func send(_ ids: [String], day: Int, as name: (String) -> String) async throws {
        var request = AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_1", role: Role.vendorWatch.rawValue), at: clock.now,
                commandID: UUID()), requestDigest: Digest(of: "sent"), streams: [])
        var intake = FeedIntake(of: .csaf, kept: [], latest: clock.now)
        for id in ids {
            try intake.add(
                FeedDocument(name: name(id), bytes: MadeUpPublisher.document(id, day)))
        }
        let (taking, contents) = try intake.taking()
        request.documents = intake.takeShelf() + [contents]
        _ = try await store.append(request)
        try await tell(.take(taking))
    }

    /// Lets time pass until a look is due.
    ///
    /// - Returns: How many minutes that took, with the look.
    func due() async throws -> (minutes: Int, activity: ClaimedActivity) {
        for minutes in 0...2000 {
            let worker = UUID()
            try await store.heartbeat(worker: worker, name: "test", lease: .seconds(15))
            let claimed = try await store.claim(worker: worker, queues: ["default"], limit: 1)
            if let activity = claimed.first { return (minutes, activity) }
            clock.advance(by: .seconds(60))
        }
        throw WaitedInVain(what: "a look to be due")
    }

    /// - Returns: For how many minutes it was waited.
    @discardableResult
    func look() async throws -> Int {
        let (minutes, activity) = try await due()
        try await work.run(activity)
        return minutes
    }

    func state() async throws -> Feed {
        try await bus.state(of: feed, as: FeedDecider.self).state
    }

    func types() async throws -> [String] {
        try await store.read(feed, after: 0, limit: 100).map(\.type)
    }
}

private struct NoHosts: ActivityExecutor {
    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult { .failed(WorkFailure(.lost, "there are no hosts")) }
}
