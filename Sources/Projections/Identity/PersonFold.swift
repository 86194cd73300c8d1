internal import Application
internal import EventSourcing
internal import PatchManagement

/// A person with roles and tokens. No name: what events say about people in words is read from them,
/// and only there, so that nothing here has to forget it.
struct PersonDocument: ViewDocument {
    static let kind = ViewKind.person

    var id: String
    var roles: [String]
    var tokens: [Token]
    var state: String
    var version: Int

    struct Token: Codable, Equatable {
        var id: String
        var roles: [String]
        var prefix: String
        var issuedAt: String
        var expiresAt: String
        var revokedAt: String?
    }

    var sortKey: String { id }
}

/// People, from the streams of the identities.
enum PersonFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try PersonEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let id = event.stream.text
        var person =
            try PersonDocument.read(id, in: views)
            ?? PersonDocument(id: id, roles: [], tokens: [], state: "active", version: 0)
        person.version = event.version
        switch decoded {
        case .roleGranted(let payload):
            if !person.roles.contains(payload.role.rawValue) {
                person.roles = (person.roles + [payload.role.rawValue]).sorted()
            }
        case .roleRevoked(let payload):
            person.roles.removeAll { $0 == payload.role.rawValue }
        case .tokenIssued(let payload):
            person.tokens.append(
                PersonDocument.Token(
                    id: payload.token.text, roles: payload.roles.map(\.rawValue),
                    prefix: payload.prefix,
                    issuedAt: event.recordedAt.description,
                    expiresAt: payload.expires.description, revokedAt: nil))
        case .tokenRevoked(let payload):
            if let index = person.tokens.firstIndex(where: { $0.id == payload.token.text }) {
                person.tokens[index].revokedAt = event.recordedAt.description
            }
        case .erasureRequested: break
        case .subjectErased:
            person.state = "erased"
            person.roles = []
            for index in person.tokens.indices where person.tokens[index].revokedAt == nil {
                person.tokens[index].revokedAt = event.recordedAt.description
            }
        }
        try person.write(to: &views)
    }
}
