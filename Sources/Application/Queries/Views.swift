package import EventSourcing

/// The things that people list and look at. Each is a read model folded from the log.
package enum ViewKind: String, Sendable, CaseIterable {
    case asset, patch, rollout, deployment, person, feed, finding, policy
    case exception, control, baseline
    /// A time in which nothing begins.
    case freeze
    /// How much may be under way at once.
    case cap
    /// When rollouts are planned by themselves.
    case schedule
    case emergency, standingApproval, disaster
    /// What the lists of a cloud's account come to.
    case cloudAccount
    /// A rule for attributes of assets; under its name.
    case attributeRule
    /// What an asset's signed lists offer; under the asset's id.
    case offer
    /// Work that is due or under way; live only, since leases are not events.
    case activity
    /// Who takes it; live only as well.
    case worker
    /// A generation of the read models themselves; live only, since they are no events.
    case projection
    /// An event that could not be folded into one; under that one's id.
    case parked
}

package struct ViewKey: Hashable, Sendable {
    package let kind: ViewKind
    package let id: String

    package init(_ kind: ViewKind, _ id: String) {
        self.kind = kind
        self.id = id
    }
}

/// One thing as the log leaves it at some position.
package struct View: Sendable, Equatable {
    package let id: String
    /// What it belongs to: a deployment's rollout, say.
    package var parent: String?
    package var state: String
    /// Lists go by this, then by id.
    package var sortKey: String
    /// Canonical JSON: the document of `ViewDocuments` for its kind.
    package var document: [UInt8]

    package init(id: String, parent: String?, state: String, sortKey: String, document: [UInt8]) {
        self.id = id
        self.parent = parent
        self.state = state
        self.sortKey = sortKey
        self.document = document
    }
}

/// Which part of a list is wanted, and as of when.
package struct ListRequest: Sendable {
    /// What a list goes by.
    package enum Order: String, Sendable {
        /// By the views' sort keys: findings by urgency, patches as they were identified.
        case usual
        /// By class, then deadline. For findings and patches.
        case urgency
        /// The earliest first, what has none last. For findings and patches.
        case deadline
        /// By name, then urgency; what has none last. For findings.
        case owner, site
    }

    package var kind: ViewKind
    package var id: String?
    package var parent: String?
    package var state: String?
    /// Any of these; empty for all. For findings and patches.
    package var states: [String] = []
    /// Any of these names; empty for all. For findings.
    package var vulnerabilities: [String] = []
    /// Only what is due before. For findings and patches.
    package var dueBefore: Timestamp?
    package var order = Order.usual
    /// Only things whose document has these texts in these fields, named as the API names them.
    package var fields: [String: String] = [:]
    /// At most 500.
    package var limit: Int = 100
    /// What the page before gave as `next`.
    package var cursor: String?
    /// As the log was at this position; nil for now.
    package var asOf: Int64?

    package init(_ kind: ViewKind) {
        self.kind = kind
    }

    /// Of which one is wanted; empty for all.
    package var wantedStates: [String] { state.map { [$0] } ?? states }
}

/// Which offered updates are wanted, and as of when. They are summed up over all active assets.
package struct OfferRequest: Sendable {
    /// Only those that this asset is offered.
    package var asset: String?
    package var source: String?
    package var isSecurityOnly = false
    /// At most 500.
    package var limit: Int = 100
    /// What the page before gave as `next`.
    package var cursor: String?
    /// As the log was at this position; nil for now.
    package var asOf: Int64?

    package init() {}
}

package struct ViewPage: Sendable {
    package let views: [View]
    /// Asks for the next page; nil on the last.
    package let next: String?
    /// Everything up to this position is in it.
    package let position: Int64

    package init(views: [View], next: String?, position: Int64) {
        self.views = views
        self.next = next
        self.position = position
    }
}

/// What the queries are served from.
package protocol ReadModel: Sendable {
    /// - Throws: `InvalidInput` for a past moment of a kind that is live only.
    func list(_ request: ListRequest) async throws -> ViewPage

    /// The versions of packages that signed lists offer, each with the assets that it is offered
    /// to. By name.
    func offeredUpdates(_ request: OfferRequest) async throws -> ViewPage

    /// The archives that active assets are offered updates from, by their origins.
    ///
    /// - Returns: With the position that they are of.
    func offeredOrigins(asOf: Int64?) async throws -> (origins: [OfferedOrigin], position: Int64)

    /// - Returns: nil when there was no such thing (then).
    func find(_ key: ViewKey, asOf position: Int64?) async throws -> View?

    /// Gives every fact on the assets of a scope to `visit`, one after the other: the findings, those
    /// of one asset together, then assets, deployments, rollouts and patches.
    ///
    /// - Returns: The position that they are of.
    /// - Throws: `QueryError.busy` where too many do so already; what `visit` throws.
    func facts(_ wish: FactWish, _ visit: (ReportFact) throws -> Void) async throws -> Int64

    /// When the event at `position` was recorded; nil when there is none, or it is archived.
    func moment(of position: Int64) async throws -> Timestamp?

    /// How far the read model has come.
    func position() async throws -> Int64

    /// The last position recorded at or before `moment`; 0 when there was none.
    func position(at moment: Timestamp) async throws -> Int64
}

extension ReadModel {
    /// All pages of a list, one after the other, each asked for when it is wanted.
    package func pages(of request: ListRequest) -> ViewPages { ViewPages(self, request) }

    /// Waits until everything up to `position` is in it.
    ///
    /// - Throws: `QueryError.behind` when it isn't after that time.
    package func reach(_ position: Int64, within patience: Duration) async throws {
        let end = ContinuousClock.now + patience
        var pause: Duration = .milliseconds(2)
        while true {
            let reached = try await self.position()
            if reached >= position { return }
            guard ContinuousClock.now < end else {
                throw QueryError.behind(position: reached, wanted: position)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }
}

package enum QueryError: Error, Equatable {
    case badCursor(String)
    /// A page of another list gave it: one of other things, in another order, or by other filters.
    case otherCursor(String)
    /// The position lies ahead of the log.
    case aheadOfLog(position: Int64, head: Int64)
    /// The moment lies within what was archived, up to this position.
    case archived(last: Int64)
    /// The read model didn't come as far as was asked for in time.
    case behind(position: Int64, wanted: Int64)
    /// As many reports are being counted as may be at a time.
    case busy(limit: Int)
    /// Counting a report took longer than it may.
    case tooSlow(limit: Duration)
    /// The live read models are older ones, which don't say what is asked for.
    case outdated
}
