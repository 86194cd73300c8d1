package import EventSourcing

/// The duty to examine an asset before it is changed, for one finding.
package struct ForensicHold: Sendable, Equatable {
    package let placed: Timestamp
    /// From then on the incident commander may decide.
    package var decisionDue: Timestamp
    package var evidence: Digest?
    package var isReleased = false

    package init(placed: Timestamp, decisionDue: Timestamp) {
        self.placed = placed
        self.decisionDue = decisionDue
    }

    package var isOpen: Bool { evidence == nil && !isReleased }

    /// Whether it waits for the incident commander at `moment`.
    package func needsDecision(at moment: Timestamp) -> Bool { isOpen && moment >= decisionDue }
}

package struct ForensicHoldPlaced: EventPayload {
    package static let type = "ForensicHoldPlaced"
    package let asset: StreamID
    /// The row that asked for it; nil when a person did.
    package let row: TableRow?
    package let reason: String
    package let placed: Timestamp
    package let decisionDue: Timestamp
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case asset, row, reason, placed
        case decisionDue = "decision_due"
        case by
    }
}

/// What was to be taken from the asset has been taken: the hold is over.
package struct EvidenceCollected: EventPayload {
    package static let type = "EvidenceCollected"
    package let evidence: Digest
    package let reason: String
    package let by: Actor
    /// The one that was held; nil in events of a time when holds did not reach assets.
    package var asset: StreamID?
}

/// The incident commander decided on a hold that nobody had ended in time.
package struct ForensicHoldDecided: EventPayload {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case released
        case kept
    }

    package static let type = "ForensicHoldDecided"
    package let outcome: Outcome
    /// When a hold that is kept comes up again.
    package let decisionDue: Timestamp?
    package let reason: String
    package let by: Actor
    /// The one that was held; nil in events of a time when holds did not reach assets.
    package var asset: StreamID?

    private enum CodingKeys: String, CodingKey {
        case outcome
        case decisionDue = "decision_due"
        case reason, by, asset
    }
}
