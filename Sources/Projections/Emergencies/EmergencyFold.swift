internal import Application
internal import EventSourcing
internal import PatchManagement

/// An emergency in lists and details.
struct EmergencyViewDocument: ViewDocument {
    static let kind = ViewKind.emergency

    var id: String
    var patch: String
    var state: String
    var target: AssetGroupDocument
    var team: String
    var reason: String
    var freezeOverride: String?
    /// The freezes that it overrode; nil for none.
    var overriddenFreezes: [Override]?
    var digest: String
    var proposedBy: String
    var proposedAt: String
    var confirmedBy: String?
    var declaredAt: String?
    var until: String
    /// Overdue reviews that a risk owner passed over.
    var passedOver: [String]?
    /// `none`, `owed`, `reminded`, `overdue` or `done`.
    var review: String
    var reviewBy: String?
    var reminders: Int
    var remindedAt: String?
    var remindedRoles: [String]?
    var end: End?
    var outcome: Outcome?
    var version: Int

    struct Override: Codable, Equatable {
        var rollout: String
        var freeze: String
        var at: String
    }

    struct End: Codable, Equatable {
        var cause: String
        var at: String
        var reason: String?
        var by: String?
    }

    struct Outcome: Codable, Equatable {
        var text: String
        var by: String
        var at: String
        var wasOverdue: Bool
    }

    var parent: String? { patch }

    /// What nags first: overdue reviews, then what is in force, what waits, what owes a review, and what
    /// is over.
    var sortKey: String {
        let rank =
            switch (review, EmergencyPhase(rawValue: state)) {
            case ("overdue", _): "0"
            case (_, .declared): "1"
            case (_, .proposed): "2"
            case (_, .ended): "3"
            case (_, .lapsed), (_, .reviewed), (_, nil): "4"
            }
        return "\(rank) \(reviewBy ?? until)"
    }
}

/// Emergencies from their streams.
enum EmergencyFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try EmergencyEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .proposed(let proposed) = decoded {
            return try document(proposed, event).write(to: &views)
        }
        guard var emergency = try EmergencyViewDocument.read(id, in: views) else {
            throw MissingView(kind: .emergency, id: id)
        }
        emergency.version = event.version
        change(&emergency, by: decoded, at: event.recordedAt.description)
        try emergency.write(to: &views)
    }

    private static func document(
        _ proposed: EmergencyProposed, _ event: RecordedEvent
    ) -> EmergencyViewDocument {
        let terms = proposed.terms
        return EmergencyViewDocument(
            id: event.stream.text, patch: terms.patch.text,
            state: EmergencyPhase.proposed.rawValue, target: AssetGroupDocument(terms.selector),
            team: terms.team, reason: terms.reason, freezeOverride: terms.freezeOverride,
            digest: proposed.digest.description, proposedBy: proposed.by.id,
            proposedAt: event.recordedAt.description, until: proposed.expires.description,
            review: "none", reminders: 0, version: event.version)
    }

    private static func change(
        _ emergency: inout EmergencyViewDocument, by event: EmergencyEvent, at moment: String
    ) {
        switch event {
        case .proposed: break
        case .lapsed:
            emergency.state = EmergencyPhase.lapsed.rawValue
            emergency.end = .init(cause: "lapsed", at: moment)
        case .declared(let declared):
            emergency.state = EmergencyPhase.declared.rawValue
            emergency.confirmedBy = declared.by.id
            emergency.declaredAt = declared.declared.description
            emergency.until = declared.until.description
            emergency.review = "owed"
            emergency.reviewBy = declared.reviewBy.description
            emergency.passedOver =
                declared.overdue.isEmpty ? nil : declared.overdue.map(\.text)
        case .ended(let ended):
            emergency.state = EmergencyPhase.ended.rawValue
            emergency.until = ended.ended.description
            let isByPerson = ended.cause == .byPerson
            emergency.end = .init(
                cause: ended.cause.rawValue, at: ended.ended.description,
                reason: isByPerson ? ended.reason : nil, by: isByPerson ? ended.by.id : nil)
        case .reviewReminded(let reminded):
            emergency.review = reminded.isOverdue ? "overdue" : "reminded"
            emergency.reminders += 1
            emergency.remindedAt = moment
            emergency.remindedRoles = reminded.to.map(\.rawValue)
        case .freezeOverridden(let overridden):
            let override = overridden.override
            emergency.overriddenFreezes =
                (emergency.overriddenFreezes ?? []) + [
                    .init(
                        rollout: override.rollout.text, freeze: override.freeze,
                        at: override.at.description)
                ]
        case .reviewed(let reviewed):
            emergency.state = EmergencyPhase.reviewed.rawValue
            emergency.review = "done"
            emergency.outcome = .init(
                text: reviewed.outcome, by: reviewed.by.id, at: moment,
                wasOverdue: reviewed.wasOverdue)
        }
    }
}
