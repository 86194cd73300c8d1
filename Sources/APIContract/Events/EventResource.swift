package import JSON

/// An event of the log: `GET /events`, `GET /events/{position}`.
package struct EventResource: Codable, Sendable, Equatable {
    package let position: Int64
    package let stream: String
    package let version: Int
    package let id: String
    package let type: String
    package let schemaVersion: Int
    package let occurredAt: String
    package let recordedAt: String
    package let actor: ActorResource
    package let commandId: String
    package let correlationId: String
    package let causationId: String?
    /// As stored.
    package let data: JSONValue

    package init(
        position: Int64, stream: String, version: Int, id: String, type: String,
        schemaVersion: Int, occurredAt: String, recordedAt: String, actor: ActorResource,
        commandId: String, correlationId: String, causationId: String? = nil, data: JSONValue
    ) {
        self.position = position
        self.stream = stream
        self.version = version
        self.id = id
        self.type = type
        self.schemaVersion = schemaVersion
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
        self.actor = actor
        self.commandId = commandId
        self.correlationId = correlationId
        self.causationId = causationId
        self.data = data
    }
}

/// Who did something, and in which role.
package struct ActorResource: Codable, Sendable, Equatable {
    package let id: String
    package let role: String
    package let onBehalfOf: String?

    package init(id: String, role: String, onBehalfOf: String? = nil) {
        self.id = id
        self.role = role
        self.onBehalfOf = onBehalfOf
    }
}
