package import EventSourcing

/// What patchflow itself changes on assets.
extension FindingMonitor {
    /// A deployment goes on. What it found to be in effect resolves no finding: a report that is
    /// gathered after its end does, and while it is at work nobody can tell who brought what a report
    /// shows.
    ///
    /// - Returns: An asset whose inventory is to be taken, since it has findings that a report may
    ///   resolve now.
    package mutating func see(
        _ event: DeploymentEvent, of deployment: StreamID, at moment: Timestamp
    ) -> StreamID? {
        switch event {
        case .queued(let queued):
            let asset = queued.order.target.asset
            assets[asset]?.expect(deployment, queued.order.pins.map(\.name))
            deploymentAssets[deployment] = asset
            changedAssets.insert(asset)
            return nil
        case .installStarted:
            guard let asset = deploymentAssets[deployment] else { return nil }
            assets[asset]?.begin(deployment)
            changedAssets.insert(asset)
            return nil
        case .succeeded(let succeeded): return see(succeeded, of: deployment, at: moment)
        case .leaseGranted, .leaseExpired, .precheckPassed, .precheckFailed, .backupTaken,
            .snapshotTaken,
            .installFinished, .waiting, .probed, .failed, .skipped, .cancelled, .absent,
            .unreachable, .verificationFailed, .rebootDeferred, .rebootRequested, .rebootStarted,
            .rebootAccepted, .rebootConfirmed, .deadAfterReboot, .rollbackStarted,
            .rollbackFinished, .rolledBack, .rollbackFailed, .returnAwaited, .returned, .givenUp,
            .postponed:
            guard let routed = event.routedChange, routed.change?.after != nil else { return nil }
            end(deployment, on: routed.route.asset, at: moment)
            return nil
        }
    }

    private mutating func see(
        _ succeeded: DeploymentSucceeded, of deployment: StreamID, at moment: Timestamp
    ) -> StreamID? {
        let asset = succeeded.route.asset
        end(deployment, on: asset, at: nil)
        guard let watched = assets[asset], !watched.isDecommissioned else { return nil }
        let before = Set(succeeded.versionsBefore)
        let changed = succeeded.versionsAfter.filter { !before.contains($0) }.map(\.name)
        assets[asset]?.note(
            WatchedAsset.Install(deployment: deployment, finished: moment, packages: changed))
        changedAssets.insert(asset)
        return watched.known.values.contains { changed.contains($0.package) } ? asset : nil
    }

    /// - Parameter moment: Of an end after which what was reported meanwhile is looked at anew; nil
    ///   when a report follows.
    private mutating func end(_ deployment: StreamID, on asset: StreamID, at moment: Timestamp?) {
        deploymentAssets[deployment] = nil
        guard assets[asset]?.end(deployment) == true else { return }
        changedAssets.insert(asset)
        if let moment { due[asset] = moment }
    }
}
