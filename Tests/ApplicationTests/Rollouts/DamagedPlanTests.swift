import Application
import EventSourcing
import PatchManagement
import Postgres
import Testing

@Suite("A rollout whose plan is damaged", .timeLimit(.minutes(3)))
struct DamagedPlanTests {
    @Test("It stands still, and the others go on (I11, I18)")
    func damagedPlan() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            let damaged = try await house.scheduled(patch, on: House.web.prefix(2))
            let sound = try await house.scheduled(patch, on: House.web.suffix(2))

            // Between the start, which has read the plan, and the coordinator, which will.
            let store = MeddlingStore(store: house.store, type: BatchStarted.type) {
                try await house.database.query(
                    """
                    update patchflow.documents set bytes = convert_to('damaged', 'UTF8')
                    where sha256 = \(damaged.digest.bytes)
                    """)
            }
            let meddled = UseCases(
                bus: CommandBus(store: store), store: store, reads: house.useCases.reads,
                sealedLog: house.useCases.sealedLog, subjectKeys: house.useCases.subjectKeys,
                now: house.useCases.now,
                newID: house.useCases.newID)
            _ = try await meddled.startRollout(damaged.plan.rollout.text, house.order(rita))

            _ = try await house.useCases.startRollout(
                sound.plan.rollout.text, house.order(rita))
            try await house.wait(for: sound.plan.rollout, RolloutPhase.completed)

            #expect(try await house.rollout(damaged.plan.rollout).phase == .running)
            for target in damaged.plan.batches.joined() {
                #expect(house.hosts.version(on: target.host.name) == TestHosts.old)
            }
        }
    }
}

extension House {
    /// One rollout of an approved patch, ready to start, on some of the hosts.
    fileprivate func scheduled(
        _ patch: StreamID, on assets: ArraySlice<StreamID>
    ) async throws -> PlannedRollout {
        let selection = AssetSelection(assets: assets.map(\.text))
        return try await schedule(
            try await useCases.plan(request(patch, selection), order(rita)))
    }
}
