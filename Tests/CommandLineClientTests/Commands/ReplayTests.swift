import APIContract
import CommandLineClient
import JSON
import Testing

/// A stream step by step: each event, and what it changed.
@Suite(.timeLimit(.minutes(1))) struct ReplayTests {
    private func event(
        _ position: Int64, _ type: String, of stream: String = "pa_1"
    ) -> EventResource {
        EventResource(
            position: position, stream: stream, version: Int(position), id: "e\(position)",
            type: type, schemaVersion: 1, occurredAt: "2026-03-01T10:00:00Z",
            recordedAt: "2026-03-01T10:00:00Z", actor: ActorResource(id: "pe_1", role: "analyst"),
            commandId: "c", correlationId: "c", data: .object(["note": .string("n")]))
    }

    private func play(on server: PlayedServer) throws {
        let events = [event(4, "PatchIdentified"), event(9, "PatchAssessed")]
        try server.play(
            "GET /api/v1/events?limit=500&stream=pa_1",
            ListPage(data: events, next: nil, position: 9))
        try server.play("GET /api/v1/events/9", events[1])
        try server.refuse(
            "GET /api/v1/patches/pa_1?as_of=3",
            Problem(.notFound, "no"))
        let states = [4: "identified", 8: "identified", 9: "assessed"]
        for (position, state) in states {
            try server.play(
                "GET /api/v1/patches/pa_1?as_of=\(position)", ["id": "pa_1", "state": state])
        }
    }

    private let steps = [
        """
        1 of 2  PatchIdentified  2026-03-01 10:00:00Z  position 4  pe_1 analyst
          + : {"id":"pa_1","state":"identified"}

        """,
        """
        2 of 2  PatchAssessed  2026-03-01 10:00:00Z  position 9  pe_1 analyst
            state: identified → assessed

        """,
    ]

    @Test func pipedItShowsAllStepsInEitherOrder() async throws {
        try await withPlayedServer { terminal in
            try play(on: terminal.server)
            let ran = await terminal.run("replay", "pa_1")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == steps.joined())
            #expect(
                await terminal.run("replay", "pa_1", "--backwards").output
                    == steps.reversed().joined())
            let lines = await terminal.run("replay", "pa_1", "-o", "jsonl").output
                .split(separator: "\n")
            #expect(lines.count == 2)
            #expect(
                lines[1].contains(
                    #""changes":[{"after":"assessed","before":"identified","path":"state"}]"#))
        }
    }

    @Test(arguments: [
        ("fe_1", "feeds"), ("fi_1", "findings"), ("ex_1", "exceptions"), ("ct_1", "controls"),
        ("ba_1", "baselines"), ("em_1", "emergencies"), ("sa_1", "standing-approvals"),
        ("di_1", "disasters"),
    ])
    func whatAResourceShowsIsShownStepByStep(stream: String, resource: String) async throws {
        try await withPlayedServer { terminal in
            let server = terminal.server
            try server.play(
                "GET /api/v1/events?limit=500&stream=\(stream)",
                ListPage(data: [event(4, "Something", of: stream)], next: nil, position: 4))
            try server.refuse(
                "GET /api/v1/\(resource)/\(stream)?as_of=3", Problem(.notFound, "no"))
            try server.play(
                "GET /api/v1/\(resource)/\(stream)?as_of=4", ["id": stream, "state": "new"])
            let ran = await terminal.run("replay", stream)
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.contains(#"{"id":"\#(stream)","state":"new"}"#))
        }
    }

    @Test func atATerminalItGoesOnAndBackAsAsked() async throws {
        try await withPlayedServer { terminal in
            try play(on: terminal.server)
            let ran = await terminal.run(
                "replay", "pa_1", typed: ["", "b", "x", "2", "q"], isSeen: true)
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output == steps[0] + steps[1] + steps[0] + steps[1])
            #expect(ran.error.contains("'x' is none of these"))
        }
    }

    @Test func anEventIsShownWithWhatItChanged() async throws {
        try await withPlayedServer { terminal in
            try play(on: terminal.server)
            let text = await terminal.run("event", "show", "9")
            #expect(text.output.hasSuffix("changes\n    state: identified → assessed\n"))
            let json = await terminal.run("event", "show", "9", "-o", "jsonl")
            #expect(json.output.contains(#""changes":[{"after":"assessed""#))
            #expect(json.output.contains(#""type":"PatchAssessed""#))
        }
    }

    @Test func aStreamWithoutEventsIsRefused() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/events?limit=500&stream=pa_2",
                ListPage<EventResource>(data: [], next: nil, position: 9))
            let ran = await terminal.run("replay", "pa_2")
            #expect(ran.status == 2)
            #expect(ran.error.contains("the log has no stream 'pa_2'"))
        }
    }
}
