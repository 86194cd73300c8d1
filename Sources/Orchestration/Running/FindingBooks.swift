internal import EventSourcing
internal import PatchManagement

/// The monitor with what it needs from the store: documents that events name, and notes.
struct FindingBooks {
    var monitor = FindingMonitor()
    /// Assets whose inventory is wanted, each with the event that is the reason.
    private(set) var scans: [(asset: StreamID, reason: RecordedEvent)] = []
    private let store: any EventStore

    /// Documents, or notes, that are fetched at a time.
    private static let shelf = 200
    private static let feedMark = FeedDecider.prefix + "_"

    /// Takes up what was kept with the checkpoint.
    init(
        store: any EventStore, _ subscriptions: any SubscriptionStore, name: String
    ) async throws {
        self.store = store
        var last = ""
        while true {
            let notes = try await subscriptions.notes(of: name, after: last, limit: Self.shelf)
            guard let end = notes.last?.key else { break }
            last = end
            for (key, note) in notes {
                guard let stream = StreamID(key) else { continue }
                if key.hasPrefix(Self.feedMark) {
                    let watched = try CanonicalJSON.decode(WatchedFeed.self, from: note)
                    try await restore(stream, watched)
                } else {
                    let watched = try CanonicalJSON.decode(WatchedAsset.self, from: note)
                    try await restore(stream, watched)
                }
            }
        }
    }

    private mutating func restore(_ feed: StreamID, _ watched: WatchedFeed) async throws {
        guard let contents = watched.contents else { return monitor.restore(feed, watched, []) }
        monitor.restore(feed, watched, try await parts(of: contents, in: feed, watched.kind))
    }

    private mutating func restore(_ asset: StreamID, _ watched: WatchedAsset) async throws {
        let report: InventoryReport?
        do {
            report = try await self.report(watched.report)
        } catch let error as EventStoreError where error.code == .corrupted {
            // Nothing can be told of it until the next one.
            report = nil
        }
        monitor.restore(asset, watched, report)
    }

    private func report(_ digest: Digest?) async throws -> InventoryReport? {
        guard let digest else { return nil }
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the inventory \(digest) is gone")
        }
        return try CanonicalJSON.decode(InventoryReport.self, from: document.bytes)
    }

    /// The documents of a feed's contents, with bytes where they are new to it.
    private func parts(
        of digest: Digest, in feed: StreamID, _ kind: FeedKind
    ) async throws -> [FeedLibrary.Part] {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the contents \(digest) of \(feed) are gone")
        }
        let contents = try CanonicalJSON.decode(FeedContents.self, from: document.bytes)
        var parts: [FeedLibrary.Part] = []
        parts.reserveCapacity(contents.parts.count)
        for start in stride(from: 0, to: contents.parts.count, by: Self.shelf) {
            let slice = contents.parts[start..<min(start + Self.shelf, contents.parts.count)]
            let needed = slice.filter { monitor.needsBytes(of: $0, in: feed, kind) }
            let found = try await store.documents(needed.map(\.digest))
            for part in slice {
                parts.append(FeedLibrary.Part(part, bytes: found[part.digest]?.bytes))
            }
        }
        return parts
    }

    mutating func see(_ event: RecordedEvent) async throws {
        let (type, version, data) = (event.type, event.schemaVersion, event.data)
        switch event.stream.prefix {
        case AssetDecider.prefix[...]:
            let decoded = try AssetEvent(type: type, schemaVersion: version, data: data)
            var report: InventoryReport?
            if case .inventoryReported(let reported) = decoded {
                report = try await self.report(reported.report)
            }
            monitor.see(decoded, of: event.stream, at: event.recordedAt, report)
        case FeedDecider.prefix[...]:
            switch try FeedEvent(type: type, schemaVersion: version, data: data) {
            case .watched(let watched): monitor.see(watched, of: event.stream)
            case .snapshotTaken(let taken):
                let parts = try await parts(of: taken.contents, in: event.stream, taken.kind)
                monitor.see(taken, of: event.stream, at: event.recordedAt, parts)
            // They change nothing of what it says; what a feed said that is given up stays.
            case .confirmed, .rejected, .givenUp, .fetchFailed, .reached, .fellSilent: break
            }
        case DeploymentDecider.prefix[...] where type == DeploymentSucceeded.type:
            let succeeded = try DeploymentSucceeded.decode(schemaVersion: version, data: data)
            if monitor.see(succeeded, of: event.stream, at: event.recordedAt) {
                scans.append((succeeded.route.asset, event))
            }
        // What the monitor itself has opened again it knows.
        case FindingDecider.prefix[...]
        where type == FindingReopened.type && event.actor.role != Role.monitor.rawValue:
            monitor.see(
                try FindingReopened.decode(schemaVersion: version, data: data),
                at: event.recordedAt)
        default: break
        }
    }

    mutating func takeScans() -> [(asset: StreamID, reason: RecordedEvent)] {
        defer { scans = [] }
        return scans
    }

    /// What is to be kept of assets, at any checkpoint.
    mutating func takeAssetNotes() throws -> [String: [UInt8]?] {
        var notes: [String: [UInt8]?] = [:]
        for asset in monitor.takeChangedAssets() {
            notes[asset.text] = try monitor.watched(asset: asset).map(CanonicalJSON.encode)
        }
        return notes
    }

    /// What is to be kept with the checkpoint behind all that was seen.
    mutating func takeAllNotes() throws -> [String: [UInt8]?] {
        var notes = try takeAssetNotes()
        for feed in monitor.takeChangedFeeds() {
            notes[feed.text] = try monitor.watched(feed).map(CanonicalJSON.encode)
        }
        return notes
    }
}
