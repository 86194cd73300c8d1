import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

@Suite("The views of exceptions, controls and baselines show what their deciders say")
struct ExceptionFoldTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private let anna = Actor(id: "pe_anna", role: Role.analyst.rawValue)
    private let rolf = Actor(id: "pe_rolf", role: Role.riskOwner.rawValue)
    private let timer = Actor(id: "timer", role: Role.timer.rawValue)

    private func id(_ prefix: String, _ number: UInt8) -> StreamID {
        StreamID(
            prefix: prefix,
            UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }

    private func days(_ days: Int) -> Timestamp { start + .seconds(days * 86_400) }

    @Test("An exception of whose end somebody was reminded is forgotten until somebody ends it")
    func exception() throws {
        var shown = Shown<ExceptionDecider>(id("ex", 1))
        let request = ExceptionRequest(
            kind: .acceptRisk,
            scope: ExceptionScope(
                findings: [id("fi", 2)],
                group: TargetSelector(environments: [.lab], groups: ["web"])),
            until: days(90), reason: "slow")
        func tell(
            _ shown: inout Shown<ExceptionDecider>, _ command: ExceptionCommand, _ actor: Actor,
            _ day: Int
        ) throws -> ExceptionResource {
            let resource = try shown.tell(
                command, by: actor, at: days(day), as: ExceptionResource.self)
            #expect(resource.state == shown.state.phase?.rawValue)
            #expect(resource.until == shown.state.until?.description)
            return resource
        }
        let requested = try tell(
            &shown,
            .request(request, exception: shown.stream, policy: ExceptionPolicy()), anna, 0)
        #expect(requested.requestedBy == "pe_anna")
        #expect(requested.digest == request.digest.description)
        #expect(requested.scope.group?.groups == ["web"])
        let granted = try tell(
            &shown,
            .grant(
                request: request.digest, until: days(60), restart: .restarts, control: nil,
                reason: "worth it"), rolf, 1)
        #expect(granted.decision?.by == "pe_rolf" && granted.decision?.restart == "restarts")
        #expect(!granted.isForgotten && granted.reminders == 0)
        let reminded = try tell(&shown, .timer(.reminder), timer, 31)
        #expect(reminded.isForgotten && reminded.reminders == 1)
        let again = try tell(&shown, .timer(.reminder), timer, 54)
        #expect(again.reminders == 2)
        var expiring = shown
        let expired = try tell(&expiring, .timer(.end), timer, 60)
        #expect(expired.isForgotten && expired.end?.cause == "timeOver")
        let revoked = try tell(&shown, .revoke(reason: "patched"), rolf, 55)
        #expect(!revoked.isForgotten)
        #expect(revoked.end?.by == "pe_rolf" && revoked.end?.reason == "patched")
    }

    @Test("A control shows its verification, and why it lapsed until it is verified again")
    func control() throws {
        let registration = ControlRegistration(
            name: "edge", kind: .firewall, description: "d", assets: [id("as", 1)])
        var shown = Shown<ControlDecider>(registration.control)
        func tell(_ command: ControlCommand, _ day: Int) throws -> ControlResource {
            let resource = try shown.tell(
                command, by: anna, at: days(day), as: ControlResource.self)
            #expect(resource.state == shown.state.phase?.rawValue)
            return resource
        }
        func verify(_ day: Int) -> ControlCommand {
            .verify(
                evidence: Digest(of: "\(day)"), method: "scan", gathered: days(day),
                until: days(day + 30))
        }
        let registered = try tell(.register(registration, control: registration.control), 0)
        #expect(registered.verification == nil && registered.lapse == nil)
        #expect(try tell(verify(1), 1).verification?.until == days(31).description)
        let lapsed = try tell(.timer(.lapse), 31)
        #expect(lapsed.lapse?.cause == "verificationEnded")
        #expect(lapsed.verification?.until == days(31).description)
        #expect(try tell(verify(40), 40).lapse == nil)
        let changed = ControlRegistration(
            name: "edge", kind: .firewall, description: "another", assets: [id("as", 1)])
        let described = try tell(.register(changed, control: registration.control), 41)
        #expect(described.lapse?.cause == "changed" && described.description == "another")
    }

    @Test("A baseline shows what was set last")
    func baseline() throws {
        func baseline(_ version: String) throws -> Baseline {
            try CanonicalJSON.decode(
                Baseline.self,
                from: Array(
                    """
                    {"kind":"web","scheme":"debian","standards":\
                    [{"name":"curl","version":"\(version)","is_required":true}]}
                    """.utf8))
        }
        var shown = Shown<BaselineDecider>(try baseline("1").id)
        for version in ["1", "2"] {
            let resource = try shown.tell(
                .set(try baseline(version)), by: anna, at: start, as: BaselineResource.self)
            #expect(resource.standards.map(\.version) == [version])
            #expect(resource.standards.first?.isRequired == true)
            #expect(resource.setBy == "pe_anna")
        }
    }
}
