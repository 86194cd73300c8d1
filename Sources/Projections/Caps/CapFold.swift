internal import Application
internal import EventSourcing
internal import PatchManagement

/// A cap in lists and details.
struct CapDocument: ViewDocument {
    static let kind = ViewKind.cap

    var id: String
    var scope: String
    var state: String
    var limit: Int
    var reason: String
    var by: String
    var changedAt: String
    var version: Int

    var sortKey: String { scope }
}

/// Caps from their streams.
enum CapFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try CapEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        switch decoded {
        case .set(let set):
            let cap = CapDocument(
                id: id, scope: set.scope.description, state: Cap.Phase.set.rawValue,
                limit: set.limit, reason: set.reason, by: set.by.id,
                changedAt: event.recordedAt.description, version: event.version)
            try cap.write(to: &views)
        case .cleared(let cleared):
            guard var cap = try CapDocument.read(id, in: views) else {
                throw MissingView(kind: .cap, id: id)
            }
            cap.state = Cap.Phase.cleared.rawValue
            cap.reason = cleared.reason
            cap.by = cleared.by.id
            cap.changedAt = event.recordedAt.description
            cap.version = event.version
            try cap.write(to: &views)
        }
    }
}
