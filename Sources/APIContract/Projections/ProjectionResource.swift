/// A generation of the read models: `GET /projections`.
package struct ProjectionResource: Codable, Sendable, Equatable {
    /// While it is being built.
    package struct Rebuild: Codable, Sendable, Equatable {
        /// `replace` when it takes the place of the live one, `verify` when it proves that.
        package let purpose: String
        /// The position that it is to reach.
        package let target: Int64
        /// Rounded down.
        package let percent: Int

        package init(purpose: String, target: Int64, percent: Int) {
            self.purpose = purpose
            self.target = target
            self.percent = percent
        }
    }

    /// It was found equal to another fold of the log.
    package struct Verified: Codable, Sendable, Equatable {
        package let position: Int64
        /// One SHA-256 over every row up to that position.
        package let stateHash: String
        package let at: String

        package init(position: Int64, stateHash: String, at: String) {
            self.position = position
            self.stateHash = stateHash
            self.at = at
        }
    }

    /// Its number.
    package let id: String
    /// `live`, `building`, `abandoned` by its rebuild, or `former`.
    package let state: String
    /// Of the fold that made it.
    package let definition: Int
    package let position: Int64
    /// How many events the log is ahead of it.
    package let lag: Int64
    /// How long ago the first of those was recorded.
    package let lagSeconds: Int64
    /// How many events could not be folded.
    package let parked: Int
    package let startedAt: String
    package let advancedAt: String?
    /// When another one took its place.
    package let replacedAt: String?
    package let rebuild: Rebuild?
    package let verified: Verified?

    package init(
        id: String, state: String, definition: Int, position: Int64, lag: Int64,
        lagSeconds: Int64, parked: Int, startedAt: String, advancedAt: String? = nil,
        replacedAt: String? = nil, rebuild: Rebuild? = nil, verified: Verified? = nil
    ) {
        self.id = id
        self.state = state
        self.definition = definition
        self.position = position
        self.lag = lag
        self.lagSeconds = lagSeconds
        self.parked = parked
        self.startedAt = startedAt
        self.advancedAt = advancedAt
        self.replacedAt = replacedAt
        self.rebuild = rebuild
        self.verified = verified
    }
}

/// An event that could not be folded: `GET /projections/{id}/parked`.
package struct ParkedEventResource: Codable, Sendable, Equatable {
    package let projection: String
    package let position: Int64
    /// Not known of an event that can't be read.
    package let stream: String?
    package let type: String?
    package let reason: String
    package let parkedAt: String
    /// Tries by hand since then.
    package let retries: Int
    package let retriedAt: String?

    package init(
        projection: String, position: Int64, stream: String? = nil, type: String? = nil,
        reason: String, parkedAt: String, retries: Int = 0, retriedAt: String? = nil
    ) {
        self.projection = projection
        self.position = position
        self.stream = stream
        self.type = type
        self.reason = reason
        self.parkedAt = parkedAt
        self.retries = retries
        self.retriedAt = retriedAt
    }
}
