import APIContract
import CommandLineClient
import Testing

/// Assets by the command line.
@Suite(.timeLimit(.minutes(1))) struct AssetCommandTests {
    private let result = ImportAssetsResult(
        data: [ImportedAsset(id: "as_1", name: "web1", outcome: "registered")], position: 5)

    @Test func anInventoryIsReadFromStandardInput() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("POST /api/v1/assets:import", result)
            let ran = await runCommandLine(
                ["asset", "import", "-", "--server", terminal.address],
                piped: ["[lab]", "web1 owner='a b'"])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                ran.output == """
                    NAME  ASSET  OUTCOME
                    web1  as_1   registered

                    """)
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"format":"ini","text":"[lab]\nweb1 owner='a b'\n"}"#
                ])
        }
    }

    @Test func everyFilterIsAskedForAndIdsAreEscaped() async throws {
        try await withPlayedServer { terminal in
            let empty = ListPage<AssetResource>(data: [], next: nil, position: 5)
            let line = "GET /api/v1/assets?as_of=3&environment=lab&limit=2&site=a%20b"
            try terminal.server.play(line, empty)
            let ran = await terminal.run(
                "asset", "list", "--environment", "lab", "--site", "a b", "--limit", "2",
                "--as-of", "3")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.isEmpty)
            #expect(ran.error == "none\nas of position 5\n")
            // By its name or by its id.
            for (asset, line) in [
                ("../me:x", "GET /api/v1/assets?limit=500&name=..%2Fme%3Ax"),
                ("as_../me:x", "GET /api/v1/assets/as_..%2Fme%3Ax"),
            ] {
                let odd = await terminal.run("asset", "show", asset)
                #expect(odd.status == 1)
                #expect(terminal.server.asked.last?.line == line)
            }
        }
    }

    @Test func aScanAsksForBothKindsOrTheNamedOne() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/assets:scan", ScanAssetsResult(requested: 2, position: 5))
            _ = await terminal.run("asset", "scan", "--all")
            _ = await terminal.run("asset", "scan", "as_1", "--updates")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"what":["inventory","updates"]}"#,
                    #"{"assets":["as_1"],"what":["updates"]}"#,
                ])
        }
    }
}
