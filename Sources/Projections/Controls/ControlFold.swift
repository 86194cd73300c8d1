internal import Application
internal import EventSourcing
internal import PatchManagement

/// A security control in lists and details.
struct ControlViewDocument: ViewDocument {
    static let kind = ViewKind.control

    var id: String
    var name: String
    var kind: String
    var description: String
    var state: String
    var assets: [String]
    var group: AssetGroupDocument?
    var verification: Verification?
    var lapse: Lapse?
    var version: Int

    struct Verification: Codable, Equatable {
        var evidence: String
        var method: String
        var gatheredAt: String
        var until: String
        var by: String
    }

    struct Lapse: Codable, Equatable {
        var cause: String
        var at: String
        var reason: String
    }

    var sortKey: String { name }
}

/// Security controls from their streams.
enum ControlFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try ControlEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let before = try ControlViewDocument.read(id, in: views)
        if case .registered(let registered) = decoded {
            var control = document(registered.registration, of: id, before: before)
            control.version = event.version
            return try control.write(to: &views)
        }
        guard var control = before else { throw MissingView(kind: .control, id: id) }
        control.version = event.version
        switch decoded {
        case .registered: break
        case .verified(let verified):
            control.state = ControlPhase.verified.rawValue
            control.lapse = nil
            control.verification = .init(
                evidence: verified.evidence.description, method: verified.method,
                gatheredAt: verified.gathered.description, until: verified.until.description,
                by: verified.by.id)
        case .lapsed(let lapsed):
            control.state = ControlPhase.lapsed.rawValue
            control.lapse = .init(
                cause: lapsed.cause.rawValue, at: event.recordedAt.description,
                reason: lapsed.reason)
        }
        try control.write(to: &views)
    }

    private static func document(
        _ registration: ControlRegistration, of id: String, before: ControlViewDocument?
    ) -> ControlViewDocument {
        var control =
            before
            ?? ControlViewDocument(
                id: id, name: "", kind: "", description: "",
                state: ControlPhase.registered.rawValue, assets: [], version: 0)
        control.name = registration.name
        control.kind = registration.kind.rawValue
        control.description = registration.description
        control.assets = registration.assets.map(\.text)
        control.group = registration.group.map { AssetGroupDocument($0) }
        return control
    }
}
