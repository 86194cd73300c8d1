/// What `projection verify`, `rebuild` and `back` found: the live read models against another fold
/// of the log.
package struct ProjectionComparison: Codable, Sendable, Equatable {
    /// The other one.
    package let projection: String
    /// How many events were folded for it now.
    package let events: Int
    /// Up to where both were compared.
    package let position: Int64
    package let stateHash: String
    package let otherStateHash: String
    /// Rows that aren't the same, at most 20.
    package let differences: [String]
    package let parked: Int
    package let otherParked: Int
    /// Which one readers read from now on.
    package let live: String?

    package init(
        projection: String, events: Int, position: Int64, stateHash: String,
        otherStateHash: String, differences: [String], parked: Int, otherParked: Int,
        live: String? = nil
    ) {
        self.projection = projection
        self.events = events
        self.position = position
        self.stateHash = stateHash
        self.otherStateHash = otherStateHash
        self.differences = differences
        self.parked = parked
        self.otherParked = otherParked
        self.live = live
    }
}

/// The state hash of one generation: what `projection hash` prints.
package struct StateHashResource: Codable, Sendable, Equatable {
    package let projection: String
    package let state: String
    package let definition: Int
    package let position: Int64
    package let stateHash: String

    package init(
        projection: String, state: String, definition: Int, position: Int64, stateHash: String
    ) {
        self.projection = projection
        self.state = state
        self.definition = definition
        self.position = position
        self.stateHash = stateHash
    }
}

/// What came of a parked event: what `projection retry` prints.
package struct RetryResource: Codable, Sendable, Equatable {
    package let position: Int64
    /// `folded`, `failed`, `needsRebuild` or `notParked`.
    package let outcome: String
    package let detail: String

    package init(position: Int64, outcome: String, detail: String) {
        self.position = position
        self.outcome = outcome
        self.detail = detail
    }
}
