package import EventSourcing

/// The events of one finding.
package enum FindingEvent: DomainEvent {
    case opened(FindingOpened)
    case matchChanged(MatchChanged)
    case classified(FindingClassified)
    case fixObserved(FixObserved)
    case deadlineMoved(DeadlineMoved)
    case correctionRequested(InputCorrectionRequested)
    case corrected(InputCorrected)
    case warned(SLAWarned)
    case breached(SLABreached)
    case mitigated(FindingMitigated)
    case accepted(FindingAccepted)
    case disputed(FindingDisputed)
    case resolved(FindingResolved)
    case reopened(FindingReopened)
    case dismissed(FindingDismissed)
    case holdPlaced(ForensicHoldPlaced)
    case evidenceCollected(EvidenceCollected)
    case holdDecided(ForensicHoldDecided)

    package var payload: any EventPayload {
        switch self {
        case .opened(let payload): payload
        case .matchChanged(let payload): payload
        case .classified(let payload): payload
        case .fixObserved(let payload): payload
        case .deadlineMoved(let payload): payload
        case .correctionRequested(let payload): payload
        case .corrected(let payload): payload
        case .warned(let payload): payload
        case .breached(let payload): payload
        case .mitigated(let payload): payload
        case .accepted(let payload): payload
        case .disputed(let payload): payload
        case .resolved(let payload): payload
        case .reopened(let payload): payload
        case .dismissed(let payload): payload
        case .holdPlaced(let payload): payload
        case .evidenceCollected(let payload): payload
        case .holdDecided(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        guard let read = Self.readers[type] else { throw EventCodingError.unknownType(type) }
        self = try read(schemaVersion, data)
    }

    private typealias Reader = @Sendable (Int, [UInt8]) throws -> FindingEvent

    private static let readers: [String: Reader] = [
        FindingOpened.type: reader(FindingEvent.opened),
        MatchChanged.type: reader(FindingEvent.matchChanged),
        FindingClassified.type: reader(FindingEvent.classified),
        FixObserved.type: reader(FindingEvent.fixObserved),
        DeadlineMoved.type: reader(FindingEvent.deadlineMoved),
        InputCorrectionRequested.type: reader(FindingEvent.correctionRequested),
        InputCorrected.type: reader(FindingEvent.corrected),
        SLAWarned.type: reader(FindingEvent.warned),
        SLABreached.type: reader(FindingEvent.breached),
        FindingMitigated.type: reader(FindingEvent.mitigated),
        FindingAccepted.type: reader(FindingEvent.accepted),
        FindingDisputed.type: reader(FindingEvent.disputed),
        FindingResolved.type: reader(FindingEvent.resolved),
        FindingReopened.type: reader(FindingEvent.reopened),
        FindingDismissed.type: reader(FindingEvent.dismissed),
        ForensicHoldPlaced.type: reader(FindingEvent.holdPlaced),
        EvidenceCollected.type: reader(FindingEvent.evidenceCollected),
        ForensicHoldDecided.type: reader(FindingEvent.holdDecided),
    ]

    private static func reader<Payload: EventPayload>(
        _ event: @escaping @Sendable (Payload) -> FindingEvent
    ) -> Reader {
        { version, data in event(try Payload.decode(schemaVersion: version, data: data)) }
    }
}
