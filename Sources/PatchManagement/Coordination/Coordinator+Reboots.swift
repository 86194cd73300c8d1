import EventSourcing

/// Reboots that somebody else does: the asset's own reports show them.
extension Coordinator {
    /// What waits for a reboot is noted where it will be seen.
    static func awaitReboot(_ event: RecordedEvent) throws -> [RoutedCommand] {
        switch event.type {
        case RebootDeferred.type:
            let deferred = try RebootDeferred.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            return awaitReboot(
                deferred.report.bootID, of: deferred.route.asset, for: event.stream)
        case TargetDeadAfterReboot.type:
            let dead = try TargetDeadAfterReboot.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            return awaitReboot(dead.bootID, of: dead.route.asset, for: event.stream)
        default: return []
        }
    }

    private static func awaitReboot(
        _ bootID: String, of asset: StreamID, for deployment: StreamID
    ) -> [RoutedCommand] {
        let awaited = RebootAwaited(deployment: deployment, bootID: bootID)
        return [RoutedCommand(asset, .asset(.awaitReboot(awaited)))]
    }

    static func reactToAsset(_ event: RecordedEvent) throws -> [RoutedCommand] {
        guard event.type == RebootObserved.type else { return [] }
        let observed = try RebootObserved.decode(
            schemaVersion: event.schemaVersion, data: event.data)
        return (observed.deployments ?? []).map {
            RoutedCommand($0, .deployment(.observeReboot(bootID: observed.after)))
        }
    }
}
