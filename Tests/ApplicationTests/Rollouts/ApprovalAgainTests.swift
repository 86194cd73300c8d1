import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("A patch that is approved again", .timeLimit(.minutes(3)))
struct ApprovalAgainTests {
    @Test("What earlier rollouts have done is counted by name, for the assets of the new approval")
    func counted() async throws {
        try await withHouse { house in
            let (patch, done) = try await revoked(house)
            #expect(!done.isEmpty && done.count < House.web.count)

            try await submit(patch, House.production, house)
            #expect(try await house.patch(patch).outstanding == House.web.count - done.count)
            #expect(try await house.patch(patch).state == .approved)
        }
    }

    @Test("Nothing is verified that was never installed, however much was done elsewhere")
    func elsewhere() async throws {
        try await withHouse { house in
            let (patch, done) = try await revoked(house)
            let left = House.web.filter { !done.contains($0) }
            try await submit(patch, AssetSelection(assets: left.map(\.text)), house)
            #expect(try await house.patch(patch).outstanding == left.count)
            #expect(try await house.patch(patch).state == .approved)

            house.hosts.mend()
            for number in 1...4 where left.contains(House.asset("web-\(number)")) {
                house.hosts.restore("web-\(number)")
            }
            let planned = try await house.useCases.plan(
                house.request(patch, AssetSelection(assets: left.map(\.text))), house.order(rita))
            let rollout = planned.plan.rollout.text
            let digest = planned.digest.description
            let useCases = house.useCases
            _ = try await useCases.apply(rollout, digest: digest, house.order(rita))
            _ = try await useCases.approveRollout(
                rollout, digest: digest, reason: "read", house.order(peter))
            _ = try await useCases.startRollout(rollout, house.order(rita))
            try await house.wait(for: patch, PatchState.documented)
        }
    }

    /// A rollout that stopped at a damaged host, aborted, and its patch ready to be asked for anew.
    private func revoked(_ house: House) async throws -> (StreamID, done: [StreamID]) {
        let planned = try await house.scheduled()
        let (rollout, patch) = (planned.plan.rollout, planned.plan.patch)
        let useCases = house.useCases
        // The last one of the plan, so that others have gone before.
        let last = try #require(planned.plan.batches.joined().map(\.host.name).last)
        house.hosts.damage(last)
        _ = try await useCases.startRollout(rollout.text, house.order(rita))
        try await house.wait(for: rollout, RolloutPhase.paused)
        _ = try await useCases.abortRollout(rollout.text, reason: "damaged", house.order(rita))
        try await house.wait("the patch to hear of it") {
            let known = try await house.patch(patch).rollouts.first
            return known?.phase == .aborted && known?.failed == 1
        }
        _ = try await useCases.revoke(patch.text, reason: "it needs care", house.order(peter))
        _ = try await useCases.reopen(patch.text, reason: "again", house.order(alice))
        _ = try await useCases.signOff(patch.text, reason: "stable", house.order(alice))
        var done: [StreamID] = []
        for asset in House.web {
            let deployment = StreamID.deployment(of: asset, in: rollout)
            let state = try await house.bus.state(of: deployment, as: DeploymentDecider.self).state
            if state.outcome == .succeeded { done.append(asset) }
        }
        return (patch, done)
    }

    private func submit(
        _ patch: StreamID, _ selection: AssetSelection, _ house: House
    ) async throws {
        let useCases = house.useCases
        _ = try await useCases.submit(
            patch.text, selection, expiresInSeconds: nil, house.order(rita))
        _ = try await useCases.approve(
            patch.text, digest: try await house.binding(of: patch), reason: "read",
            house.order(peter))
    }
}
