import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Support
import Testing

/// From a publisher's server to what the feed says, on a real database and over real sockets.
@Suite("Feeds are fetched by themselves", .timeLimit(.minutes(2)))
struct FetchingFeedsTests {
    private func catalogue(_ count: Int) -> [UInt8] {
        let entries = (1...count).map {
            """
            {"cveID":"CVE-2026-\(1000 + $0)","vendorProject":"v","product":"p",\
            "vulnerabilityName":"n","dateAdded":"2026-01-02","shortDescription":"s",\
            "requiredAction":"r","dueDate":"2026-02-02","knownRansomwareCampaignUse":"Unknown",\
            "notes":"","cwes":[]}
            """
        }
        return Array(
            """
            {"title":"t","catalogVersion":"2026.01.02","dateReleased":"2026-01-02T00:00:00Z",\
            "count":\(count),"vulnerabilities":[\(entries.joined(separator: ","))]}
            """.utf8)
    }

    private func registration(_ server: PublisherServer, team: String = "t") -> FeedRegistration {
        FeedRegistration(
            name: "kev", kind: .kev, team: team,
            source: FeedSource(
                url: server.root + "/kev.json", everySeconds: 300, reach: .loopback))
    }

    private func feed(_ house: House) async throws -> Feed {
        try await house.bus.state(of: FeedRegistration.id(name: "kev"), as: FeedDecider.self).state
    }

    private func types(_ house: House) async throws -> [String] {
        try await house.store.read(
            FeedRegistration.id(name: "kev"), after: 0, limit: 100
        ).map(\.type)
    }

    /// Lets the next look be due now.
    private func hurry(_ house: House) async throws {
        try await house.database.query(
            """
            update patchflow.activities set available_at = clock_timestamp()
            where kind = 'look-at-feed' and worker is null
            """)
    }

    /// Waits until a look has been given back with this in its note.
    private func wait(_ house: House, forLook outcome: String, after count: Int) async throws {
        try await house.wait("a look that says '\(outcome)'") {
            let rows = try await house.database.query(
                """
                select tries, coalesce(last_reason, '') from patchflow.activities
                where kind = 'look-at-feed' and worker is null
                """)
            guard let row = rows.first else { return false }
            return try Int(row.decode(Int32.self, at: 0)) > count
                && row.decode(String.self, at: 1).contains(outcome)
        }
    }

    @Test(
        "First it comes, then it is unchanged without an event; what shrank is refused, what grew taken"
    )
    func life() async throws {
        let server = try PublisherServer()
        defer { server.stop() }
        server.serve("/kev.json", catalogue(40), etag: "\"1\"")
        try await withHouse { house in
            _ = try await house.useCases.watchFeed(registration(server), house.order(anton))
            try await wait(house, forLook: "40 records", after: 0)
            #expect(try await feed(house).summary?.records == 40)
            let taken = try await types(house)
            #expect(taken == ["FeedWatched", "FeedSnapshotTaken"])

            try await hurry(house)
            try await wait(house, forLook: "unchanged", after: 1)
            #expect(try await types(house) == taken)
            #expect(server.asked.count == 2)
            #expect(server.asked.last?.headers["if-none-match"] == "\"1\"")

            server.serve("/kev.json", catalogue(10), etag: "\"2\"")
            try await hurry(house)
            try await wait(house, forLook: "rejected", after: 2)
            #expect(try await types(house).last == "FeedRejected")
            #expect(try await feed(house).summary?.records == 40)

            server.serve("/kev.json") { _ in PublisherServer.Answer(500) }
            try await hurry(house)
            try await wait(house, forLook: "refused: the server answered 500", after: 3)
            let failed = try await types(house)
            #expect(failed.last == "FeedFetchFailed")
            try await hurry(house)
            try await wait(house, forLook: "refused", after: 4)
            #expect(try await types(house) == failed)

            server.serve("/kev.json", catalogue(41), etag: "\"3\"")
            try await hurry(house)
            try await wait(house, forLook: "41 records", after: 5)
            #expect(try await types(house).last == "FeedSnapshotTaken")
        }
    }

    @Test("A worker that dies between what came and its event leaves nothing half done")
    func death() async throws {
        let server = try PublisherServer()
        defer { server.stop() }
        // The first one is lost with its worker while it is being sent.
        let slow = catalogue(40)
        server.serve("/kev.json") { asked in
            var answer = PublisherServer.Answer(200, slow, headers: ["etag": "\"1\""])
            (answer.piece, answer.pause) = (slow.count / 20, .milliseconds(100))
            return answer
        }
        try await withHouse { house in
            _ = try await house.useCases.watchFeed(registration(server), house.order(anton))
            try await house.wait("the question") { server.asked.count == 1 }
            // Its lease is gone: the rescuer gives the activity to another.
            try await house.database.query(
                """
                update patchflow.activities set worker = null, fence = null, claimed_at = null
                where kind = 'look-at-feed'
                """)
            server.serve("/kev.json", slow, etag: "\"1\"")
            try await wait(house, forLook: "40 records", after: 1)
            try await Task.sleep(for: .seconds(3))
            #expect(try await types(house) == ["FeedWatched", "FeedSnapshotTaken"])
            #expect(try await feed(house).contents != nil)
        }
    }

    @Test("Who registers it anew or gives it up ends the looks of before")
    func registrations() async throws {
        let server = try PublisherServer()
        defer { server.stop() }
        server.serve("/kev.json", catalogue(40), etag: "\"1\"")
        try await withHouse { house in
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.watchFeed(registration(server), $0)
                } == "not-allowed", "loopback is an administrator's choice")
            _ = try await house.useCases.watchFeed(registration(server), house.order(anton))
            try await wait(house, forLook: "40 records", after: 0)
            _ = try await house.useCases.watchFeed(
                registration(server, team: "other"), house.order(anton))
            try await wait(house, forLook: "40 records", after: 0)
            #expect(
                try await types(house) == [
                    "FeedWatched", "FeedSnapshotTaken", "FeedWatched", "FeedConfirmed",
                ], "who says so again has it looked at anew")
            func looks() async throws -> Int {
                try await house.database.query(
                    "select from patchflow.activities where kind = 'look-at-feed'"
                ).count
            }
            #expect(try await looks() == 1)
            _ = try await house.useCases.giveUpFeed(
                named: "kev", reason: "nobody needs it", house.order(alice))
            try await house.wait("no look to be there") { try await looks() == 0 }
            #expect(try await feed(house).contents != nil)
        }
    }
}
