package import EventSourcing
private import PatchManagement
private import FoundationEssentials

/// Which moment a reader wants to see, as the request put it.
package struct Moment: Sendable, Equatable {
    /// A position of the log, or a time (RFC 3339, UTC); nil for now.
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
        case .asset, .offer: .readInventory
        case .feed: .readFeeds
        case .finding: .readFindings
        case .exception: .readExceptions
        case .control, .baseline: .readControls
        case .policy: .readPolicies
        case .patch: .readPatches
        case .rollout, .deployment: .readRollouts
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
    package func list(
        _ kind: ViewKind, _ caller: Caller, _ wish: ListWish, parent: String? = nil,
        state: String? = nil
    ) async throws -> DocumentPage {
        _ = try authorise(caller, kind.reading)
        try requireKnown(kind, state: state, wish.filter)
        var request = ListRequest(kind)
        request.parent = parent
        request.state = state
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
        guard let time = Timestamp(text) else {
            throw InvalidInput(
                field: "as_of",
                message: "'\(text)' is neither a position nor a time such as 2026-03-01T09:30:00Z")
        }
        return try await reads.position(at: time)
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
