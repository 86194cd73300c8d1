internal import Application
internal import EventSourcing
internal import PatchManagement

/// An exception in lists and details.
struct ExceptionViewDocument: ViewDocument {
    static let kind = ViewKind.exception

    var id: String
    var kind: String
    var state: String
    var scope: Scope
    var reason: String
    var control: String?
    var until: String
    var digest: String
    var requestedBy: String
    var requestedAt: String
    var decision: Decision?
    var reminders: Int
    var remindedAt: String?
    /// Nobody has decided anything after a reminder, or on the request.
    var isForgotten: Bool
    var end: End?
    var version: Int

    struct Scope: Codable, Equatable {
        var findings: [String]
        var patches: [String]
        var assets: [String]
        var group: AssetGroupDocument?
    }

    struct Decision: Codable, Equatable {
        var outcome: String
        var by: String
        var at: String
        var reason: String
        var restart: String?
    }

    struct End: Codable, Equatable {
        var cause: String
        var at: String
        var reason: String?
        var by: String?
    }

    /// What waits for a decision first, then what lives, then what is over; each by its end.
    var sortKey: String {
        let rank =
            switch ExceptionPhase(rawValue: state) {
            case .requested: "0"
            case .granted: "1"
            case .denied, .expired, .revoked, nil: "2"
            }
        return "\(rank) \(until)"
    }
}

/// Assets by what they are, as the API shows them.
struct AssetGroupDocument: Codable, Equatable {
    var environments: [String]
    var sites: [String]
    var groups: [String]

    init(_ selector: TargetSelector) {
        environments = selector.environments.map(\.rawValue)
        sites = selector.sites
        groups = selector.groups
    }
}

/// Exceptions from their streams.
enum ExceptionFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try ExceptionEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .requested(let requested) = decoded {
            return try document(requested, event).write(to: &views)
        }
        guard var exception = try ExceptionViewDocument.read(id, in: views) else {
            throw MissingView(kind: .exception, id: id)
        }
        exception.version = event.version
        change(&exception, by: decoded, at: event.recordedAt.description)
        try exception.write(to: &views)
    }

    private static func document(
        _ requested: ExceptionRequested, _ event: RecordedEvent
    ) -> ExceptionViewDocument {
        let (request, scope) = (requested.request, requested.request.scope)
        return ExceptionViewDocument(
            id: event.stream.text, kind: request.kind.rawValue,
            state: ExceptionPhase.requested.rawValue,
            scope: ExceptionViewDocument.Scope(
                findings: scope.findings.map(\.text), patches: scope.patches.map(\.text),
                assets: scope.assets.map(\.text), group: scope.group.map { AssetGroupDocument($0) }
            ),
            reason: request.reason, control: request.control?.text,
            until: request.until.description, digest: requested.digest.description,
            requestedBy: requested.by.id, requestedAt: requested.requested.description,
            reminders: 0, isForgotten: false, version: event.version)
    }

    private static func change(
        _ exception: inout ExceptionViewDocument, by event: ExceptionEvent, at moment: String
    ) {
        switch event {
        case .requested: break
        case .granted(let granted):
            exception.state = ExceptionPhase.granted.rawValue
            exception.until = granted.until.description
            exception.decision = .init(
                outcome: "granted", by: granted.by.id, at: granted.granted.description,
                reason: granted.reason, restart: granted.restart.rawValue)
        case .denied(let denied):
            exception.state = ExceptionPhase.denied.rawValue
            exception.decision = .init(
                outcome: "denied", by: denied.by.id, at: moment, reason: denied.reason)
        case .reminded:
            exception.reminders += 1
            exception.remindedAt = moment
            exception.isForgotten = true
        case .expired(let expired):
            exception.state = ExceptionPhase.expired.rawValue
            exception.end = .init(cause: expired.cause.rawValue, at: moment)
            switch expired.cause {
            case .timeOver: break
            case .notDecided: exception.isForgotten = true
            case .controlLapsed: exception.isForgotten = false
            }
        case .revoked(let revoked):
            exception.state = ExceptionPhase.revoked.rawValue
            exception.isForgotten = false
            exception.end = .init(
                cause: "revoked", at: moment, reason: revoked.reason, by: revoked.by.id)
        }
    }
}
