internal import EventSourcing
internal import Logging
internal import PatchManagement

/// The monitor with what it needs from the store: documents that events name, and notes.
struct FindingBooks {
    var monitor = FindingMonitor()
    /// Assets whose inventory is wanted, each with the event that is the reason.
    private(set) var scans: [(asset: StreamID, reason: RecordedEvent)] = []
    /// What reports say against findings, each with the event that is the reason.
    private(set) var doubts: [(doubt: ScannerDoubt, reason: RecordedEvent)] = []
    /// Assets that were kept without what is known of them now, and are to be kept anew.
    private var completed: [StreamID] = []
    private let store: any EventStore
    private let logger: Logger

    /// Documents, or notes, that are fetched at a time.
    private static let shelf = 200
    private static let feedMark = FeedDecider.prefix + "_"
    private static let controlMark = ControlDecider.prefix + "_"
    private static let policyMark = PolicyDecider.prefix + "_"
    /// The note that says that every patch was taken up, also those from before patches were watched.
    private static let patchesNote = "patches-taken-up"
    private var isPatchesNoteDue = false

    /// Takes up what was kept with the checkpoint. An asset of which something can't be read is not to
    /// keep all others from being matched; without a feed or a policy all would be matched wrongly.
    ///
    /// - Parameter position: The checkpoint. Patches up to there that an older program has not watched
    ///   are taken up from the log, once; nil leaves them.
    init(
        store: any EventStore, _ subscriptions: any SubscriptionStore, name: String,
        upTo position: Int64? = nil, logger: Logger
    ) async throws {
        self.store = store
        self.logger = logger
        var last = ""
        isPatchesNoteDue = position != nil
        while true {
            let notes = try await subscriptions.notes(of: name, after: last, limit: Self.shelf)
            guard let end = notes.last?.key else { break }
            last = end
            for (key, note) in notes {
                if key == Self.patchesNote { isPatchesNoteDue = false }
                guard let stream = StreamID(key) else { continue }
                if stream.prefix == PatchDecider.prefix[...] {
                    monitor.restore(
                        stream, try CanonicalJSON.decode(WatchedPatch.self, from: note))
                } else if key.hasPrefix(Self.feedMark) {
                    let watched = try CanonicalJSON.decode(WatchedFeed.self, from: note)
                    try await restore(stream, watched)
                } else if key.hasPrefix(Self.controlMark) {
                    monitor.restore(
                        stream, try CanonicalJSON.decode(WatchedControl.self, from: note))
                } else if key.hasPrefix(Self.policyMark) {
                    monitor.restore(
                        try CanonicalJSON.decode(PublishedPolicy.self, from: note))
                } else {
                    try await passing(over: stream) { books in
                        let watched = try CanonicalJSON.decode(WatchedAsset.self, from: note)
                        try await books.restore(stream, watched)
                    }
                }
            }
        }
        if isPatchesNoteDue, let position { try await takeUpPatches(to: position) }
    }

    /// Takes up the patches that were acquired before any monitor watched patches. They are told what
    /// the advisories say of them with the next event.
    private mutating func takeUpPatches(to position: Int64) async throws {
        var read: Int64 = 0
        var known: [StreamID: Bool] = [:]
        while read < position {
            let events: [RecordedEvent]
            switch try await store.readable(
                after: read, limit: Int(min(1000, position - read)))
            {
            case .events(let stretch): events = stretch
            case .damaged(let damaged, let error):
                logger.critical(
                    "an event can't be read and is passed over",
                    metadata: ["position": "\(damaged)", "error": "\(error)"])
                read = damaged
                continue
            }
            guard let end = events.last?.position else { return }
            read = end
            for event in events where event.stream.prefix == PatchDecider.prefix[...] {
                let patch = event.stream
                let isKnown = known[patch] ?? (monitor.watched(patch: patch) != nil)
                known[patch] = isKnown
                if isKnown { continue }
                try await passing(over: patch) { books in
                    let decoded = try PatchEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                    books.monitor.see(decoded, of: patch)
                }
            }
        }
    }

    /// Does `work`; what can't be read is logged.
    ///
    /// - Throws: `EventCodingError.newerVersion`, for which a newer program is waited; what the store
    ///   throws.
    private mutating func passing(
        over asset: StreamID, _ work: (inout Self) async throws -> Void
    ) async throws {
        do {
            try await work(&self)
        } catch let error as EventCodingError where error.isNewer {
            throw error
        } catch let error as EventStoreError where error.code != .corrupted {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.critical(
                "what is known of an asset can't be taken up and is passed over",
                metadata: ["asset": "\(asset)", "error": "\(error)"])
        }
    }

    private mutating func restore(_ feed: StreamID, _ watched: WatchedFeed) async throws {
        guard let digest = watched.contents else {
            return monitor.restore(feed, watched, FeedLibrary.Contents(of: watched.kind))
        }
        monitor.restore(feed, watched, try await contents(digest, of: feed, watched.kind))
    }

    private mutating func restore(_ asset: StreamID, _ watched: WatchedAsset) async throws {
        var watched = watched
        if watched.lacksGroup {
            try await passing(over: asset) { books in
                guard let registration = try await books.registration(of: asset) else { return }
                watched.describe(registration)
                books.completed.append(asset)
            }
        }
        // Of one without reports nothing can be told, and nothing is closed.
        var reports = ReportsOfAsset()
        try await passing(over: asset) { reports = try await $0.reports(of: watched) }
        monitor.restore(asset, watched, reports)
    }

    /// As its stream says it.
    private func registration(of asset: StreamID) async throws -> AssetRegistration? {
        var registration: AssetRegistration?
        var version = 0
        while true {
            let events = try await store.read(asset, after: version, limit: Self.shelf)
            for event in events {
                version = event.version
                guard event.type == AssetRegistered.type else { continue }
                registration = try AssetRegistered.decode(
                    schemaVersion: event.schemaVersion, data: event.data
                ).registration
            }
            if events.count < Self.shelf { return registration }
        }
    }

    /// All that is kept of what was reported of an asset. Of a report that is gone nothing can be told
    /// until the next one of its source.
    private func reports(of watched: WatchedAsset?) async throws -> ReportsOfAsset {
        guard let watched else { return ReportsOfAsset() }
        var reports = ReportsOfAsset()
        if let digest = watched.report {
            reports.inventory = try await kept(InventoryReport.self, digest)
        }
        for (_, digest) in (watched.reports ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let report = try await kept(AssetReport.self, digest) {
                reports.others.append(report)
            }
        }
        return reports
    }

    private func kept<Report: Decodable>(
        _ type: Report.Type, _ digest: Digest
    ) async throws -> Report? {
        do {
            return try await report(type, digest)
        } catch let error as EventStoreError where error.code == .corrupted {
            return nil
        }
    }

    private func report<Report: Decodable>(
        _ type: Report.Type, _ digest: Digest
    ) async throws -> Report {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the report \(digest) is gone")
        }
        return try CanonicalJSON.decode(type, from: document.bytes)
    }

    /// A feed's contents, with bytes where they are new to it.
    private func contents(
        _ digest: Digest, of feed: StreamID, _ kind: FeedKind
    ) async throws -> FeedLibrary.Contents {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the contents \(digest) of \(feed) are gone")
        }
        let parts = try CanonicalJSON.decode(FeedContents.self, from: document.bytes).parts
        var contents = FeedLibrary.Contents(of: kind)
        let shelf = kind.isOfSignals ? 2 : Self.shelf
        for start in stride(from: 0, to: parts.count, by: shelf) {
            let slice = parts[start..<min(start + shelf, parts.count)]
            let needed = slice.filter { monitor.needsBytes(of: $0, in: feed, kind) }
            let found = try await store.documents(needed.map(\.digest))
            for part in slice { contents.add(part, bytes: found[part.digest]?.bytes) }
        }
        return contents
    }

    mutating func see(_ event: RecordedEvent) async throws {
        let (type, version, data) = (event.type, event.schemaVersion, event.data)
        switch event.stream.prefix {
        case AssetDecider.prefix[...]:
            let decoded = try AssetEvent(type: type, schemaVersion: version, data: data)
            try await see(decoded, event)
        case FeedDecider.prefix[...]:
            switch try FeedEvent(type: type, schemaVersion: version, data: data) {
            case .watched(let watched): monitor.see(watched, of: event.stream)
            case .snapshotTaken(let taken):
                let contents = try await contents(taken.contents, of: event.stream, taken.kind)
                monitor.see(taken, of: event.stream, at: event.recordedAt, contents)
            // They change nothing of what it says; what a feed said that is given up stays.
            case .confirmed, .rejected, .givenUp, .fetchFailed, .reached, .fellSilent, .keysPinned:
                break
            }
        case PatchDecider.prefix[...]:
            monitor.see(
                try PatchEvent(type: type, schemaVersion: version, data: data), of: event.stream)
        case ControlDecider.prefix[...]:
            monitor.see(
                try ControlEvent(type: type, schemaVersion: version, data: data),
                of: event.stream, at: event.recordedAt)
        case DeploymentDecider.prefix[...]:
            let decoded = try DeploymentEvent(type: type, schemaVersion: version, data: data)
            if let asset = monitor.see(decoded, of: event.stream, at: event.recordedAt) {
                scans.append((asset, event))
            }
        case PolicyDecider.prefix[...] where type == PolicyPublished.type:
            monitor.see(
                try PolicyPublished.decode(schemaVersion: version, data: data),
                at: event.recordedAt)
        // What the monitor itself has opened again it knows.
        case FindingDecider.prefix[...]
        where type == FindingReopened.type && event.actor.role != Role.monitor.rawValue:
            monitor.see(
                try FindingReopened.decode(schemaVersion: version, data: data),
                at: event.recordedAt)
        default: break
        }
    }

    private mutating func see(_ decoded: AssetEvent, _ event: RecordedEvent) async throws {
        let asset = event.stream
        var reports = ReportsOfAsset()
        switch decoded {
        case .inventoryReported(let reported):
            let report = try await self.report(InventoryReport.self, reported.report)
            reports = try await self.reports(of: monitor.watched(asset: asset))
            reports.inventory = report
        case .reportTaken(let taken):
            let report = try await self.report(AssetReport.self, taken.taking.report)
            var watched = monitor.watched(asset: asset)
            watched?.take(
                taken.taking.report, from: taken.taking.source, at: event.recordedAt)
            reports = try await self.reports(of: watched)
            var before: AssetReport?
            if let digest = taken.before { before = try await kept(AssetReport.self, digest) }
            let found = monitor.doubts(
                of: taken.taking.source, taken.taking.report, gathered: taken.taking.gathered,
                on: asset, report, before: before)
            doubts += found.map { ($0, event) }
        case .reportConfirmed(let confirmed):
            guard let report = try await kept(AssetReport.self, confirmed.report) else { break }
            let found = monitor.doubts(
                of: confirmed.source, confirmed.report, gathered: confirmed.gathered, on: asset,
                report, before: nil)
            doubts += found.map { ($0, event) }
        case .sourceForgotten(let forgotten):
            var watched = monitor.watched(asset: asset)
            watched?.forget(forgotten.source)
            reports = try await self.reports(of: watched)
            guard let before = try await kept(AssetReport.self, forgotten.report) else { break }
            doubts += monitor.doubts(
                forgetting: forgotten.source, at: event.recordedAt, on: asset, before: before
            ).map { ($0, event) }
        case .registered, .described, .scanRequested, .updatesOffered, .scanConfirmed, .scanFailed,
            .rebootObserved, .rebootAwaited, .overdue, .instanceObserved, .instanceGone,
            .predecessorLinked,
            .originsNoted, .decommissioned, .held, .released:
            break
        }
        monitor.see(decoded, of: asset, at: event.recordedAt, reports)
    }

    mutating func takeFlawReports(
        at now: Timestamp
    ) -> [(patch: StreamID, report: FlawReport)] {
        monitor.takeFlawReports(at: now)
    }

    /// In the order of their events. To be asked when all that was due has been asked.
    mutating func takeDoubts() -> [(doubt: ScannerDoubt, reason: RecordedEvent)] {
        defer { doubts = [] }
        return doubts.filter { !monitor.isIdle($0.doubt) }
    }

    mutating func takeScans() -> [(asset: StreamID, reason: RecordedEvent)] {
        defer { scans = [] }
        return scans
    }

    /// What is to be kept of some of the assets that were completed when they were taken up, so that
    /// the next process need not do it again; nil when none is left.
    mutating func takeCompletedNotes() throws -> [String: [UInt8]?]? {
        guard !completed.isEmpty else { return nil }
        let slice = completed.suffix(Self.shelf)
        completed.removeLast(slice.count)
        var notes: [String: [UInt8]?] = [:]
        for asset in slice {
            notes[asset.text] = try monitor.watched(asset: asset).map(CanonicalJSON.encode)
        }
        return notes
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
        if isPatchesNoteDue { notes[Self.patchesNote] = Array("1".utf8) }
        isPatchesNoteDue = false
        for patch in monitor.takeChangedPatches() {
            notes[patch.text] = try monitor.watched(patch: patch).map(CanonicalJSON.encode)
        }
        for feed in monitor.takeChangedFeeds() {
            notes[feed.text] = try monitor.watched(feed).map(CanonicalJSON.encode)
        }
        for control in monitor.takeChangedControls() {
            notes[control.text] = try monitor.watched(control: control).map(CanonicalJSON.encode)
        }
        for policy in monitor.takeChangedPolicies() {
            notes[policy.scope.policy.text] = try CanonicalJSON.encode(policy)
        }
        return notes
    }
}
