package import EventSourcing
private import FoundationEssentials
private import Logging

/// The one way in which anything is written: load the stream, decide, append events and what
/// follows from them in one call.
package struct CommandBus: Sendable {
    private let store: any EventStore
    private let cache: StateCache
    private let logger = Logger(label: "patchflow.commands")
    /// How often a command decides again after it lost against another.
    private let attempts = 8

    package init(store: any EventStore, cachedStreams: Int = 4096) {
        self.store = store
        cache = StateCache(limit: cachedStreams)
    }

    /// What goes with a command beside the stream that it decides on.
    package struct Options: Sendable {
        package var claim: ClaimUse?
        package var timer: TimerUse?
        package var permit: Permit?
        package var guards: [StreamGuard] = []
        /// Events of other streams that are recorded with the command, or not at all. Such events
        /// schedule nothing.
        package var alongside: [StreamAppend] = []
        package var documents: [Document] = []
        /// What was asked, for idempotency; the command id stands for itself by default.
        package var requestDigest: Digest?
        /// The version that the caller saw (`If-Match`): another one is refused.
        package var expectedVersion: Int?

        package init() {}
    }

    package struct Outcome<State: Sendable>: Sendable {
        package let stream: StreamID
        package let state: State
        package let version: Int
        package let receipt: AppendReceipt
    }

    /// Decides `command` on `stream` and records the outcome.
    ///
    /// A command that was accepted before under this id answers as it did then, though the stream
    /// may have moved on.
    ///
    /// - Throws: `D.Rejection` when the domain refuses, `AppendRefusal` when a limit or another
    ///   command was in the way, `EventStoreError` when the store couldn't tell.
    package func send<D: Decider>(
        _ command: D.Command, to stream: StreamID, as decider: D.Type, _ context: CommandContext,
        _ options: Options = Options()
    ) async throws -> Outcome<D.State> {
        let digest = options.requestDigest ?? Digest(of: context.commandID.text)
        var attempt = 1
        while true {
            let loaded = try await load(decider, stream)
            let events: [D.Event]
            do {
                if let expected = options.expectedVersion, expected != loaded.version {
                    throw StaleVersion(
                        stream: stream, expected: expected, actual: loaded.version)
                }
                events = try D.decide(command, context, loaded.state)
            } catch {
                if let receipt = try await store.receipt(
                    for: context.commandID, requestDigest: digest)
                {
                    return Outcome(
                        stream: stream, state: loaded.state, version: loaded.version,
                        receipt: receipt)
                }
                // A cached state may be behind; the refusal must not be.
                if loaded.cached {
                    cache.forget(stream)
                    continue
                }
                throw error
            }
            let prepared = try prepare(events, decider, stream, loaded, context, options, digest)
            do {
                let receipt = try await store.append(prepared.request)
                if receipt.repeated {
                    cache.forget(stream)
                } else {
                    cache.keep(prepared.state, version: prepared.version, of: stream)
                }
                for other in options.alongside { cache.forget(other.stream) }
                return Outcome(
                    stream: stream, state: prepared.state, version: prepared.version,
                    receipt: receipt)
            } catch AppendRefusal.versionConflict(let conflicting) {
                cache.forget(stream)
                attempt += 1
                guard attempt <= attempts, conflicting == stream else {
                    throw AppendRefusal.versionConflict(conflicting)
                }
                logger.debug("lost a race, deciding again", metadata: ["stream": "\(stream)"])
            }
        }
    }

    /// The state of `stream` and its version; version 0 when it doesn't exist.
    package func state<D: Decider>(
        of stream: StreamID, as decider: D.Type
    ) async throws -> (state: D.State, version: Int) {
        cache.forget(stream)
        let loaded = try await load(decider, stream)
        return (loaded.state, loaded.version)
    }

    private struct Loaded<State> {
        var state: State
        var version: Int
        let cached: Bool
    }

    private func load<D: Decider>(_ decider: D.Type, _ stream: StreamID) async throws -> Loaded<
        D.State
    > {
        if let (state, version) = cache.state(of: stream, as: D.State.self) {
            return Loaded(state: state, version: version, cached: true)
        }
        var loaded = Loaded(state: D.initialState, version: 0, cached: false)
        let page = 1000
        while true {
            let events = try await store.read(stream, after: loaded.version, limit: page)
            for event in events {
                guard event.version == loaded.version + 1 else {
                    throw EventStoreError(
                        .corrupted,
                        "stream \(stream) has version \(event.version) after \(loaded.version)")
                }
                let decoded = try D.Event(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                D.evolve(&loaded.state, decoded)
                loaded.version = event.version
            }
            if events.count < page { return loaded }
        }
    }

    private struct Prepared<State> {
        let request: AppendRequest
        let state: State
        let version: Int
    }

    private func prepare<D: Decider>(
        _ events: [D.Event], _ decider: D.Type, _ stream: StreamID, _ loaded: Loaded<D.State>,
        _ context: CommandContext, _ options: Options, _ digest: Digest
    ) throws -> Prepared<D.State> {
        var state = loaded.state
        for event in events { D.evolve(&state, event) }
        var effects: [ScheduledEffect] = []
        var index = 0
        for (place, event) in events.enumerated() {
            let id = AppendRequest.eventID(commandID: context.commandID, index: place)
            for effect in D.effects(of: event, state) {
                effects.append(
                    ScheduledEffect(stream: stream, eventID: id, index: index, effect: effect))
                index += 1
            }
        }
        var request = AppendRequest(
            context: context, requestDigest: digest,
            streams: [
                StreamAppend(
                    stream: stream, expectedVersion: loaded.version,
                    events: try events.map { try NewEvent($0.payload) })
            ] + options.alongside)
        request.guards = options.guards
        request.claim = options.claim
        request.timer = options.timer
        request.permit = options.permit
        request.effects = effects
        request.documents = options.documents
        return Prepared(
            request: request, state: state, version: loaded.version + events.count)
    }
}

/// The thing has changed since the caller read it (412).
package struct StaleVersion: Error, Equatable {
    package let stream: StreamID
    package let expected: Int
    package let actual: Int
}
