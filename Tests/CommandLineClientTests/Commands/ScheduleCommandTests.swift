import APIContract
import CommandLineClient
import Foundation
import Testing

@Suite struct ScheduleCommandTests {
    @Test func oneIsCreatedAndListed() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/schedules",
                Receipt(id: "sd_1", state: "active", version: 1, position: 9))
            let made = await terminal.run(
                "schedule", "create", "--like", "monthly-desktops", "--time-zone",
                "Europe/Berlin", "--reason", "the board")
            #expect(made.status == 0, "\(made.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"like":"monthly-desktops","reason":"the board","#
                        + #""time_zone":"Europe/Berlin"}"#
                ])
            try terminal.server.play(
                "GET /api/v1/schedules?limit=500",
                ListPage(
                    data: [
                        ScheduleResource(
                            id: "sd_1", name: "Desktops, monthly", state: "active",
                            start: "2026-01-14T12:00", timeZone: "Europe/Berlin",
                            rule: "FREQ=MONTHLY;BYDAY=2WE", riskClasses: ["nonCritical"],
                            target: ScheduleTargetResource(group: "desktops"),
                            nextAt: "2026-02-11T11:00:00.000000Z",
                            lastTick: TickResource(
                                dueAt: "2026-01-14T11:00:00.000000Z", missed: 1,
                                state: "nothingToDo", planned: [], left: [], unlisted: 0),
                            ticks: 1, reason: "the board", by: "pe_1",
                            createdAt: "2026-01-01T00:00:00.000000Z", version: 3)
                    ], next: nil, position: 9))
            let listed = await terminal.run("schedule", "list")
            #expect(listed.status == 0, "\(listed.error)")
            #expect(listed.output.contains("nothing to do, left 0, 1 missed before it"))
        }
    }

    @Test func aPreviewShowsLocalTimeAndUTC() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/schedules/sd_1/ticks?limit=10",
                TickPreviewResource(
                    timeZone: "Europe/Berlin",
                    ticks: [
                        PreviewedTickResource(
                            local: "2026-03-31T02:00", at: "2026-03-31T00:00:00.000000Z")
                    ]))
            let shown = await terminal.run("schedule", "preview", "sd_1")
            #expect(shown.status == 0, "\(shown.error)")
            #expect(shown.output.contains("2026-03-31T02:00"), "\(shown.output)")
            #expect(shown.output.contains("Europe/Berlin"))
        }
    }
}
