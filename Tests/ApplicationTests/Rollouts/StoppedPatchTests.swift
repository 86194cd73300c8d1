import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("What stops a patch stops its rollouts", .timeLimit(.minutes(3)))
struct StoppedPatchTests {
    @Test("A rollout under way is paused when its patch loses its approval (I6, I14)")
    func stopped() async throws {
        for stop: Stop in [.withdrawal, .revocation, .expiry] {
            try await withHouse { house in
                let useCases = house.useCases
                let patch = try await house.approved()
                let planned = try await useCases.plan(
                    PlanRequest(
                        patch: patch.text, selection: House.production, batches: "1,rest",
                        soakSeconds: 40 * 86_400), house.order(rita))
                let rollout = planned.plan.rollout
                _ = try await useCases.apply(
                    rollout.text, digest: planned.digest.description, house.order(rita))
                _ = try await useCases.approveRollout(
                    rollout.text, digest: planned.digest.description, reason: "read",
                    house.order(peter))
                _ = try await useCases.startRollout(rollout.text, house.order(rita))
                try await house.wait("the canary to soak") {
                    let stage = try await house.rollout(rollout).stage
                    return if case .soaking = stage { true } else { false }
                }
                switch stop {
                case .withdrawal:
                    _ = try await useCases.withdraw(
                        patch.text, reason: "recalled", house.order(alice))
                case .revocation:
                    _ = try await useCases.revoke(
                        patch.text, reason: "a doubt", house.order(peter))
                case .expiry:
                    let expires = try #require(try await house.patch(patch).approval?.expires)
                    _ = try await house.bus.send(
                        .timer(.approvalExpiry), to: patch, as: PatchDecider.self,
                        CommandContext(
                            actor: Actor(id: "timer", role: Role.timer.rawValue), at: expires,
                            commandID: .version5(namespace: patch.uuid, name: "expiry")))
                }
                try await house.wait(for: rollout, RolloutPhase.paused)
                #expect(try await house.rollout(rollout).pause?.reason == .patchStopped)
            }
        }
    }

    private enum Stop { case withdrawal, revocation, expiry }
}
