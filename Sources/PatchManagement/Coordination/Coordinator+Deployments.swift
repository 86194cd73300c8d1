import EventSourcing

/// What the events of a deployment mean for its rollout.
extension Coordinator {
    /// What every event that changes an outcome has in common.
    struct OutcomeNotice: Decodable {
        let route: DeploymentRoute
        let change: OutcomeChange?
        /// Of a wait in a freeze.
        let freeze: String?
        let at: Timestamp?
        let until: Timestamp?
        let reason: String?
    }

    /// An intent says where it is from only when it comes after a freeze.
    private struct IntentNotice: Decodable {
        let thaw: Thaw?
    }

    static func thaw(in event: RecordedEvent) throws -> Thaw? {
        guard event.type == LeaseGranted.type else { return nil }
        return try part(IntentNotice.self, of: event).thaw
    }

    static func notice(in event: RecordedEvent) throws -> OutcomeNotice? {
        switch event.type {
        case LeaseExpired.type, DeploymentWaiting.type, ReconcileProbed.type,
            DeploymentSucceeded.type, DeploymentFailed.type, DeploymentSkipped.type,
            DeploymentCancelled.type, TargetAbsent.type, TargetUnreachable.type,
            VerificationFailed.type, RebootDeferred.type, TargetDeadAfterReboot.type,
            RolledBack.type, RollbackFailed.type, StragglerGivenUp.type, PostponedByOwner.type:
            let notice = try part(OutcomeNotice.self, of: event)
            return notice.change == nil && notice.freeze == nil ? nil : notice
        // Counted by the ledger already; perhaps nobody waits any longer.
        case ReturnAwaited.type:
            return try part(OutcomeNotice.self, of: event)
        default: return nil
        }
    }

    static func reactToDeployment(
        _ event: RecordedEvent, _ ledger: inout RolloutLedger
    ) throws -> [RoutedCommand] {
        if let thaw = try thaw(in: event) {
            guard ledger.noteThaw(thaw.freeze) else { return [] }
            return [
                RoutedCommand(
                    thaw.route.rollout, .rollout(.observeThaw(freeze: thaw.freeze, at: thaw.at)))
            ]
        }
        guard let notice = try notice(in: event) else { return [] }
        if event.type == ReturnAwaited.type {
            return ledger.awaitsStragglers ? [] : [giveUp(event.stream)]
        }
        guard let change = notice.change else { return freeze(notice, &ledger) }
        let isInPlace =
            event.type == DeploymentSkipped.type
            && notice.reason == DeploymentSkipped.Reason.alreadyInstalled.rawValue
        ledger.count(change, notice.route, isInPlace: isInPlace)
        var commands = try awaitReboot(event)
        if change.after == .absent, ledger.takeStraggler(notice.route),
            let until = ledger.stragglersUntil
        {
            let last = ledger.batches.count - 1
            commands.append(
                RoutedCommand(event.stream, .deployment(.awaitReturn(batch: last, until: until))))
            if !ledger.awaitsStragglers { commands.append(giveUp(event.stream)) }
        }
        guard let tally = ledger.tally(asOf: event.position) else { return commands }
        // A first success while others are open decides nothing: most events of a large rollout
        // cost no command.
        let isPlain = change.before == nil && change.after?.summary == .success
        if isPlain, tally.open > 0, !ledger.hasStragglers { return commands }
        commands.append(RoutedCommand(notice.route.rollout, .rollout(.observe(tally))))
        let isNewsForPatch = tally.totalOpen == 0 || change.after?.isBad == true
        if isNewsForPatch || ledger.phase?.hasEnded == true { commands += overview(ledger) }
        return commands
    }

    /// The first of a rollout that has to wait for a freeze tells it: time in which nothing may begin
    /// counts against nobody.
    private static func freeze(
        _ notice: OutcomeNotice, _ ledger: inout RolloutLedger
    ) -> [RoutedCommand] {
        guard let freeze = notice.freeze, let from = notice.at else { return [] }
        let frozen = FrozenTime(
            freeze: freeze, from: from, to: notice.until ?? FrozenTime.unknownEnd)
        guard ledger.note(frozen) else { return [] }
        return [RoutedCommand(notice.route.rollout, .rollout(.observeFreeze(frozen)))]
    }

    private static func giveUp(_ deployment: StreamID) -> RoutedCommand {
        RoutedCommand(
            deployment, .deployment(.giveUpWaiting(reason: "it is not waited for any longer")))
    }
}
