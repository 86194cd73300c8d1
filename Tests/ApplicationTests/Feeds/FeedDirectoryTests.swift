import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Support
import Testing

/// A provider of CSAF documents: a folder with a list of them.
@Suite("Directories of CSAF documents are fetched by their lists", .timeLimit(.minutes(2)))
struct FeedDirectoryTests {
    private func document(_ id: String, _ day: Int) -> [UInt8] {
        Array(
            """
            {"document":{"category":"csaf_security_advisory","csaf_version":"2.0","title":"\(id)",\
            "publisher":{"category":"vendor","name":"V","namespace":"https://v.example"},\
            "tracking":{"id":"\(id)","status":"final","version":"1",\
            "initial_release_date":"2026-01-01T00:00:00Z",\
            "current_release_date":"2026-01-0\(day)T00:00:00Z",\
            "revision_history":[{"number":"1","date":"2026-01-01T00:00:00Z","summary":"s"}]}}}
            """.utf8)
    }

    private func list(_ server: PublisherServer, _ days: [String: Int], etag: String) {
        let lines = days.sorted { $0.key > $1.key }.map {
            "\"2026/\($0.key).json\",\"2026-01-0\($0.value)T00:00:00Z\"\n"
        }
        for (id, day) in days {
            let body = document(id, day)
            server.serve("/csaf/2026/\(id).json") { _ in PublisherServer.Answer(200, body) }
        }
        server.serve("/csaf/changes.csv", Array(lines.joined().utf8), etag: etag)
    }

    @Test("All at first, then what is new or has changed; a document that isn't there is left out")
    func life() async throws {
        let server = try PublisherServer()
        defer { server.stop() }
        list(server, ["a": 1, "b": 1, "c": 1], etag: "\"1\"")
        try await withHouse { house in
            let registration = FeedRegistration(
                name: "vendor", kind: .csaf, team: "t",
                source: FeedSource(
                    url: server.root + "/csaf/changes.csv", everySeconds: 300, reach: .loopback))
            _ = try await house.useCases.watchFeed(registration, house.order(anton))
            func state() async throws -> Feed {
                try await house.bus.state(of: registration.feed, as: FeedDecider.self).state
            }
            try await house.wait("three documents") { try await state().summary?.records == 3 }
            #expect(server.asked.count == 4)

            list(server, ["a": 1, "b": 2, "c": 1, "d": 2, "e": 2], etag: "\"2\"")
            server.serve("/csaf/2026/e.json") { _ in PublisherServer.Answer(404) }
            try await house.database.query(
                "update patchflow.activities set available_at = clock_timestamp()")
            try await house.wait("four documents") { try await state().summary?.records == 4 }
            #expect(
                server.asked.dropFirst(4).map(\.target).sorted() == [
                    "/csaf/2026/b.json", "/csaf/2026/d.json", "/csaf/2026/e.json",
                    "/csaf/changes.csv",
                ])
            #expect(try await state().validators?.etag == nil, "it has to see the list again")
        }
    }
}
