import EventSourcing

@testable import PatchManagement

/// What decides when something may begin, and how much at once.
enum StoredDispatchStories {
    private static let moment = Timestamp(seconds: 1_767_268_800)

    static func events() throws -> [any DomainEvent] {
        try FreezeDeciderTests.story() + CapTests.story()
            + [moved(), asked(), postponed(), ordered()]
    }

    private static func ordered() -> any DomainEvent {
        RolloutEvent.assetRollbackOrdered(
            AssetRollbackOrdered(
                assets: [production(1), production(2)], reason: "the shop is down", by: "pe_olga"))
    }

    private static func moved() -> any DomainEvent {
        RolloutEvent.deadlineMoved(
            ProgressDeadlineMoved(
                batch: 1,
                frozen: FrozenTime(
                    freeze: "fz_00000000-0000-7000-8000-000000000001", from: moment,
                    to: moment + .seconds(3600)),
                earlier: moment + .seconds(60), deadline: moment + .seconds(3660)))
    }

    private static func asked() -> any DomainEvent {
        RolloutEvent.postponed(
            AssetPostponed(
                asset: production(1), until: moment + .seconds(3600), number: 1,
                reason: "the fair", by: "pe_olga"))
    }

    private static func postponed() -> any DomainEvent {
        DeploymentEvent.postponed(
            PostponedByOwner(
                route: DeploymentRoute(
                    rollout: StreamID(prefix: "ro", uuid(3)), asset: production(1), batch: 1,
                    stratum: debian12.description),
                change: OutcomeChange(before: nil, after: .absent),
                until: moment + .seconds(3600), number: 1, reason: "the fair"))
    }
}
