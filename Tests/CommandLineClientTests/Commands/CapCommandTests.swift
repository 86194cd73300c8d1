import APIContract
import CommandLineClient
import Foundation
import Testing

@Suite struct CapCommandTests {
    private static let berlin = CapResource(
        id: "cp_1", scope: "site:berlin", state: "set", limit: 3, reason: "the line is slow",
        by: "pe_1", changedAt: "2026-01-01T00:00:00.000000Z", version: 1)

    @Test func oneIsSetListedShownAndCleared() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/caps", Receipt(id: "cp_1", state: "set", version: 1, position: 9))
            let set = await terminal.run(
                "cap", "set", "site:berlin", "3", "--reason", "the line is slow")
            #expect(set.status == 0, "\(set.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"limit":3,"reason":"the line is slow","scope":"site:berlin"}"#
                ])
            try terminal.server.play(
                "GET /api/v1/caps?limit=500&state=set",
                ListPage(data: [Self.berlin], next: nil, position: 9))
            let listed = await terminal.run("cap", "list")
            #expect(listed.status == 0, "\(listed.error)")
            #expect(listed.output.contains("site:berlin"), "\(listed.output)")
        }
    }
}
