package import Advisories
package import EventSourcing
internal import PatchManagement

/// What the feeds of advisories say, or said once, by ids and packages.
///
/// Read from the documents that the snapshots' events name, and kept in short in memory: an event for
/// each of 50,000 advisories would say nothing that those digests don't, and fill the log with what
/// others publish. The first question after a start reads all of them, later ones what has changed.
package actor AdvisoryCatalogue {
    private let store: any EventStore
    private let bus: CommandBus
    private var shelves: [StreamID: Shelf] = [:]
    /// Of each feed what it said at the moment of the past that was asked for last.
    private var pastShelves: [StreamID: Shelf] = [:]
    /// Newest first.
    private var entries: [Entry] = []
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private static let documentsAtATime = 16
    private static let mostWaiting = 200

    private struct Shelf {
        var contents: Digest
        var parts: [FeedContents.Part: [Entry]]
    }

    /// Which contents counted of a feed at some moment.
    struct Said: Sendable {
        let feed: StreamID
        let registration: FeedRegistration
        let contents: Digest
    }

    init(store: any EventStore, bus: CommandBus) {
        self.store = store
        self.bus = bus
    }

    /// The advisories of `feeds` as they are now, the one that changed last first.
    ///
    /// - Throws: `EventStoreError.overloaded` when too many ask while it is read.
    func entries(of feeds: [StreamID]) async throws -> [Entry] {
        try await enter()
        defer { leave() }
        var hasChanged = false
        for feed in feeds {
            let state = try await bus.state(of: feed, as: FeedDecider.self).state
            guard let registration = state.registration, let contents = state.contents,
                shelves[feed]?.contents != contents
            else { continue }
            let said = Said(feed: feed, registration: registration, contents: contents)
            guard let shelf = try await shelf(said) else { continue }
            shelves[feed] = shelf
            hasChanged = true
        }
        if hasChanged {
            entries = shelves.values.flatMap { $0.parts.values.joined() }.sorted()
        }
        return entries
    }

    /// The advisories that feeds said once, the one that had changed last first. Cost: the documents
    /// that they don't say any more are read.
    ///
    /// - Throws: As `entries(of:)`.
    func entries(then all: [Said]) async throws -> [Entry] {
        try await enter()
        defer { leave() }
        var found: [Entry] = []
        for said in all {
            var past = [shelves[said.feed], pastShelves[said.feed]].compactMap(\.self).first {
                $0.contents == said.contents
            }
            if past == nil {
                past = try await shelf(said)
                pastShelves[said.feed] = past
            }
            if let past { found += past.parts.values.joined() }
        }
        return found.sorted()
    }

    /// nil for a feed that has no advisories.
    private func shelf(_ said: Said) async throws -> Shelf? {
        switch said.registration.kind {
        case .osv: try await read(OSVFeed.self, said)
        case .csaf: try await read(CSAFFeed.self, said)
        case .kev, .epss, .ssvc: nil
        }
    }

    /// The advisories of `entries`, read again from their documents, one caller at a time.
    func index(of entries: [Entry]) async throws -> AdvisoryIndex {
        try await enter()
        defer { leave() }
        var index = AdvisoryIndex()
        let parts = Dictionary(grouping: entries) { $0.part.digest }
        let digests = parts.keys.sorted()
        for slice in digests.indices.chunks(of: Self.documentsAtATime) {
            let found = try await store.documents(Array(digests[slice]))
            for digest in digests[slice] {
                guard let bytes = found[digest]?.bytes, let entry = parts[digest]?.first else {
                    continue
                }
                let read =
                    entry.format == .osv
                    ? Self.advisories(OSVFeed.self, entry.part, bytes)
                    : Self.advisories(CSAFFeed.self, entry.part, bytes)
                for advisory in read { _ = index.apply(.put(advisory)) }
            }
            try Task.checkCancellation()
        }
        return index
    }

    /// Reads the parts of a feed's contents that are new to it.
    private func read<Reader: FeedReader>(
        _ reader: Reader.Type, _ said: Said
    ) async throws -> Shelf where Reader.Record == Advisory {
        guard let document = try await store.document(said.contents) else {
            throw EventStoreError(
                .corrupted, "the contents \(said.contents) of \(said.feed) are gone")
        }
        let contents = try CanonicalJSON.decode(FeedContents.self, from: document.bytes)
        let known = shelves[said.feed]?.parts ?? [:]
        var parts: [FeedContents.Part: [Entry]] = [:]
        for slice in contents.parts.indices.chunks(of: Self.documentsAtATime) {
            let new = contents.parts[slice].filter { known[$0] == nil }
            let found = try await store.documents(new.map(\.digest))
            for part in contents.parts[slice] {
                if let entries = known[part] {
                    parts[part] = entries
                } else if let bytes = found[part.digest]?.bytes {
                    parts[part] = Self.advisories(reader, part, bytes).map {
                        Entry($0, feed: said.registration.name, part: part)
                    }
                }
            }
            try Task.checkCancellation()
        }
        return Shelf(contents: said.contents, parts: parts)
    }

    static func advisories<Reader: FeedReader>(
        _ reader: Reader.Type, _ part: FeedContents.Part, _ bytes: [UInt8]
    ) -> [Advisory] where Reader.Record == Advisory {
        reader.read([FeedDocument(name: part.name, bytes: bytes)]).records
    }

    // One reads at a time; the others find what it has read.

    private func enter() async throws {
        guard isBusy else { return isBusy = true }
        guard waiting.count < Self.mostWaiting else {
            throw EventStoreError(.overloaded, "too many wait for the feeds to be read")
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension AdvisoryCatalogue {
    /// An advisory in short.
    package struct Entry: Sendable, Equatable, Comparable {
        package let id: String
        /// Of the feed.
        package let feed: String
        package let format: Advisory.Format
        /// Other ids that lead to it: aliases, and what it passes on or fixes.
        package let ids: [String]
        package let summary: String
        /// Of the first severity that it states.
        package let severity: String?
        package let packages: [String]
        /// Whether it speaks of more than those.
        let hasMorePackages: Bool
        /// Those that it says something of.
        let ecosystems: [Ecosystem]
        package let published: Timestamp?
        package let modified: Timestamp
        package let withdrawn: Timestamp?
        let part: FeedContents.Part

        private static let mostNames = 100

        init(_ advisory: Advisory, feed: String, part: FeedContents.Part) {
            id = advisory.id
            self.feed = feed
            format = advisory.format
            ids = Array((advisory.aliases + advisory.upstream).prefix(Self.mostNames))
            summary = String(advisory.summary.prefix(200))
            severity = (advisory.severities + advisory.affected.flatMap(\.severities)).first?.text
            let products = advisory.statements.compactMap { $0.product.purl?.name }
            let all = Set(advisory.affected.map(\.name) + products)
            packages = Array(all.sorted().prefix(Self.mostNames))
            ecosystems = advisory.ecosystems
            // A product that has no package URL may have the name of any package.
            hasMorePackages =
                all.count > Self.mostNames || products.count < advisory.statements.count
            published = advisory.published.map { Timestamp($0) }
            modified = Timestamp(advisory.modified)
            withdrawn = advisory.withdrawn.map { Timestamp($0) }
            self.part = part
        }

        package init(_ stated: StatedAdvisory) {
            self.init(
                stated.advisory, feed: stated.feed,
                part: FeedContents.Part(name: stated.document, digest: stated.digest))
        }

        package static func < (left: Self, right: Self) -> Bool { left.place < right.place }

        var place: Place { Place(modified: modified, id: id, feed: feed) }

        /// Where it stands in lists: newest first, then by id and feed.
        struct Place: Comparable {
            let modified: Timestamp
            let id: String
            let feed: String

            static func < (left: Self, right: Self) -> Bool {
                left.modified == right.modified
                    ? (left.id, left.feed) < (right.id, right.feed)
                    : left.modified > right.modified
            }
        }

        /// Whether `text` is one of its ids, in whatever case.
        func isNamed(_ text: String) -> Bool {
            ([id] + ids).contains { $0.lowercased() == text }
        }
    }
}

extension SeverityStatement {
    /// As the publisher writes it.
    package var text: String {
        switch rating {
        case .cvss(let vector): vector.text
        case .word(let word): word
        }
    }
}
