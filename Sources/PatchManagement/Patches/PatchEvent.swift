package import EventSourcing

/// The events of a patch: intake, acquisition, qualification, approval, and what its rollouts made
/// of it.
package enum PatchEvent: DomainEvent {
    case identified(PatchIdentified)
    case assessed(PatchAssessed)
    case dismissed(PatchDismissed)
    case acquisitionRequested(AcquisitionRequested)
    case acquired(PatchAcquired)
    case acquisitionFailed(AcquisitionFailed)
    case flawsObserved(KnownFlawsObserved)
    case flawsAccepted(KnownFlawsAccepted)
    case qualificationStarted(QualificationStarted)
    case stepBegun(QualificationStepBegun)
    case stepRepeated(QualificationStepRepeated)
    case checkRecorded(CheckRecorded)
    case qualificationPassed(QualificationPassed)
    case qualificationFailed(QualificationFailed)
    case qualificationInconclusive(QualificationInconclusive)
    case signedOff(PatchSignedOff)
    case approvalRequested(ApprovalRequested)
    case approvalGiven(PatchApprovalGiven)
    case approved(PatchApproved)
    case rejected(PatchRejected)
    case approvalExpired(ApprovalExpired)
    case approvalRevoked(ApprovalRevoked)
    case reopened(PatchReopened)
    case deferred(PatchDeferred)
    case withdrawn(PatchWithdrawn)
    case reinstated(PatchReinstated)
    case superseded(PatchSuperseded)
    case handedToOwner(PatchHandedToOwner)
    case rolloutObserved(RolloutObserved)
    case stateChanged(PatchStateChanged)
    case verified(PatchVerified)
    case documented(PatchDocumented)
    case introducedFlawLinked(IntroducedFlawLinked)
    case introducedFlawMended(IntroducedFlawMended)
    case introducedFlawUnmended(IntroducedFlawUnmended)
    case introducedFlawAccepted(IntroducedFlawAccepted)
    case mendedFlawLinked(MendedFlawLinked)
    case heldInPack(PatchHeldInPack)
    case resolvedElsewhere(PatchResolvedElsewhere)
    case excepted(PatchExcepted)
    case exceptionEnded(PatchExceptionEnded)
    case emergencyBegun(PatchEmergencyBegun)
    case emergencyEnded(PatchEmergencyEnded)
    case memberLeft(BundleMemberLeft)

    package var payload: any EventPayload {
        switch self {
        case .identified(let payload): payload
        case .assessed(let payload): payload
        case .dismissed(let payload): payload
        case .acquisitionRequested(let payload): payload
        case .acquired(let payload): payload
        case .acquisitionFailed(let payload): payload
        case .flawsObserved(let payload): payload
        case .flawsAccepted(let payload): payload
        case .qualificationStarted(let payload): payload
        case .stepBegun(let payload): payload
        case .stepRepeated(let payload): payload
        case .checkRecorded(let payload): payload
        case .qualificationPassed(let payload): payload
        case .qualificationFailed(let payload): payload
        case .qualificationInconclusive(let payload): payload
        case .signedOff(let payload): payload
        case .approvalRequested(let payload): payload
        case .approvalGiven(let payload): payload
        case .approved(let payload): payload
        case .rejected(let payload): payload
        case .approvalExpired(let payload): payload
        case .approvalRevoked(let payload): payload
        case .reopened(let payload): payload
        case .deferred(let payload): payload
        case .withdrawn(let payload): payload
        case .reinstated(let payload): payload
        case .superseded(let payload): payload
        case .handedToOwner(let payload): payload
        case .rolloutObserved(let payload): payload
        case .stateChanged(let payload): payload
        case .verified(let payload): payload
        case .documented(let payload): payload
        case .introducedFlawLinked(let payload): payload
        case .introducedFlawMended(let payload): payload
        case .introducedFlawUnmended(let payload): payload
        case .introducedFlawAccepted(let payload): payload
        case .mendedFlawLinked(let payload): payload
        case .heldInPack(let payload): payload
        case .resolvedElsewhere(let payload): payload
        case .excepted(let payload): payload
        case .exceptionEnded(let payload): payload
        case .emergencyBegun(let payload): payload
        case .emergencyEnded(let payload): payload
        case .memberLeft(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        guard let read = Self.readers[type] else { throw EventCodingError.unknownType(type) }
        self = try read(schemaVersion, data)
    }

    private typealias Reader = @Sendable (Int, [UInt8]) throws -> PatchEvent

    private static let readers: [String: Reader] = [
        PatchIdentified.type: reader(PatchEvent.identified),
        PatchAssessed.type: reader(PatchEvent.assessed),
        PatchDismissed.type: reader(PatchEvent.dismissed),
        AcquisitionRequested.type: reader(PatchEvent.acquisitionRequested),
        PatchAcquired.type: reader(PatchEvent.acquired),
        AcquisitionFailed.type: reader(PatchEvent.acquisitionFailed),
        KnownFlawsObserved.type: reader(PatchEvent.flawsObserved),
        KnownFlawsAccepted.type: reader(PatchEvent.flawsAccepted),
        QualificationStarted.type: reader(PatchEvent.qualificationStarted),
        QualificationStepBegun.type: reader(PatchEvent.stepBegun),
        QualificationStepRepeated.type: reader(PatchEvent.stepRepeated),
        CheckRecorded.type: reader(PatchEvent.checkRecorded),
        QualificationPassed.type: reader(PatchEvent.qualificationPassed),
        QualificationFailed.type: reader(PatchEvent.qualificationFailed),
        QualificationInconclusive.type: reader(PatchEvent.qualificationInconclusive),
        PatchSignedOff.type: reader(PatchEvent.signedOff),
        ApprovalRequested.type: reader(PatchEvent.approvalRequested),
        PatchApprovalGiven.type: reader(PatchEvent.approvalGiven),
        PatchApproved.type: reader(PatchEvent.approved),
        PatchRejected.type: reader(PatchEvent.rejected),
        ApprovalExpired.type: reader(PatchEvent.approvalExpired),
        ApprovalRevoked.type: reader(PatchEvent.approvalRevoked),
        PatchReopened.type: reader(PatchEvent.reopened),
        PatchDeferred.type: reader(PatchEvent.deferred),
        PatchWithdrawn.type: reader(PatchEvent.withdrawn),
        PatchReinstated.type: reader(PatchEvent.reinstated),
        PatchSuperseded.type: reader(PatchEvent.superseded),
        PatchHandedToOwner.type: reader(PatchEvent.handedToOwner),
        RolloutObserved.type: reader(PatchEvent.rolloutObserved),
        PatchStateChanged.type: reader(PatchEvent.stateChanged),
        PatchVerified.type: reader(PatchEvent.verified),
        PatchDocumented.type: reader(PatchEvent.documented),
        IntroducedFlawLinked.type: reader(PatchEvent.introducedFlawLinked),
        IntroducedFlawMended.type: reader(PatchEvent.introducedFlawMended),
        IntroducedFlawUnmended.type: reader(PatchEvent.introducedFlawUnmended),
        IntroducedFlawAccepted.type: reader(PatchEvent.introducedFlawAccepted),
        MendedFlawLinked.type: reader(PatchEvent.mendedFlawLinked),
        PatchHeldInPack.type: reader(PatchEvent.heldInPack),
        PatchResolvedElsewhere.type: reader(PatchEvent.resolvedElsewhere),
        PatchExcepted.type: reader(PatchEvent.excepted),
        PatchExceptionEnded.type: reader(PatchEvent.exceptionEnded),
        PatchEmergencyBegun.type: reader(PatchEvent.emergencyBegun),
        PatchEmergencyEnded.type: reader(PatchEvent.emergencyEnded),
        BundleMemberLeft.type: reader(PatchEvent.memberLeft),
    ]

    /// The stored names of all events of a patch, sorted.
    package static var types: [String] { readers.keys.sorted() }

    private static func reader<Payload: EventPayload>(
        _ event: @escaping @Sendable (Payload) -> PatchEvent
    ) -> Reader {
        { version, data in event(try Payload.decode(schemaVersion: version, data: data)) }
    }
}
