package import EventSourcing

/// Every type of event that patchflow stores, by its stored name: for whoever reads some fields of
/// events of many types without their deciders.
package enum StoredEventTypes {
    package static let payloads: [String: any EventPayload.Type] = Dictionary(
        uniqueKeysWithValues: (patches + rollouts + deployments + assets + feeds + findings
            + exceptions + emergencies + policies + calendars + people + log).map {
                ($0.type, $0)
            })

    /// How much this code knows: it rises with every type and every version of one.
    package static let vocabulary = payloads.values.reduce(0) { $0 + $1.schemaVersion }

    /// The data of `event` in the form of its type's current schema version.
    ///
    /// - Throws: `EventCodingError` for a type or a version that this code doesn't know.
    package static func currentData(of event: RecordedEvent) throws -> [UInt8] {
        guard let payload = payloads[event.type] else {
            throw EventCodingError.unknownType(event.type)
        }
        return try payload.upcast(event.data, from: event.schemaVersion)
    }

    private static let patches: [any EventPayload.Type] = [
        PatchIdentified.self, PatchAssessed.self, PatchDismissed.self, AcquisitionRequested.self,
        PatchAcquired.self, AcquisitionFailed.self, KnownFlawsObserved.self,
        KnownFlawsAccepted.self, QualificationStarted.self,
        QualificationStepBegun.self, QualificationStepRepeated.self, CheckRecorded.self,
        QualificationPassed.self, QualificationFailed.self, QualificationInconclusive.self,
        PatchSignedOff.self, ApprovalRequested.self, PatchApprovalGiven.self, PatchApproved.self,
        PatchRejected.self,
        ApprovalExpired.self, ApprovalRevoked.self, PatchReopened.self, PatchDeferred.self,
        PatchWithdrawn.self, PatchReinstated.self, PatchSuperseded.self, PatchHandedToOwner.self,
        RolloutObserved.self, PatchStateChanged.self, PatchVerified.self, PatchDocumented.self,
        IntroducedFlawLinked.self, IntroducedFlawMended.self, IntroducedFlawUnmended.self,
        IntroducedFlawAccepted.self, MendedFlawLinked.self, PatchHeldInPack.self,
        PatchResolvedElsewhere.self, PatchExcepted.self, PatchExceptionEnded.self,
        PatchEmergencyBegun.self, PatchEmergencyEnded.self, BundleMemberLeft.self,
    ]

    private static let rollouts: [any EventPayload.Type] = [
        RolloutPlanned.self, RolloutApprovalRequested.self, RolloutApproved.self,
        RolloutRejected.self, RolloutExpired.self, RolloutCancelled.self, RolloutScheduled.self,
        BatchStarted.self, BatchSkipped.self, StragglerBatchStarted.self,
        StragglerBatchClosed.self, SoakStarted.self, GateEvaluated.self, RolloutPaused.self,
        RolloutResumed.self, GateOverridden.self, RolloutAborted.self, RollbackOrdered.self,
        RolloutRolledBack.self, RolloutCompleted.self, BaselineOrdered.self, HealthRecorded.self,
        FreezeOverridden.self, ProgressDeadlineMoved.self, AssetPostponed.self,
        RolloutMissAcknowledged.self, AssetRollbackOrdered.self,
    ]

    private static let calendars: [any EventPayload.Type] = [
        FreezeCreated.self, FreezeLifted.self, CapSet.self, CapCleared.self,
        ScheduleCreated.self, ScheduleSuspended.self,
        ScheduleResumed.self, ScheduleTicked.self, TickPlanned.self,
    ]

    private static let deployments: [any EventPayload.Type] = [
        DeploymentQueued.self, LeaseGranted.self, LeaseExpired.self, PrecheckPassed.self,
        PrecheckFailed.self, BackupTaken.self, SnapshotTaken.self, InstallStarted.self,
        InstallFinished.self,
        DeploymentWaiting.self, ReconcileProbed.self, DeploymentSucceeded.self,
        DeploymentFailed.self, DeploymentSkipped.self, DeploymentCancelled.self, TargetAbsent.self,
        TargetUnreachable.self, VerificationFailed.self, RebootDeferred.self, RebootConfirmed.self,
        RebootRequested.self, RebootStarted.self, RebootAccepted.self, TargetDeadAfterReboot.self,
        RollbackStarted.self, RollbackFinished.self, RolledBack.self, RollbackFailed.self,
        ReturnAwaited.self, AssetReturned.self, StragglerGivenUp.self, PostponedByOwner.self,
    ]

    private static let assets: [any EventPayload.Type] = [
        AssetRegistered.self, AssetDescribed.self, ScanRequested.self, InventoryReported.self,
        UpdatesOffered.self, ScanConfirmed.self, ScanFailed.self, RebootObserved.self,
        RebootAwaited.self,
        PackageReportTaken.self, PackageReportConfirmed.self, CollectionOverdue.self,
        ReportSourceForgotten.self, CloudInstanceObserved.self, CloudInstanceGone.self,
        PredecessorLinked.self, AssetDecommissioned.self, AssetHeld.self, AssetReleased.self,
        CloudListReconciled.self, CloudListConfirmed.self, AttributeOriginsNoted.self,
        AttributeRuleSet.self, AttributeRuleRemoved.self,
    ]

    private static let feeds: [any EventPayload.Type] = [
        FeedWatched.self, FeedSnapshotTaken.self, FeedConfirmed.self, FeedRejected.self,
        FeedGivenUp.self, FeedFetchFailed.self, FeedReached.self, FeedFellSilent.self,
        FeedKeysPinned.self,
    ]

    private static let findings: [any EventPayload.Type] = [
        FindingOpened.self, MatchChanged.self, FindingClassified.self, FixObserved.self,
        DeadlineMoved.self, InputCorrectionRequested.self, InputCorrected.self, SLAWarned.self,
        SLABreached.self, FindingMitigated.self, FindingAccepted.self, FindingDisputed.self,
        FindingResolved.self, FindingReopened.self, FindingDismissed.self,
        ForensicHoldPlaced.self, EvidenceCollected.self, ForensicHoldDecided.self,
    ]

    /// Of exceptions, and of the controls and baselines that stand beside them.
    private static let exceptions: [any EventPayload.Type] = [
        ExceptionRequested.self, ExceptionGranted.self, ExceptionDenied.self,
        ExceptionReminded.self, ExceptionExpired.self, ExceptionRevoked.self,
        ControlRegistered.self, ControlVerified.self, ControlLapsed.self, BaselineSet.self,
    ]

    /// Of what is approved beforehand, in a hurry, or done after a disaster.
    private static let emergencies: [any EventPayload.Type] = [
        StandingApprovalProposed.self, StandingApprovalGranted.self, StandingApprovalDenied.self,
        StandingApprovalUsed.self, StandingApprovalExpired.self, StandingApprovalRevoked.self,
        EmergencyProposed.self, EmergencyLapsed.self, EmergencyDeclared.self,
        EmergencyEnded.self, EmergencyReviewReminded.self, EmergencyReviewed.self,
        EmergencyFreezeOverridden.self,
        DisasterDeclared.self, StepDone.self, DisasterGoalMissed.self, DisasterClosed.self,
    ]

    private static let policies: [any EventPayload.Type] = [
        PolicyProposed.self, PolicyExamined.self, PolicyPublished.self, PolicyRejected.self,
        PolicyWithdrawn.self, PolicyReviewDue.self, PolicyReviewed.self,
        PolicyBuiltIn.self,
    ]

    private static let people: [any EventPayload.Type] = [
        RoleGranted.self, RoleRevoked.self, TokenIssued.self, TokenRevoked.self,
        ErasureRequested.self, SubjectErased.self,
    ]

    private static let log: [any EventPayload.Type] = [
        IncarnationBegun.self, LogKeySucceeded.self, LogKeyDestroyed.self,
    ]
}
