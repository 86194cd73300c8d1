import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Testing

/// From a grant to the findings in its scope, and from a control's lapse back, on a real database.
@Suite("Exceptions reach findings, and end with their controls", .timeLimit(.minutes(3)))
struct ExceptionWorkflowTests {
    private let production = TargetSelector(environments: [.production])

    private func request(
        _ kind: ExceptionKind, _ scope: ExceptionScope, _ house: House, days: Int = 60,
        control: StreamID? = nil
    ) -> ExceptionRequest {
        ExceptionRequest(
            kind: kind, scope: scope, until: house.clock.now + .seconds(days * 86_400),
            reason: "the vendor is slow", control: control)
    }

    private func wait(
        _ phase: FindingPhase, _ name: String, on host: String, _ house: House
    ) async throws {
        try await house.wait("\(name) on \(host) to be \(phase.rawValue)") {
            try await house.finding(name, on: host).phase == phase
        }
    }

    @Test("Granted, accepted; the control lapses, the exception ends, the finding is open anew")
    func life() async throws {
        try await withHouse { house in
            try await house.exposed()
            let control = try await house.verifiedControl()
            let exception = try await house.granted(
                request(
                    .compensatingControl, ExceptionScope(group: production), house,
                    control: control), restart: .restarts)
            for host in ["web-1", "web-4"] {
                try await wait(.accepted, "CVE-2026-1", on: host, house)
            }
            #expect(try await house.finding("CVE-2026-1", on: "web-1").clockRuns == false)
            #expect(try await house.finding("CVE-2026-1", on: "lab-1").phase == .open)
            try await house.wait("the control to count") {
                try await house.finding("CVE-2026-1", on: "web-1").classification?.mitigatedBy
                    == control
            }

            // What comes into the scope later is under it as well.
            _ = try await house.take([
                House.advisory("CVE-2026-1", fixed: TestHosts.new),
                House.advisory("CVE-2026-2", fixed: TestHosts.new),
            ])
            try await wait(.accepted, "CVE-2026-2", on: "web-2", house)
            try await wait(.open, "CVE-2026-2", on: "lab-1", house)

            // Its verification ends by itself, in a second.
            let before = house.clock.now
            try await house.verify(control, until: before + .seconds(1))
            try await house.wait("the exception to end") {
                try await house.exception(exception).phase == .expired
            }
            for (name, host) in [("CVE-2026-1", "web-1"), ("CVE-2026-2", "web-2")] {
                try await wait(.open, name, on: host, house)
                try await house.wait("the class without the control") {
                    try await house.finding(name, on: host).classification?.mitigatedBy == nil
                }
                let finding = try await house.finding(name, on: host)
                // domain.md §5.7: declared with the grant, the time of the class begins anew.
                let clock = try #require(finding.clock)
                #expect(clock.start > before)
                #expect(finding.clockRuns)
                let seconds = try #require(finding.classification?.slaSeconds)
                #expect(try #require(finding.deadline) <= house.clock.now + .seconds(seconds))
                #expect(try #require(finding.deadline) > before + .seconds(seconds - 60))
            }
            try await house.expectNothingRepeated(by: "exceptions")
        }
    }

    @Test("A deferral gives time to what it names, and its revocation takes that back")
    func deferral() async throws {
        try await withHouse { house in
            try await house.exposed()
            let id = try House.finding("CVE-2026-1", on: "web-1")
            let old = try #require(try await house.finding("CVE-2026-1", on: "web-1").deadline)
            let wanted = request(.defer, ExceptionScope(findings: [id]), house, days: 200)
            let exception = try await house.granted(wanted)
            try await house.wait("the new deadline") {
                try await house.finding("CVE-2026-1", on: "web-1").deadline == wanted.until
            }
            #expect(try await house.finding("CVE-2026-1", on: "web-2").deadline != wanted.until)
            _ = try await house.useCases.revokeException(
                exception.text, reason: "it is exploited", house.order(rolf))
            try await house.wait("the old deadline") {
                try await house.finding("CVE-2026-1", on: "web-1").deadline == old
            }
        }
    }

    @Test("Of two exceptions for one finding the one that ends last counts, then the other")
    func overlap() async throws {
        try await withHouse { house in
            try await house.exposed()
            let asset = ExceptionScope(assets: [House.asset("web-1")])
            let short = try await house.granted(request(.acceptRisk, asset, house, days: 10))
            let long = try await house.granted(
                request(.acceptRisk, ExceptionScope(group: production), house, days: 100))
            try await house.wait("the long one to count") {
                try await house.finding("CVE-2026-1", on: "web-1").treatment?.by == long
            }
            _ = try await house.useCases.revokeException(
                long.text, reason: "not for all", house.order(rolf))
            try await wait(.open, "CVE-2026-1", on: "web-2", house)
            try await house.wait("the short one to count") {
                let finding = try await house.finding("CVE-2026-1", on: "web-1")
                return finding.phase == .accepted && finding.treatment?.by == short
            }
        }
    }

    @Test("What a patch would mend is excepted where the patch was assessed for the asset")
    func patch() async throws {
        try await withHouse { house in
            let patch = try await house.identified()
            _ = try await house.useCases.assess(
                patch.text,
                AssessmentByHand(
                    riskClass: .important, assets: [House.asset("web-1").text], effortMinutes: 30,
                    checks: House.assessment.checks), house.order(alice))
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-1", fixed: TestHosts.new)])
            _ = try await house.granted(
                request(.acceptRisk, ExceptionScope(patches: [patch]), house))
            try await wait(.accepted, "CVE-2026-1", on: "web-1", house)
            try await wait(.open, "CVE-2026-1", on: "web-2", house)
        }
    }
}
