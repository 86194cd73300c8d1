import APIContract
import CommandLineClient
import Foundation
import Fuzzing
import Testing

/// Feeds by the command line.
@Suite(.timeLimit(.minutes(1))) struct AdvisoryCommandTests {
    private let receipt = Receipt(id: "fe_1", state: "watched", version: 1, position: 5)

    @Test func aSourceIsSentWithItsScheduleAndDigest() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("POST /api/v1/feeds", receipt)
            let ran = await terminal.run(
                "advisory", "watch", "debian", "--kind", "osv", "--team", "t", "--url",
                "https://a.example/all.zip", "--every", "12h", "--sha256")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"kind":"osv","name":"debian","source":{"digest_url":"#
                        + #""https://a.example/all.zip.sha256","every_seconds":43200,"#
                        + #""url":"https://a.example/all.zip"},"team":"t","track":"os"}"#
                ])
            let lone = await terminal.run(
                "advisory", "watch", "debian", "--kind", "osv", "--team", "t", "--every", "12h")
            #expect(lone.status == 2)
            #expect(lone.error.contains("--url"))
        }
    }

    @Test func silentFeedsShowSinceWhenAlsoWhereNoWorkerSaysSo() async throws {
        try await withPlayedServer { terminal in
            var old = FeedResource(
                id: "fe_1", name: "old", kind: "osv", track: "os", team: "t",
                silentAfterSeconds: 3600, state: "current", takenAt: "2026-01-01T00:00:00.000000Z",
                confirmedAt: "2026-01-01T00:00:00.000000Z", rejection: "it shrank",
                rejectedAt: "2026-01-03T00:00:00.000000Z", version: 1)
            old.lookedAt = "2026-01-02T00:00:00.000000Z"
            let failing = FeedResource(
                id: "fe_2", name: "failing", kind: "kev", track: "os", team: "t",
                silentAfterSeconds: 3600, state: "failing",
                confirmedAt: "2026-01-01T00:00:00.000000Z", failure: "timed-out: no answer",
                failingSince: "2026-01-01T05:00:00.000000Z",
                silentSince: "2026-01-01T05:00:00.000000Z", version: 1)
            let left = FeedResource(
                id: "fe_3", name: "left", kind: "kev", track: "os", team: "t",
                silentAfterSeconds: 3600, state: "unwatched", givenUpBecause: "sold", version: 1)
            try terminal.server.play(
                "GET /api/v1/feeds?limit=500",
                ListPage(data: [old, failing, left], next: nil, position: 5))
            let ran = await terminal.run("advisory", "feeds")
            #expect(ran.status == 0, "\(ran.error)")
            let lines = ran.output.split(separator: "\n").map(String.init)
            try #require(lines.count == 4)
            #expect(lines[1].contains("current, silent"), "\(lines[1])")
            #expect(lines[1].contains("2026-01-02"))
            #expect(
                !lines[1].contains("2026-01-03"), "what a person sent in vain is no word of it")
            #expect(lines[2].contains("timed-out: no answer"))
            #expect(lines[3].contains("nobody") && lines[3].contains("unwatched"))
        }
    }

    @Test func archivesAreUnpackedAndBadOnesRefusedBeforeAnythingIsSent() async throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-\(UUID().uuidString).zip")
        defer { try? FileManager.default.removeItem(at: path) }
        try await withPlayedServer { terminal in
            let archive = SampleArchive([.init("a.json", "1"), .init("../b.json", "2")])
            try Data(archive.bytes).write(to: path)
            let refused = await terminal.run("advisory", "import", "debian", path.path)
            #expect(refused.status == 2)
            #expect(refused.error.contains("leads outside"), "\(refused.error)")
            #expect(terminal.server.asked.isEmpty)

            try Data(SampleArchive([.init("a.json", "1"), .init("b.json", "2")]).bytes)
                .write(to: path)
            try terminal.server.play(
                "POST /api/v1/feeds/debian/documents",
                KeptFeedDocuments(data: [
                    KeptFeedDocumentResource(name: "a.json", digest: "1", records: 1, refusals: []),
                    KeptFeedDocumentResource(name: "b.json", digest: "2", records: 1, refusals: []),
                ]))
            try terminal.server.play(
                "POST /api/v1/feeds/debian:take",
                FeedTakenResource(
                    feed: "fe_1", outcome: "taken", records: 2, refused: 0, refusals: [],
                    position: 9))
            let ran = await terminal.run("advisory", "import", "debian", path.path)
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.first?.body
                    == #"{"documents":[{"name":"a.json","text":"1"},{"name":"b.json","text":"2"}]}"#
            )
        }
    }

    @Test func advisoriesAreListedByPackageAndShownWithTheirDocument() async throws {
        try await withPlayedServer { terminal in
            let advisory = AdvisoryResource(
                id: "DSA-1-1", feed: "debian", format: "osv",
                ids: (1...4).map { "CVE-2026-100\($0)" }, summary: "a flaw", severity: "high",
                packages: ["curl"], published: nil, modified: "2026-01-02T00:00:00.000000Z",
                withdrawn: nil)
            try terminal.server.play(
                "GET /api/v1/advisories?limit=500&package=curl",
                ListPage(data: [advisory], next: nil, position: 5))
            let listed = await terminal.run("advisory", "list", "--package", "curl")
            #expect(listed.status == 0, "\(listed.error)")
            #expect(listed.output.contains("CVE-2026-1003 and 1 more"), "\(listed.output)")
            try terminal.server.play(
                "GET /api/v1/advisories/DSA-1-1",
                StatedAdvisories(data: [
                    StatedAdvisoryResource(
                        advisory: advisory, publisher: nil, isDisputed: false, related: [],
                        severities: ["high"],
                        affected: [
                            .init(
                                within: "Debian:12", name: "curl", fixed: ["2"], vulnerability: nil)
                        ], references: [], skipped: [], document: "a.json", digest: "00ff")
                ]))
            let shown = await terminal.run("advisory", "show", "DSA-1-1")
            #expect(shown.status == 0, "\(shown.error)")
            #expect(shown.output.contains("00ff") && shown.output.contains("Debian:12"))
        }
    }
}
