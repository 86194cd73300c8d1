internal import EventSourcing
internal import PatchManagement

/// The keeper with what it needs from the store: what patches mend, and notes.
struct ExceptionBooks {
    private var keeper = ExceptionKeeper()
    private let store: any EventStore

    /// Notes, or events of a patch, that are fetched at a time.
    private static let shelf = 200

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
                try await restore(stream, note)
            }
        }
    }

    private mutating func restore(_ stream: StreamID, _ note: [UInt8]) async throws {
        switch stream.prefix {
        case AssetDecider.prefix[...]:
            keeper.restore(stream, try CanonicalJSON.decode(KeptAsset.self, from: note))
        case ExceptionDecider.prefix[...]:
            keeper.restore(stream, try CanonicalJSON.decode(KeptException.self, from: note))
        default:
            let kept = try CanonicalJSON.decode(KeptPatch.self, from: note)
            guard keeper.needs(patch: stream) else { return keeper.restore(stream, kept) }
            keeper.restore(stream, kept, try await assets(kept.applicable))
        }
    }

    /// - Returns: What follows from an event.
    mutating func see(_ event: RecordedEvent) async throws -> [ExceptionKeeper.Order] {
        var orders = try await heed(event)
        // Patches of one fleet apply to the same assets.
        var lists: [Digest: [StreamID]] = [:]
        for (patch, applicable) in keeper.takeDuePatches() {
            if lists[applicable] == nil { lists = [applicable: try await assets(applicable)] }
            orders += keeper.look(at: patch, lists[applicable] ?? [])
        }
        return orders
    }

    private mutating func heed(
        _ event: RecordedEvent
    ) async throws -> [ExceptionKeeper.Order] {
        let (type, version, data) = (event.type, event.schemaVersion, event.data)
        switch event.stream.prefix {
        case AssetDecider.prefix[...] where type == AssetRegistered.type:
            return keeper.see(
                try AssetRegistered.decode(schemaVersion: version, data: data), of: event.stream)
        // Of those there are the most, by far.
        case FindingDecider.prefix[...] where type == FindingClassified.type && keeper.isIdle:
            return []
        case FindingDecider.prefix[...]:
            return keeper.see(
                try FindingEvent(type: type, schemaVersion: version, data: data), of: event.stream)
        case ExceptionDecider.prefix[...]:
            let decoded = try ExceptionEvent(type: type, schemaVersion: version, data: data)
            var orders = keeper.see(decoded, of: event.stream)
            guard case .requested(let requested) = decoded else { return orders }
            for patch in requested.request.scope.patches {
                orders += try await look(at: patch, upTo: event.position)
            }
            return orders
        case ControlDecider.prefix[...] where type == ControlLapsed.type:
            return keeper.see(
                try ControlLapsed.decode(schemaVersion: version, data: data), of: event.stream)
        case PatchDecider.prefix[...] where type == PatchAssessed.type:
            return try await look(at: event.stream, upTo: event.position)
        // It could not rest before, perhaps, for what was under way.
        case PatchDecider.prefix[...]
        where type != PatchExcepted.type && type != PatchExceptionEnded.type:
            let exceptions = keeper.exceptions(of: event.stream)
            return exceptions.isEmpty
                ? [] : [.patch(event.stream, .observeExceptions(exceptions))]
        default: return []
        }
    }

    /// Whether an order is still what all seen events lead to.
    func holds(_ order: ExceptionKeeper.Order) -> Bool { keeper.holds(order) }

    mutating func takeNotes() throws -> [String: [UInt8]?] { try keeper.takeNotes() }

    /// Has the keeper see what a patch mends, by its own events up to a position: whoever comes here
    /// again after a crash sees the same.
    private mutating func look(
        at patch: StreamID, upTo position: Int64
    ) async throws -> [ExceptionKeeper.Order] {
        var state = PatchDecider.initialState
        var version = 0
        reading: while true {
            let events = try await store.read(patch, after: version, limit: Self.shelf)
            for event in events {
                if event.position > position { break reading }
                PatchDecider.evolve(
                    &state,
                    try PatchEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
                version = event.version
            }
            if events.count < Self.shelf { break }
        }
        guard let identification = state.identification,
            let applicable = state.assessment?.applicable.assets
        else { return [] }
        let kept = KeptPatch(
            packages: identification.packages.map(\.name), applicable: applicable)
        guard keeper.needs(patch: patch) else {
            keeper.note(kept, of: patch)
            return []
        }
        return keeper.see(kept, of: patch, try await assets(applicable))
    }

    private func assets(_ digest: Digest) async throws -> [StreamID] {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the list of assets \(digest) is gone")
        }
        return try CanonicalJSON.decode([StreamID].self, from: document.bytes)
    }
}
