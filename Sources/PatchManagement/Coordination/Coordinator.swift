package import EventSourcing

/// Turns the events of one stream into commands for others. Pure: with the same ledger and event it
/// gives the same commands in the same order, so a runner that repeats itself is harmless.
///
/// The runner reads the log in order and, for each event: loads the ledger of `ledgerKey` and the
/// document of `documentNeeded`, calls `react`, sends the commands under ids made from the event's
/// id and their index, and keeps the changed ledger together with its checkpoint. An event without
/// a ledger key is given a ledger of its own, which is thrown away.
package enum Coordinator {
    /// The stream of the rollout whose ledger the event concerns; nil for most events.
    package static func ledgerKey(for event: RecordedEvent) throws -> StreamID? {
        switch event.stream.prefix {
        case RolloutDecider.prefix[...]: return event.stream
        case DeploymentDecider.prefix[...]:
            return try notice(in: event)?.route.rollout ?? thaw(in: event)?.route.rollout
        default: return nil
        }
    }

    /// The digest of the plan, for the few events that concern its targets.
    package static func documentNeeded(for event: RecordedEvent) throws -> Digest? {
        switch event.type {
        case BatchStarted.type: try read(BatchStarted.self, event).planDigest
        case RolloutAborted.type: try read(RolloutAborted.self, event).planDigest
        case RollbackOrdered.type: try read(RollbackOrdered.self, event).planDigest
        case StragglerBatchStarted.type: try read(StragglerBatchStarted.self, event).planDigest
        case StragglerBatchClosed.type: try read(StragglerBatchClosed.self, event).planDigest
        default: nil
        }
    }

    /// - Parameter plan: The document of `documentNeeded`.
    /// - Throws: `CoordinationError.planMissing` when the event needs the plan and it isn't given;
    ///   decoding errors for an event that can't be read. The ledger is then not to be kept.
    package static func react(
        to event: RecordedEvent, ledger: inout RolloutLedger, plan: RolloutPlan?
    ) throws -> [RoutedCommand] {
        switch event.stream.prefix {
        case DeploymentDecider.prefix[...]: return try reactToDeployment(event, &ledger)
        case RolloutDecider.prefix[...]: return try reactToRollout(event, &ledger, plan)
        case PatchDecider.prefix[...]: return try reactToPatch(event)
        case FindingDecider.prefix[...]: return try reactToFinding(event)
        case AssetDecider.prefix[...]: return try reactToAsset(event)
        case EmergencyDecider.prefix[...], StandingApprovalDecider.prefix[...]:
            return try EmergencyCoordination.react(to: event)
        default: return []
        }
    }

    static func read<Payload: EventPayload>(
        _: Payload.Type, _ event: RecordedEvent
    ) throws -> Payload {
        try Payload.decode(schemaVersion: event.schemaVersion, data: event.data)
    }

    /// Fields that events of several types have in common.
    static func part<Part: Decodable>(
        _: Part.Type, of event: RecordedEvent
    ) throws -> Part {
        try CanonicalJSON.decode(Part.self, from: StoredEventTypes.currentData(of: event))
    }

    // MARK: Rollouts

    private static func reactToRollout(
        _ event: RecordedEvent, _ ledger: inout RolloutLedger, _ plan: RolloutPlan?
    ) throws -> [RoutedCommand] {
        let rollout = try RolloutEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if let phase = phase(after: rollout) { ledger.phase = phase }
        // A renewed approval doesn't move a rollout that is under way.
        if case .approved = rollout, ledger.lastStarted == nil, ledger.phase != .paused {
            ledger.phase = .scheduled
        }
        switch rollout {
        case .planned(let planned):
            ledger.rollout = planned.rollout
            ledger.patch = planned.patch
            ledger.batches = planned.batchSizes.map { RolloutLedger.Batch(size: $0) }
        case .batchStarted(let started):
            return start(started, &ledger, try required(plan, event), at: event.recordedAt)
        case .stragglersStarted(let started):
            let plan = try required(plan, event)
            ledger.startStragglers(until: started.until)
            return overview(ledger)
                + order(
                    .awaitReturn(batch: started.batch, until: started.until), plan,
                    ofStragglersIn: ledger)
                + observe(event, ledger)
        case .stragglersClosed(let closed):
            let plan = try required(plan, event)
            ledger.closeStragglers()
            return order(.giveUpWaiting(reason: closed.reason), plan, ofStragglersIn: ledger)
                + observe(event, ledger)
        case .aborted(let aborted):
            let plan = try required(plan, event)
            return overview(ledger)
                // Those that were ordered to go back as well: the order may be on its way to them, and
                // not counted yet.
                + order(.cancel(reason: aborted.reason), plan) {
                    ledger.isOpen($0) || ledger.isInScope($0)
                        || ledger.hasOpenStragglers(from: $0)
                        || ledger.rollbackScope != nil && ledger.hasStragglers(from: $0)
                }
        case .rollbackOrdered(let ordered):
            let plan = try required(plan, event)
            ledger.orderRollback(ordered.scope)
            return overview(ledger) + rollBack(ordered, plan, ledger) + observe(event, ledger)
        case .assetRollbackOrdered(let ordered):
            return ordered.assets.map { asset in
                RoutedCommand(
                    .deployment(of: asset, in: event.stream),
                    .deployment(.orderRollback(reason: ordered.reason)))
            }
        case .postponed(let postponed):
            ledger.postponed = (ledger.postponed ?? [:]).merging(
                [postponed.asset.text: RolloutLedger.Postponed(postponed)]
            ) { $1 }
            return [postponement(postponed.asset, in: event.stream, ledger)].compactMap(\.self)
        case .paused, .resumed:
            // People decide on what was counted last: bring it up to date.
            return overview(ledger) + observe(event, ledger)
        case .approvalRequested, .approved, .rejected, .expired, .cancelled, .scheduled,
            .batchSkipped, .soakStarted, .gateEvaluated, .gateOverridden, .rolledBack, .completed,
            .baselineOrdered, .deadlineMoved:
            break
        case .freezeOverridden(let overridden):
            return overview(ledger) + EmergencyCoordination.note(overridden, event)
        case .healthRecorded, .missAcknowledged: return []
        }
        return overview(ledger)
    }

    private static func start(
        _ started: BatchStarted, _ ledger: inout RolloutLedger, _ plan: RolloutPlan,
        at moment: Timestamp
    ) -> [RoutedCommand] {
        let targets = plan.batches[started.batch]
        if ledger.batches.indices.contains(started.batch) {
            ledger.batches[started.batch].start(targets.map(\.asset))
        }
        if started.batch == 0 {
            for target in targets { ledger.canaryStrata[target.stratum, default: 0] += 0 }
        }
        return overview(ledger)
            + targets.flatMap { target in
                [queue(target, started, plan, at: moment)]
                    + [postponement(target.asset, in: plan.rollout, ledger)].compactMap(\.self)
            }
    }

    /// Its owner has it patched later; nil mostly.
    private static func postponement(
        _ asset: StreamID, in rollout: StreamID, _ ledger: RolloutLedger
    ) -> RoutedCommand? {
        ledger.postponed?[asset.text].map { postponed in
            RoutedCommand(
                .deployment(of: asset, in: rollout),
                .deployment(
                    .postpone(
                        until: postponed.until, number: postponed.number,
                        reason: postponed.reason)))
        }
    }

    private static func queue(
        _ target: RolloutTarget, _ started: BatchStarted, _ plan: RolloutPlan,
        at moment: Timestamp
    ) -> RoutedCommand {
        RoutedCommand(
            .deployment(of: target.asset, in: plan.rollout),
            .deployment(
                .queue(
                    plan.order(
                        for: target, batch: started.batch, planDigest: started.planDigest),
                    opens: plan.opening(for: target, at: moment))))
    }

    private static func phase(after event: RolloutEvent) -> RolloutPhase? {
        switch event {
        case .planned: .planned
        case .approvalRequested: .awaitingApproval
        case .approved: nil
        case .rejected: .rejected
        case .expired: .expired
        case .cancelled: .cancelled
        case .scheduled: .scheduled
        case .batchStarted, .stragglersStarted, .gateOverridden, .baselineOrdered: .running
        case .paused: .paused
        case .resumed(let event): event.phase
        case .aborted: .aborted
        case .rollbackOrdered: .rollingBack
        case .rolledBack(let event):
            event.outcome == .rollbackFailed ? .rollbackFailed : .rolledBack
        case .completed: .completed
        case .batchSkipped, .stragglersClosed, .soakStarted, .gateEvaluated, .healthRecorded,
            .freezeOverridden, .deadlineMoved, .postponed, .missAcknowledged,
            .assetRollbackOrdered:
            nil
        }
    }

    private static func required(
        _ plan: RolloutPlan?, _ event: RecordedEvent
    ) throws -> RolloutPlan {
        guard let plan else {
            throw CoordinationError.planMissing(event.stream, position: event.position)
        }
        return plan
    }

    private static func rollBack(
        _ ordered: RollbackOrdered, _ plan: RolloutPlan, _ ledger: RolloutLedger
    ) -> [RoutedCommand] {
        // Those of the batch of the absent are found among the targets of the batches they were of.
        let isStragglers = ordered.scope == .batch && ledger.hasStragglers
        let back: [RoutedCommand] =
            if isStragglers {
                order(
                    .orderRollback(reason: ordered.reason, batch: ordered.batch), plan,
                    where: ledger.hasStragglers(from:))
            } else {
                order(.orderRollback(reason: ordered.reason), plan, where: ledger.isInScope)
            }
        // Batches that keep the patch install nothing new any more either.
        let stopped = plan.batches.indices.filter(ledger.isOpenOutOfScope).flatMap { batch in
            order(.cancel(reason: ordered.reason, batch: batch), plan) { $0 == batch }
        }
        return back + stopped
    }

    /// `command` for every target of the batches that `isMeant`.
    private static func order(
        _ command: DeploymentCommand, _ plan: RolloutPlan, where isMeant: (Int) -> Bool
    ) -> [RoutedCommand] {
        plan.batches.indices.filter(isMeant).flatMap { plan.batches[$0] }.map { target in
            RoutedCommand(
                .deployment(of: target.asset, in: plan.rollout), .deployment(command))
        }
    }

    /// `command` for those that are open in the batch of stragglers: by name where the names are
    /// known, otherwise for every target of the batches that they come from.
    private static func order(
        _ command: DeploymentCommand, _ plan: RolloutPlan, ofStragglersIn ledger: RolloutLedger
    ) -> [RoutedCommand] {
        let all = order(command, plan, where: ledger.hasStragglers(from:))
        guard let names = ledger.batches.last?.open else { return all }
        let known = Set(
            names.compactMap { StreamID($0) }.map { asset in
                StreamID.deployment(of: asset, in: plan.rollout)
            })
        return all.filter { known.contains($0.stream) }
    }

    private static func observe(
        _ event: RecordedEvent, _ ledger: RolloutLedger
    ) -> [RoutedCommand] {
        guard let tally = ledger.tally(asOf: event.position) else { return [] }
        return [RoutedCommand(event.stream, .rollout(.observe(tally)))]
    }

    static func overview(_ ledger: RolloutLedger) -> [RoutedCommand] {
        guard let patch = ledger.patch, let overview = ledger.overview else { return [] }
        return [RoutedCommand(patch, .patch(.observeRollouts(overview)))]
    }

    // MARK: Patches

    /// What a patch's event says of rollouts under way, and of flaws that it mends.
    private struct StopNotice: Decodable {
        let rollouts: [StreamID]
        let mends: [MendedFlaw]?
        let pack: StreamID?
    }

    private static func reactToPatch(_ event: RecordedEvent) throws -> [RoutedCommand] {
        let patch = event.stream
        switch event.type {
        case ApprovalRevoked.type, ApprovalExpired.type, PatchWithdrawn.type,
            BundleMemberLeft.type:
            let notice = try part(StopNotice.self, of: event)
            let pauses = notice.rollouts.map {
                RoutedCommand($0, .rollout(.pause(.patchStopped, detail: event.type)))
            }
            return pauses + mending(notice.mends, by: patch, stands: false)
                + leaving(notice.pack, patch, because: "it was withdrawn")
        case PatchAssessed.type:
            return leaving(
                try read(PatchAssessed.self, event).pack, patch,
                because: "it is no longer non-critical")
        case PatchReinstated.type:
            return mending(try read(PatchReinstated.self, event).mends, by: patch, stands: true)
        case PatchRejected.type:
            return mending(try read(PatchRejected.self, event).mends, by: patch, stands: false)
        case PatchReopened.type:
            return mending(try read(PatchReopened.self, event).mends, by: patch, stands: true)
        case PatchIdentified.type:
            let identification = try read(PatchIdentified.self, event).identification
            return (identification.parts ?? []).map {
                RoutedCommand($0.patch, .patch(.supersede(by: patch)))
            }
                + (identification.inside ?? []).map {
                    RoutedCommand($0, .patch(.holdInPack(patch)))
                }
        case IntroducedFlawMended.type:
            let mended = try read(IntroducedFlawMended.self, event)
            let flaw = MendedFlaw(patch: patch, flaw: mended.flaw)
            return [RoutedCommand(mended.hotfix, .patch(.noteMending(flaw)))]
        case MendedFlawLinked.type:
            let linked = try read(MendedFlawLinked.self, event)
            guard linked.stands == false else { return [] }
            return mending([linked.mended], by: patch, stands: false)
        case PatchVerified.type:
            guard let contents = try read(PatchVerified.self, event).pack else { return [] }
            let verified = VerifiedPack(pack: patch, covered: contents.covered)
            return contents.holds.map { RoutedCommand($0, .inPack(verified)) }
        default: return []
        }
    }

    /// Of a service pack it stays a part.
    private static func leaving(
        _ pack: StreamID?, _ member: StreamID, because reason: String
    ) -> [RoutedCommand] {
        pack.map { [RoutedCommand($0, .patch(.leaveBundle(member, reason: reason)))] } ?? []
    }

    private static func mending(
        _ mends: [MendedFlaw]?, by hotfix: StreamID, stands: Bool
    ) -> [RoutedCommand] {
        (mends ?? []).map {
            RoutedCommand(
                $0.patch, .patch(.observeMending($0.flaw, by: hotfix, stands: stands)))
        }
    }

    // MARK: Findings

    /// A forensic hold is for the asset: nothing may change it while it lasts.
    private static func reactToFinding(_ event: RecordedEvent) throws -> [RoutedCommand] {
        switch event.type {
        case ForensicHoldPlaced.type:
            let asset = try read(ForensicHoldPlaced.self, event).asset
            return [RoutedCommand(asset, .asset(.hold(for: event.stream)))]
        case EvidenceCollected.type:
            return release(try read(EvidenceCollected.self, event).asset, from: event.stream)
        case ForensicHoldDecided.type:
            let decided = try read(ForensicHoldDecided.self, event)
            guard decided.outcome == .released else { return [] }
            return release(decided.asset, from: event.stream)
        default: return []
        }
    }

    private static func release(_ asset: StreamID?, from finding: StreamID) -> [RoutedCommand] {
        asset.map { [RoutedCommand($0, .asset(.release(from: finding)))] } ?? []
    }
}

package enum CoordinationError: Error, Equatable, CustomStringConvertible {
    case planMissing(StreamID, position: Int64)

    package var description: String {
        switch self {
        case .planMissing(let stream, let position):
            "the plan of \(stream) is needed for event \(position) and was not given: load the "
                + "document that it names"
        }
    }
}
