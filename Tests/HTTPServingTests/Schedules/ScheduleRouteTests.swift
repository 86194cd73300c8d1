import APIContract
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// Schedules over HTTP: who may, what is refused, and what is shown of them.
@Suite(.timeLimit(.minutes(1))) struct ScheduleRouteTests {
    private static let body = #"""
        {"like":"twice-weekly","time_zone":"Europe/Berlin","target":{"site":"berlin"},
        "reason":"the board"}
        """#

    @Test func oneIsMadePreviewedSuspendedAndResumed() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let rita = try await log.token("rita", "releaseManager", by: administrator).secret
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            #expect(try await log.post("/api/v1/schedules", Self.body, as: anna).status == 403)
            let made: Receipt = try await log.post("/api/v1/schedules", Self.body, as: rita)
                .decode()
            #expect(made.id.hasPrefix("sd_") && made.state == "active")
            let path = "/api/v1/schedules/\(made.id)"
            let shown: ScheduleResource = try await log.get(
                "\(path)?min_position=\(made.position)", as: anna
            ).decode()
            #expect(
                shown.timeZone == "Europe/Berlin" && shown.riskClasses == ["urgent", "important"])
            #expect(shown.target.site == "berlin" && shown.target.environment == "production")
            #expect(shown.nextAt != nil && shown.lastTick == nil && shown.ticks == 0)
            let preview: TickPreviewResource = try await log.get("\(path)/ticks", as: anna)
                .decode()
            #expect(preview.ticks.count == 10)
            #expect(preview.ticks.first?.at == shown.nextAt)
            #expect(preview.ticks.allSatisfy { $0.local.hasSuffix("T02:00") })

            let reason = #"{"reason":"a holiday"}"#
            #expect(try await log.post("\(path):suspend", reason, as: anna).status == 403)
            let stopped: Receipt = try await log.post("\(path):suspend", reason, as: rita)
                .decode()
            #expect(stopped.state == "suspended")
            let list: ListPage<ScheduleResource> = try await log.get(
                "/api/v1/schedules?state=suspended&min_position=\(stopped.position)", as: anna
            ).decode()
            #expect(list.data.first?.suspended?.reason == "a holiday")
            let back: Receipt = try await log.post("\(path):resume", reason, as: rita).decode()
            #expect(back.state == "active")
        }
    }

    @Test func whatCannotBeIsRefusedByItsField() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let rita = try await log.token("rita", "releaseManager", by: administrator).secret
            let before = try await log.useCases.store.head()
            for (body, field) in [
                (#"{"like":"hourly","reason":"r"}"#, "like"), (#"{"reason":"r"}"#, "name"),
                (#"{"like":"twice-weekly","risk_classes":["high"],"reason":"r"}"#, "risk_classes"),
                (
                    #"{"like":"twice-weekly","target":{"environment":"moon"},"reason":"r"}"#,
                    "target.environment"
                ),
            ] {
                let reply = try await log.post("/api/v1/schedules", body, as: rita)
                #expect(reply.status == 422, "\(body): \(reply.text)")
                #expect(try reply.problem.errors.map(\.field) == [field], "\(reply.text)")
            }
            for body in [
                #"{"like":"twice-weekly","rule":"FREQ=HOURLY","reason":"r"}"#,
                #"{"like":"twice-weekly","time_zone":"CET","reason":"r"}"#,
                #"{"like":"twice-weekly","reason":" "}"#,
            ] {
                let reply = try await log.post("/api/v1/schedules", body, as: rita)
                #expect(reply.status == 422, "\(body): \(reply.text)")
            }
            let preview = try await log.get(
                "/api/v1/schedule-ticks?like=twice-weekly&rule=FREQ%3DHOURLY", as: rita)
            #expect(preview.status == 422)
            let unknown = "/api/v1/schedules/sd_00000000-0000-7000-8000-000000000001"
            #expect(try await log.get(unknown, as: rita).status == 404)
            #expect(try await log.get("\(unknown)/ticks", as: rita).status == 404)
            #expect(try await log.useCases.store.head() == before)
            let defaults: DefaultSchedulesResource = try await log.get(
                "/api/v1/schedule-defaults", as: rita
            ).decode()
            #expect(defaults.data.map(\.like).contains("monthly-desktops"))
        }
    }
}
