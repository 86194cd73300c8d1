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
    /// The person's name, as the house chose it, or a mark in its place.
    package let name: String
    package let roles: [String]
    package let prefix: String
    package let state: State
    package let issued: Timestamp
    package let expires: Timestamp
    /// Only in the answer that made it.
    package var secret: String?
    let sha256: Digest

    init(
        _ token: TokenIssued, of person: StreamID, named name: String, issued: Timestamp,
        state: State
    ) {
        id = StreamID(prefix: "to", token.token)
        self.person = person
        self.name = name
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
        var isEnded = false
        var isErased = false
        var version = 0
        let page = 1000
        while true {
            let events = try await store.read(person, after: version, limit: page)
            for event in events {
                let decoded = try PersonEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                // Also by who looks at a moment before.
                if case .subjectErased = decoded { isErased = true }
                guard event.position <= position ?? .max else { continue }
                switch decoded {
                case .tokenIssued(let token): issued.append((token, event.recordedAt))
                case .tokenRevoked(let token):
                    revoked.append(StreamID(prefix: "to", token.token))
                case .subjectErased: isEnded = true
                case .roleGranted, .roleRevoked, .erasureRequested: break
                }
            }
            version += events.count
            if events.count < page { break }
        }
        let moment = now()
        var tokens: [IssuedToken] = []
        for (token, at) in issued {
            let isRevoked = isEnded || revoked.contains(StreamID(prefix: "to", token.token))
            let state: IssuedToken.State =
                isRevoked ? .revoked : moment < token.expires ? .active : .expired
            let name = try await shown(
                token.label, in: TokenIssued.label(of: person), isErased: isErased)
            tokens.append(
                IssuedToken(token, of: person, named: name, issued: at, state: state))
        }
        return tokens
    }
}
