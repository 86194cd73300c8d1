import APIContract
import CommandLineClient
import JSON
import Testing

/// Erasing somebody by the command line: two steps, the second asked about, and what stays is said.
@Suite(.timeLimit(.minutes(1))) struct RedactCommandTests {
    private let words = ["redact", "alice", "--reason", "by letter"]
    private let receipt = Receipt(id: "pe_1", state: "erased", version: 4, position: 9)

    private func erased(clearTexts: Int64) -> EventResource {
        EventResource(
            position: 9, stream: "pe_1", version: 4, id: "e", type: "SubjectErased",
            schemaVersion: 1, occurredAt: "", recordedAt: "",
            actor: ActorResource(id: "pe_2", role: "riskOwner"), commandId: "c",
            correlationId: "c", data: .object(["clear_texts": .integer(clearTexts)]))
    }

    @Test func theFirstStepSaysThatNothingIsErasedYet() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("POST /api/v1/erasures", receipt)
            let ran = await runCommandLine(words + ["--server", terminal.address])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.error.hasPrefix("nothing is erased yet: another administrator"))
            // The name is in no path.
            #expect(terminal.server.asked.map(\.line) == ["POST /api/v1/erasures"])
            #expect(
                terminal.server.asked.map(\.body)
                    == [#"{"person":"alice","reason":"by letter"}"#])
        }
    }

    @Test(arguments: [Int64(0), 2])
    func theSecondIsAskedAboutAndSaysWhatStays(clearTexts: Int64) async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play("POST /api/v1/erasures:confirm", receipt)
            try terminal.server.play("GET /api/v1/events/9", erased(clearTexts: clearTexts))
            let confirming = words + ["--confirm", "--server", terminal.address]
            let unasked = await runCommandLine(confirming)
            #expect(unasked.status == 2)
            let denied = await runCommandLine(confirming, typed: ["n"])
            #expect(denied.status == 3)
            #expect(terminal.server.asked.isEmpty)
            let ran = await runCommandLine(confirming + ["--yes"])
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == "pe_1 erased (version 4, position 9)\n")
            #expect(ran.error.contains("2 older texts about the person") == (clearTexts == 2))
        }
    }
}
