import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Postgres
import Synchronization
import Testing

@testable import Projections

@Suite struct ProjectorTests {
    @Test func ofSeveralProjectorsOneWinsEachPageAndNothingIsDoubled() async throws {
        try await withBooks { books in
            var history = History("rivals", books)
            try await history.live(steps: 600)
            let head = try await books.store.head()
            let pages = Mutex<[Int64]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    let rival = Projector(store: books.store, pool: books.pool, logger: quiet) {
                        position in pages.withLock { $0.append(position) }
                    }
                    group.addTask { while try await rival.projectOnce() {} }
                }
                try await group.waitForAll()
            }
            #expect(try await books.reads.position() == head)
            // Each page was stored once.
            let stored = pages.withLock { $0 }
            #expect(Set(stored).count == stored.count)
            #expect(stored.max() == head)
            #expect(try await books.rebuild.verify().differences.isEmpty)
            let current = try await books.pool.query(
                """
                select count(*), count(distinct (kind, id)) from patchflow.projection_rows
                where to_position is null
                """)
            let row = try #require(current.first)
            #expect(try row.decode(Int64.self, at: 0) == row.decode(Int64.self, at: 1))
        }
    }

    @Test func versionsOfARowFollowEachOtherWithoutGapOrOverlap() async throws {
        try await withBooks { books in
            var history = History("versions", books)
            for _ in 0..<10 {
                try await history.live(steps: 40)
                try await books.project()
            }
            let broken = try await books.pool.query(
                """
                select kind, id, from_position from (
                    select kind, id, from_position, to_position,
                        lead(from_position) over (partition by kind, id order by from_position) next
                    from patchflow.projection_rows) v
                where to_position is distinct from next
                """)
            #expect(broken.isEmpty)
        }
    }

    @Test func aPoisonEventIsParkedAfterThreeTriesAndTheOthersGoOn() async throws {
        try await withBooks { books in
            var history = History("poison", books)
            try await history.live(steps: 120)
            let asset = history.lab.asset
            try await history.send(
                .register(history.lab), to: asset, as: AssetDecider.self, by: .vera)
            let version =
                try await books.store.read(asset, after: 0, limit: 1000).last?.version ?? 0
            let poison = try await books.store.append(
                Self.event("InventoryReported", "{\"report\":7}", on: asset, at: version))
            let after = try await books.store.append(
                Self.event(
                    "AssetDecommissioned", "{\"reason\":\"gone\"}", on: asset, at: version + 1))

            let fold = CountingFold()
            let projector = Projector(
                store: books.store, pool: books.pool, fold: fold, logger: quiet)
            while try await projector.projectOnce() {}

            #expect(try await books.reads.position() == after.lastPosition)
            #expect(fold.tries(of: poison.firstPosition) == 3)
            let live = try #require(try await books.generations.all().first)
            #expect(live.parked == 1)
            let parked = try await books.generations.parked(in: live.generation)
            #expect(parked.map(\.position) == [poison.firstPosition])
            #expect(parked.first?.reason.hasPrefix("InventoryReported: ") == true)
            let view = try await books.reads.find(ViewKey(.asset, asset.text), asOf: nil)
            #expect(view?.state == "decommissioned")
            #expect(try await books.rebuild.verify().differences.isEmpty)
        }
    }

    /// I11, I12: a stream whose rows can't be read is parked, the others are folded.
    @Test func eventsThatCannotBeReadAreParkedAndTheOthersGoOn() async throws {
        try await withBooks { books in
            var history = History("damaged", books)
            try await history.live(steps: 120)
            let streams = Dictionary(grouping: try await books.wholeLog(), by: \.stream)
            let (stream, events) = try #require(
                streams.min { ($0.value.count, $0.key.text) < ($1.value.count, $1.key.text) })
            try await books.pool.query(
                "update patchflow.streams set key = 'nonsense' where key = \(stream.text)")
            let head = try await books.store.head()
            try await books.project()
            #expect(try await books.reads.position() == head)
            let live = try #require(try await books.generations.all().first)
            let parked = try await books.generations.parked(in: live.generation)
            #expect(Set(parked.map(\.position)).isSuperset(of: events.map(\.position)))
            #expect(live.parked < Int(head) / 2)
        }
    }

    @Test func aPassingFaultParksNothing() async throws {
        try await withBooks { books in
            var history = History("fault", books)
            try await history.live(steps: 120)
            let fold = CountingFold(stumblingAt: 20, times: 2)
            let projector = Projector(
                store: books.store, pool: books.pool, fold: fold, logger: quiet)
            while try await projector.projectOnce() {}
            #expect(fold.tries(of: 20) == 3)
            #expect(try await books.generations.all().map(\.parked) == [0])
            #expect(try await books.reads.position() == books.store.head())
            #expect(try await books.rebuild.verify().differences.isEmpty)
        }
    }

    private static func event(
        _ type: String, _ data: String, on stream: StreamID, at version: Int
    ) -> AppendRequest {
        AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_1", role: "analyst"), at: Timestamp(seconds: 1_767_225_600),
                commandID: UUID()),
            requestDigest: Digest(of: data),
            streams: [
                StreamAppend(
                    stream: stream, expectedVersion: version,
                    events: [NewEvent(type: type, schemaVersion: 1, data: Array(data.utf8))])
            ])
    }
}

/// The product's fold, which counts how often an event was tried, and may stumble.
private final class CountingFold: ViewFold {
    let definition = PatchflowFold().definition
    private let stumblingAt: Int64?
    private let times: Int
    private let tried = Mutex<[Int64: Int]>([:])

    struct Stumble: Error {}

    init(stumblingAt position: Int64? = nil, times: Int = 0) {
        stumblingAt = position
        self.times = times
    }

    func tries(of position: Int64) -> Int { tried.withLock { $0[position, default: 0] } }

    func keys(for event: RecordedEvent) throws -> [ViewKey] { try PatchflowFold().keys(for: event) }

    func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let count = tried.withLock { tried in
            tried[event.position, default: 0] += 1
            return tried[event.position, default: 0]
        }
        if event.position == stumblingAt, count <= times { throw Stumble() }
        try PatchflowFold().apply(event, to: &views)
    }
}
