package import EventSourcing
private import PatchManagement
private import FoundationEssentials

/// Which moment a reader wants to see, as the request put it.
package struct Moment: Sendable, Equatable {
    /// A position of the log, a time (RFC 3339, UTC), or a date, which means the end of that day in
    /// UTC; nil for now.
    package var asOf: String?
    /// At least this position must be in it: what a write answered.
    package var minPosition: Int64?

    package init(asOf: String? = nil, minPosition: Int64? = nil) {
        self.asOf = asOf
        self.minPosition = minPosition
    }
}

/// Which part of a list a reader wants, and of which moment.
package struct ListWish: Sendable, Equatable {
    package var moment = Moment()
    /// From 1 to 500.
    package var limit = 100
    package var cursor: String?
    /// Only things whose document has these values in these fields.
    package var filter: [String: String] = [:]
    /// A time or a date; only what is due before it. For findings and patches.
    package var dueBefore: String?
    /// What the list goes by, as the API names it; nil for the usual. For findings and patches.
    package var sort: String?

    package init() {}
}

/// A page of documents, each canonical JSON as the API answers it.
package struct DocumentPage: Sendable, Equatable {
    package let documents: [[UInt8]]
    package let next: String?
    /// Everything up to this position is in it.
    package let position: Int64

    package init(documents: [[UInt8]], next: String?, position: Int64) {
        self.documents = documents
        self.next = next
        self.position = position
    }
}

extension ViewKind {
    /// What somebody must be allowed to do who looks at such things.
    fileprivate var reading: Action {
        switch self {
        case .asset, .offer, .cloudAccount, .attributeRule: .readInventory
        case .feed: .readFeeds
        case .finding: .readFindings
        case .exception: .readExceptions
        case .control, .baseline: .readControls
        case .policy, .freeze, .cap: .readPolicies
        case .patch, .emergency, .standingApproval: .readPatches
        case .rollout, .deployment, .disaster, .schedule: .readRollouts
        case .activity, .worker: .readActivities
        case .person: .readPeople
        case .projection, .parked: .readProjections
        }
    }
}

extension UseCases {
    /// Lists views of one kind.
    ///
    /// - Parameters:
    ///   - parent: Only those that belong to this.
    ///   - state: Only those in this state.
    ///   - vulnerabilities: Only those of one of these names.
    package func list(
        _ kind: ViewKind, _ caller: Caller, _ wish: ListWish, parent: String? = nil,
        state: String? = nil, vulnerabilities: [String] = []
    ) async throws -> DocumentPage {
        _ = try authorise(caller, kind.reading)
        var filter = wish.filter
        filter["sort"] = wish.sort
        try requireKnown(kind, state: state, filter)
        var request = ListRequest(kind)
        request.parent = parent
        request.state = state
        request.vulnerabilities = vulnerabilities
        request.order = wish.sort.flatMap { ListRequest.Order(rawValue: $0) } ?? .usual
        request.dueBefore = try wish.dueBefore.map { try time($0, field: "due_before") }
        return try await list(request, wish)
    }

    /// Patches that can wait and are not under way: what a review for a combined deployment looks
    /// at, the earliest deadline first.
    package func patchesToReview(_ caller: Caller, _ wish: ListWish) async throws -> DocumentPage {
        _ = try authorise(caller, ViewKind.patch.reading)
        var filter = wish.filter
        if let other = filter["risk_class"], other != RiskClass.nonCritical.rawValue {
            throw InvalidInput(
                field: "risk_class",
                message: "'\(other)' is not reviewed for combined deployment: leave it out")
        }
        filter["risk_class"] = RiskClass.nonCritical.rawValue
        try requireKnown(.patch, state: nil, filter)
        var request = ListRequest(.patch)
        request.states = Self.reviewed.map(\.rawValue)
        request.order = .deadline
        var narrowed = wish
        narrowed.filter = filter
        request.dueBefore = try wish.dueBefore.map { try time($0, field: "due_before") }
        let page = try await list(request, narrowed)
        return DocumentPage(
            documents: try page.documents.filter(Self.mayWait), next: page.next,
            position: page.position)
    }

    private struct ShippedAs: Decodable {
        let kind: PatchKind
        let purpose: PatchPurpose
    }

    /// A hotfix for security is combined with nothing: a page may be shorter for it.
    private static func mayWait(_ document: [UInt8]) throws -> Bool {
        let shipped = try CanonicalJSON.decode(ShippedAs.self, from: document)
        return shipped.kind.mayWaitForOthers(shipped.purpose)
    }

    private static let reviewed: [PatchState] = [
        .assessed, .acquired, .acquisitionFailed, .testing, .tested, .testFailed,
        .testInconclusive, .signedOff, .awaitingApproval, .approved, .approvalExpired,
        .approvalRevoked, .deferred,
    ]

    private func list(_ wanted: ListRequest, _ wish: ListWish) async throws -> DocumentPage {
        var request = wanted
        request.limit = wish.limit
        request.cursor = wish.cursor
        request.asOf = try await position(wish.moment)
        request.fields = wish.filter
        let page = try await reads.list(request)
        return DocumentPage(
            documents: page.views.map(\.document), next: page.next, position: page.position)
    }

    /// Shows one view.
    ///
    /// - Throws: `NotFound` when there is (or was) no such thing.
    package func show(
        _ kind: ViewKind, _ id: String, _ caller: Caller, _ moment: Moment
    ) async throws -> View {
        _ = try authorise(caller, kind.reading)
        let position = try await position(moment)
        guard let view = try await reads.find(ViewKey(kind, id), asOf: position) else {
            throw NotFound(kind, id)
        }
        return view
    }

    /// Resolves a moment to a position of the log, nil for now, and waits until the read model has
    /// come as far as the reader needs.
    package func position(_ moment: Moment) async throws -> Int64? {
        if let wanted = moment.minPosition { try await wait(until: wanted) }
        guard let text = moment.asOf else {
            if moment.minPosition == nil { try await catchUp() }
            return nil
        }
        if let position = Int64(text), position >= 0 { return position }
        guard let time = Timestamp(pastText: text) else {
            throw InvalidInput(
                field: "as_of",
                message: "'\(text)' is neither a position of the log, nor a date, nor a time such "
                    + "as 2026-03-01T09:30:00Z")
        }
        return try await reads.position(at: time)
    }

    /// Reads what people write: RFC 3339, or a date, which means its end in UTC.
    func time(_ text: String, field: String) throws(InvalidInput) -> Timestamp {
        guard let moment = Timestamp(feedText: text) else { throw noTime(text, field) }
        return moment
    }

    /// The same, but a date means its start in UTC: a period from a day on has all of that day.
    func start(_ text: String, field: String) throws(InvalidInput) -> Timestamp {
        guard let moment = Timestamp(startText: text) else { throw noTime(text, field) }
        return moment
    }

    private func noTime(_ text: String, _ field: String) -> InvalidInput {
        InvalidInput(
            field: field,
            message: "'\(text)' is neither a date nor a time such as 2026-03-01T09:30:00Z")
    }

    /// - Throws: `NotFound` unless `id` has the form of an id of that kind.
    package func stream(_ id: String, _ kind: ViewKind, prefix: String) throws(NotFound) -> StreamID
    {
        guard let stream = StreamID(id), stream.prefix == prefix else { throw NotFound(kind, id) }
        return stream
    }

    /// Whoever has just been answered by a write sees it in the next read, also through another
    /// process. Read models that lag behind for longer are shown as they are.
    private func catchUp() async throws {
        let head = try await store.head()
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(500)
        var pause: Duration = .milliseconds(1)
        while try await reads.position() < head, clock.now < end {
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    /// Read models follow within milliseconds; a reader is not kept longer than this.
    private static let patience: Duration = .seconds(5)

    func wait(until wanted: Int64) async throws {
        do {
            try await reads.reach(wanted, within: Self.patience)
        } catch QueryError.behind(let position, let wanted) {
            let head = try await store.head()
            throw wanted > head
                ? QueryError.aheadOfLog(position: wanted, head: head)
                : QueryError.behind(position: position, wanted: wanted)
        }
    }
}
