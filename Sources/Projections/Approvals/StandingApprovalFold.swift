internal import Application
internal import EventSourcing
internal import PatchManagement

/// A standing approval in lists and details.
struct StandingApprovalDocument: ViewDocument {
    static let kind = ViewKind.standingApproval

    var id: String
    var state: String
    var riskClass: String
    var product: String
    var target: AssetGroupDocument
    var until: String
    var reason: String
    var digest: String
    var proposedBy: String
    var proposedAt: String
    var decision: Decision?
    var patches: [String]
    var end: End?
    var version: Int

    struct Decision: Codable, Equatable {
        var outcome: String
        var by: String
        var at: String
        var reason: String
    }

    struct End: Codable, Equatable {
        var cause: String
        var at: String
        var reason: String?
        var by: String?
    }

    /// What waits for a decision first, then what holds, then what is over; each by its end.
    var sortKey: String {
        let rank =
            switch StandingPhase(rawValue: state) {
            case .proposed: "0"
            case .granted: "1"
            case .denied, .expired, .revoked, nil: "2"
            }
        return "\(rank) \(until)"
    }
}

/// Standing approvals from their streams.
enum StandingApprovalFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try StandingApprovalEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .proposed(let proposed) = decoded {
            let terms = proposed.terms
            return try StandingApprovalDocument(
                id: id, state: StandingPhase.proposed.rawValue,
                riskClass: terms.riskClass.rawValue, product: terms.product,
                target: AssetGroupDocument(terms.selector), until: terms.until.description,
                reason: terms.reason, digest: proposed.digest.description,
                proposedBy: proposed.by.id, proposedAt: proposed.proposed.description,
                patches: [], version: event.version
            ).write(to: &views)
        }
        guard var standing = try StandingApprovalDocument.read(id, in: views) else {
            throw MissingView(kind: .standingApproval, id: id)
        }
        standing.version = event.version
        change(&standing, by: decoded, at: event.recordedAt.description)
        try standing.write(to: &views)
    }

    private static func change(
        _ standing: inout StandingApprovalDocument, by event: StandingApprovalEvent,
        at moment: String
    ) {
        switch event {
        case .proposed: break
        case .granted(let granted):
            standing.state = StandingPhase.granted.rawValue
            standing.decision = .init(
                outcome: "granted", by: granted.by.id, at: moment, reason: granted.reason)
        case .denied(let denied):
            standing.state = StandingPhase.denied.rawValue
            standing.decision = .init(
                outcome: "denied", by: denied.by.id, at: moment, reason: denied.reason)
        case .used(let used):
            let patch = used.patch.text
            if !standing.patches.contains(patch) { standing.patches.append(patch) }
        case .expired(let expired):
            standing.state = StandingPhase.expired.rawValue
            standing.end = .init(
                cause: expired.wasGranted ? "timeOver" : "notDecided", at: moment)
        case .revoked(let revoked):
            standing.state = StandingPhase.revoked.rawValue
            standing.end = .init(
                cause: "revoked", at: moment, reason: revoked.reason, by: revoked.by.id)
        }
    }
}
