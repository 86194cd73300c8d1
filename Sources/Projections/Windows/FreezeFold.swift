internal import Application
internal import EventSourcing
internal import PatchManagement

/// A freeze in lists and details.
struct FreezeDocument: ViewDocument {
    static let kind = ViewKind.freeze

    var id: String
    var name: String
    var scope: String
    var state: String
    var from: String
    var to: String
    var reason: String
    var by: String
    var lifted: Lifted?
    var version: Int

    struct Lifted: Codable, Equatable {
        var at: String
        var reason: String
        var by: String
    }

    /// The last to begin come last.
    var sortKey: String { from }
}

/// Freezes from their streams.
enum FreezeFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try FreezeEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        switch decoded {
        case .created(let created):
            let freeze = FreezeDocument(
                id: id, name: created.terms.name, scope: created.terms.scope.description,
                state: Freeze.Phase.standing.rawValue, from: created.terms.from.description,
                to: created.terms.to.description, reason: created.reason, by: created.by.id,
                version: event.version)
            try freeze.write(to: &views)
        case .lifted(let lifted):
            guard var freeze = try FreezeDocument.read(id, in: views) else {
                throw MissingView(kind: .freeze, id: id)
            }
            freeze.version = event.version
            freeze.state = Freeze.Phase.lifted.rawValue
            freeze.lifted = .init(
                at: event.recordedAt.description, reason: lifted.reason, by: lifted.by.id)
            try freeze.write(to: &views)
        }
    }
}
