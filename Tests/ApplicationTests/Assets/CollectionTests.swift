import Application
import EventSourcing
import Foundation
import Logging
import Orchestration
import PatchManagement
import PostgresStore
import Testing

/// On a real database, by the lists that people see.
@Suite("Assets are asked by themselves", .timeLimit(.minutes(2)))
struct CollectionTests {
    private func runner(_ house: House) throws -> CollectionRunner {
        var logger = Logger(label: "test")
        logger.handler = SwiftLogNoOpLogHandler()
        return CollectionRunner(
            bus: house.bus, reads: house.useCases.reads,
            subscriptions: PostgresSubscriptionStore(
                store: try #require(house.store as? PostgresEventStore)),
            surroundings: Surroundings(
                now: { house.clock.now }, newID: { UUID() },
                sleep: { try await Task.sleep(for: $0) }),
            logger: logger)
    }

    private func documents(_ house: House, _ reporting: String) async throws -> Int {
        var wish = ListWish()
        wish.filter = ["reporting": reporting]
        return try await house.useCases.list(.asset, alice, wish).documents.count
    }

    @Test("Once a day, once however often it is asked, and not what is gone")
    func daily() async throws {
        try await withHouse { house in
            try await house.discover()
            let runner = try runner(house)
            let total = try await documents(house, "current")
            #expect(total > 1)
            #expect(try await runner.round() == (0, 0), "all have just reported")
            _ = try await house.useCases.decommissionAsset(
                House.asset("web-1").text, reason: "sold", house.order(rita))
            try await house.wait("the list") {
                var wish = ListWish()
                wish.filter = ["name": "web-1"]
                return try await house.useCases.list(
                    .asset, alice, wish, state: "decommissioned"
                ).documents.count == 1
            }
            // The views have the database's time: only the rule's own is moved.
            house.clock.pass(.seconds(86_400))
            let head = try await house.store.head()
            let asked = try await runner.round().asked
            #expect(asked == total - 1)
            let requests = try await house.store.read(after: head, limit: 500).filter {
                $0.type == ScanRequested.type
            }
            #expect(requests.count == asked * Scan.allCases.count)
            #expect(requests.allSatisfy { $0.actor.role == Role.monitor.rawValue })
        }
    }

    @Test("Silence is told once, and shown until the asset reports")
    func silent() async throws {
        try await withHouse { house in
            try await house.discover()
            let total = try await documents(house, "current")
            house.clock.pass(.seconds(2 * 86_400))
            let head = try await house.store.head()
            let runner = try runner(house)
            #expect(try await runner.round() == (total, total))
            let told = try await house.store.read(after: head, limit: 500).filter {
                $0.type == CollectionOverdue.type
            }
            #expect(Set(told.map(\.stream)).count == total)
            // They answer what they were asked in the same round.
            try await house.wait("reports") { try await documents(house, "current") == total }
        }
    }
}
