import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@Suite("Emergencies reach their patch, and end there", .timeLimit(.minutes(3)))
struct EmergencyWorkflowTests {
    private let carl = person(21, .incidentCommander)
    private let sara = person(22, .securityTester)

    private func declared(_ house: House, _ patch: StreamID) async throws -> StreamID {
        let terms = EmergencyTerms(
            patch: patch, selector: TargetSelector(environments: [.production]), team: "web",
            reason: "it is attacked", freezeOverride: "it can't wait")
        let emergency = try await house.useCases.declareEmergency(terms, house.order(carl)).id
        #expect(
            try await house.code(house.order(carl)) {
                try await house.useCases.confirmEmergency(
                    emergency.text, digest: terms.digest.description, reason: "seen", $0)
            } == "proposer-may-not-confirm")
        let confirm = house.order(sara)
        for _ in 1...2 {
            let written = try await house.useCases.confirmEmergency(
                emergency.text, digest: terms.digest.description, reason: "seen", confirm)
            #expect(written.state == "declared")
        }
        return emergency
    }

    @Test("I14: two declare, a third approves; one approval is enough, and it ends with them")
    func life() async throws {
        try await withHouse { house in
            try await house.publish(#"{"patch":{"approvers":{"important":3}}}"#, "account")
            let patch = try await house.signedOff()
            let emergency = try await declared(house, patch)
            try await house.wait("the patch to know of it") {
                try await house.patch(patch).emergency?.emergency == emergency
            }
            #expect(try await house.patch(patch).emergency?.freezeOverride == "it can't wait")
            _ = try await house.useCases.submit(
                patch.text, House.production, expiresInSeconds: nil, house.order(rita))
            let approval = try await house.patch(patch).approval
            #expect(approval?.needed == 1 && approval?.emergency == emergency)
            let until = try await house.patch(patch).emergency?.until
            #expect(approval.map { $0.expires <= until ?? $0.expires } == true)
            let digest = try await house.binding(of: patch)
            let declarer = Caller(person: carl.person, roles: [.approver])
            #expect(
                try await house.code(house.order(declarer)) {
                    try await house.useCases.approve(
                        patch.text, digest: digest, reason: "read", $0)
                } == "declarer-may-not-approve")
            _ = try await house.useCases.approve(
                patch.text, digest: digest, reason: "read", house.order(peter))
            let planned = try await house.useCases.plan(house.request(patch), house.order(rita))
            #expect(planned.plan.emergency?.emergency == emergency)
            _ = try await house.apply(planned)
            #expect(
                try await house.code(house.order(declarer)) {
                    try await house.useCases.approveRollout(
                        planned.plan.rollout.text, digest: planned.digest.description,
                        reason: "read", $0)
                } == "declarer-may-not-approve")
            _ = try await house.useCases.approveRollout(
                planned.plan.rollout.text, digest: planned.digest.description, reason: "read",
                house.order(peter))
            _ = try await house.useCases.endEmergency(
                emergency.text, reason: "it can wait after all", house.order(sara))
            try await house.wait("the approval to end") {
                try await house.patch(patch).decision == .approvalExpired
            }
            #expect(
                try await house.code(house.order(rita)) {
                    try await house.useCases.startRollout(planned.plan.rollout.text, $0)
                } == "wrong-state")
        }
    }

    @Test("I2: a rollout that was planned in it goes on past a freeze, and its review shows that")
    func freeze() async throws {
        try await withHouse { house in
            let patch = try await house.signedOff()
            let emergency = try await declared(house, patch)
            try await house.wait("the patch to know of it") {
                try await house.patch(patch).emergency?.emergency == emergency
            }
            _ = try await house.useCases.submit(
                patch.text, House.production, expiresInSeconds: nil, house.order(rita))
            _ = try await house.useCases.approve(
                patch.text, digest: try await house.binding(of: patch), reason: "read",
                house.order(peter))
            let planned = try await house.schedule(
                try await house.useCases.plan(house.request(patch), house.order(rita)))
            let freeze = try await house.useCases.createFreeze(
                FreezeRequest(
                    name: "Quarter end", scope: "account", from: nil,
                    to: house.clock.now + .seconds(86_400), reason: "the books are closed"),
                house.order(carl)
            ).id
            let rollout = planned.plan.rollout
            _ = try await house.useCases.startRollout(rollout.text, house.order(rita))
            try await house.wait(for: rollout, .completed)
            let overridden = try await house.bus.state(of: rollout, as: RolloutDecider.self)
            #expect(overridden.state.emergencyOverrides == [freeze.text])
            try await house.wait("the emergency to know of it") {
                try await house.bus.state(of: emergency, as: EmergencyDecider.self).state
                    .freezeOverrides.map(\.freeze) == [freeze.text]
            }
        }
    }

    @Test("The end that was declared counts, whoever was told of it")
    func timeOver() async throws {
        try await withHouse { house in
            let patch = try await house.identified()
            let emergency = try await declared(house, patch)
            try await house.wait("the patch to know of it") {
                try await house.patch(patch).emergency?.emergency == emergency
            }
            // What counts is the end that was declared, not that somebody told the patch of it.
            let until = try #require(try await house.patch(patch).emergency?.until)
            #expect(try await house.patch(patch).liveEmergency(at: until) == nil)
            #expect(until <= house.clock.now + .seconds(72 * 3600))
        }
    }
}
