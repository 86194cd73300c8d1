import APIContract
import CommandLineClient
import Foundation
import Testing

@Suite struct FreezeCommandTests {
    @Test func oneIsCreatedListedAndLifted() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/freezes",
                Receipt(id: "fz_1", state: "standing", version: 1, position: 9))
            let made = await terminal.run(
                "freeze", "create", "Quarter end", "--scope", "site:berlin", "--until",
                "2099-01-01T00:00:00Z", "--reason", "the books are closed")
            #expect(made.status == 0, "\(made.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"name":"Quarter end","reason":"the books are closed","#
                        + #""scope":"site:berlin","to":"2099-01-01T00:00:00Z"}"#
                ])
            try terminal.server.play(
                "GET /api/v1/freezes?limit=500",
                ListPage(
                    data: [
                        FreezeResource(
                            id: "fz_1", name: "Quarter end", scope: "site:berlin",
                            state: "standing", from: "2020-01-01T00:00:00.000000Z",
                            to: "2099-01-01T00:00:00.000000Z", reason: "the books are closed",
                            by: "pe_1", version: 1)
                    ], next: nil, position: 9))
            let listed = await terminal.run("freeze", "list")
            #expect(listed.status == 0, "\(listed.error)")
            #expect(listed.output.contains("holds"), "\(listed.output)")
        }
    }
}
