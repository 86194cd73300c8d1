package import EventSourcing
internal import PatchManagement

/// A token as it is shown.
package struct IssuedToken: Sendable, Equatable {
    package enum State: String, Sendable {
        case active, expired, revoked
    }

    /// `to_` and a UUID.
    package let id: StreamID
    package let person: StreamID
    /// The person's name, as the house chose it.
    package let name: String
    package let roles: [String]
    package let prefix: String
    package let state: State
    package let issued: Timestamp
    package let expires: Timestamp
    /// Only in the answer that made it.
    package var secret: String?
    let sha256: Digest

    init(_ token: TokenIssued, of person: StreamID, issued: Timestamp, state: State) {
        id = StreamID(prefix: "to", token.token)
        self.person = person
        name = token.label
        roles = token.roles.map(\.rawValue)
        prefix = token.prefix
        self.state = state
        self.issued = issued
        expires = token.expires
        sha256 = token.sha256
    }
}

extension UseCases {
    /// Every token of `person`, in the order of their issue, as the log was at `position`.
    func tokens(of person: StreamID, upTo position: Int64? = nil) async throws -> [IssuedToken] {
        var issued: [(token: TokenIssued, at: Timestamp)] = []
        var revoked: [StreamID] = []
        var version = 0
        let page = 1000
        while true {
            let events = try await store.read(person, after: version, limit: page)
            for event in events where event.position <= position ?? .max {
                switch try PersonEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                {
                case .tokenIssued(let token): issued.append((token, event.recordedAt))
                case .tokenRevoked(let token):
                    revoked.append(StreamID(prefix: "to", token.token))
                case .roleGranted, .roleRevoked: break
                }
            }
            version += events.count
            if events.count < page { break }
        }
        let moment = now()
        return issued.map { token, at in
            let isRevoked = revoked.contains(StreamID(prefix: "to", token.token))
            let state: IssuedToken.State =
                isRevoked ? .revoked : moment < token.expires ? .active : .expired
            return IssuedToken(token, of: person, issued: at, state: state)
        }
    }
}
