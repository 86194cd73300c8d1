import APIContract
import CommandLineClient
import Foundation
import Testing

/// Keys and archives by the command line.
@Suite(.timeLimit(.minutes(1))) struct FeedKeyCommandTests {
    private let receipt = Receipt(id: "fe_1", state: "watched", version: 1, position: 5)
    private let watch = [
        "advisory", "watch", "vendor", "--kind", "csaf", "--team", "t", "--url",
        "https://v.example/changes.csv",
    ]

    private func withKey(
        _ text: String, _ body: (String) async throws -> Void
    ) async throws {
        try await withKey(Data(text.utf8), body)
    }

    private func withKey(
        _ data: Data, _ body: (String) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/key-\(UUID().uuidString).asc"
        try data.write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func aKeyIsSentWithWhereItsSignaturesStand() async throws {
        try await withKey("a key") { path in
            try await withPlayedServer { terminal in
                try terminal.server.play("POST /api/v1/feeds", receipt)
                let ran = await terminal.run(
                    watch + [
                        "--signature-suffix", ".asc", "--document-digests", ".sha512", "--key",
                        path,
                        "--fingerprint", "AA", "--origin", "Debian:12*/*",
                    ])
                #expect(ran.status == 0, "\(ran.error)")
                let body = try #require(terminal.server.asked.first?.body)
                let sent = try WireJSON.decode(WatchFeedRequest.self, from: Data(body.utf8))
                #expect(sent.keys == FeedKeysContent(text: "a key", fingerprints: ["AA"]))
                #expect(sent.source?.signatureSuffix == ".asc")
                #expect(sent.source?.digestSuffix == ".sha512")
                #expect(sent.origins == ["Debian:12*/*"])
            }
        }
    }

    @Test func aSecretKeyNeverLeavesThisMachine() async throws {
        try await withKey("-----BEGIN PGP PRIVATE KEY BLOCK-----\n") { path in
            try await withPlayedServer { terminal in
                for words in [
                    watch + ["--signature-suffix", ".asc", "--key", path],
                    ["advisory", "pin-keys", "vendor", "--key", path, "--reason", "r"],
                ] {
                    let ran = await terminal.run(words)
                    #expect(ran.status == 2)
                    #expect(ran.error.contains("secret key"), "\(ran.error)")
                }
                #expect(terminal.server.asked.isEmpty)
            }
        }
    }

    @Test(arguments: [0x95, 0xC5] as [UInt8])
    func norDoesOneThatIsNotInArmour(head: UInt8) async throws {
        try await withKey(Data([head, 0x03, 0xFF, 0x04])) { path in
            try await withPlayedServer { terminal in
                let ran = await terminal.run(
                    "advisory", "pin-keys", "vendor", "--key", path, "--reason", "r")
                #expect(ran.status == 2)
                #expect(ran.error.contains("secret key"), "\(ran.error)")
                #expect(terminal.server.asked.isEmpty)
            }
        }
    }

    @Test func whatDoesNotGoTogetherIsRefusedBeforeAnythingIsSent() async throws {
        try await withPlayedServer { terminal in
            for words in [
                watch + ["--fingerprint", "AA"],
                watch + ["--signature-suffix", ".asc", "--signature-url", "https://v.example/s"],
                ["advisory", "pin-keys", "vendor", "--reason", "r"],
            ] {
                #expect(await terminal.run(words).status == 2, "\(words)")
            }
            #expect(terminal.server.asked.isEmpty)
        }
    }

    @Test func archivesThatNobodyWatchesAreTold() async throws {
        try await withPlayedServer { terminal in
            let watcher = ArchiveOriginResource.Watcher(feed: "debian", team: "ops")
            try terminal.server.play(
                "GET /api/v1/archive-origins",
                ArchiveOrigins(
                    data: [
                        ArchiveOriginResource(
                            origin: "Debian:12.10/stable-security", isSecurityArchive: true,
                            assets: 7, watchers: [watcher]),
                        ArchiveOriginResource(
                            origin: "Docker:/bookworm", isSecurityArchive: false, assets: 2,
                            watchers: []),
                    ], position: 5))
            let all = await terminal.run("advisory", "origins")
            #expect(all.status == 0, "\(all.error)")
            #expect(all.output.contains("ops (debian)"))
            let ran = await terminal.run("advisory", "origins", "--unwatched")
            #expect(ran.output.contains("Docker:/bookworm") && ran.output.contains("nobody"))
            #expect(!ran.output.contains("stable-security"))
            try terminal.server.play(
                "GET /api/v1/feeds?limit=500",
                ListPage(data: [FeedResource](), next: nil, position: 5))
            let feeds = await terminal.run("advisory", "feeds")
            #expect(feeds.error.contains("1 archives"), "\(feeds.error)")
        }
    }

    @Test func whatNobodyCanTellIsShownWithItsReason() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/assets/as_1/undetermined?as_of=2026-03-01",
                UndeterminedResource(
                    asset: "as_1", name: "web1", isTold: true, count: 1,
                    data: [
                        UndeterminedMatchResource(
                            vulnerability: "CVE-2026-1000", ecosystem: "Debian:12",
                            package: "curl", version: "7.88", reasons: ["no version"],
                            advisories: ["DSA-1-1"])
                    ], position: 5))
            let ran = await terminal.run(
                "finding", "undetermined", "as_1", "--as-of", "2026-03-01")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.contains("of 1 vulnerabilities nobody can tell"))
            #expect(ran.output.contains("no version") && ran.output.contains("DSA-1-1"))
        }
    }
}
