/// What every write answers: what it changed, and where in the log.
package struct Receipt: Codable, Sendable, Equatable {
    package let id: String
    /// Of the thing after the write.
    package let state: String?
    /// Of its stream, also in `ETag`.
    package let version: Int
    /// Of the write's last event; a read takes it as `min_position`.
    package let position: Int64

    package init(id: String, state: String? = nil, version: Int, position: Int64) {
        self.id = id
        self.state = state
        self.version = version
        self.position = position
    }
}

/// The body of every action that needs nothing but a reason.
package struct ReasonRequest: Codable, Sendable, Equatable {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// The body of an action that needs nothing: `{}`.
package struct EmptyRequest: Codable, Sendable, Equatable {
    package init() {}
}

/// A page of a list. `next` is the cursor of the following page, nil after the last.
package struct ListPage<Item: Codable & Sendable>: Codable, Sendable {
    package let data: [Item]
    package let next: String?
    /// The log's position that the page shows.
    package let position: Int64

    package init(data: [Item], next: String?, position: Int64) {
        self.data = data
        self.next = next
        self.position = position
    }
}
