package import EventSourcing
package import PatchManagement

/// What a request changed: the thing, how it stands after it, and where in the log.
package struct Written: Sendable, Equatable {
    package let id: StreamID
    package let state: String?
    /// Of its stream.
    package let version: Int
    /// Of the write's last event.
    package let position: Int64
    /// False when it was so already.
    package let changed: Bool

    package init(
        id: StreamID, state: String?, version: Int, position: Int64, changed: Bool = true
    ) {
        self.id = id
        self.state = state
        self.version = version
        self.position = position
        self.changed = changed
    }
}

extension UseCases {
    /// For a request that is several commands: takes its key for its whole body first, so that the
    /// same key with another body is refused before anything is written (I10).
    ///
    /// - Throws: `AppendRefusal.commandReused`.
    func claimKey(of order: Order, _ context: CommandContext) async throws {
        _ = try await store.append(
            AppendRequest(context: context, requestDigest: order.requestDigest, streams: []))
    }

    /// Authorises `action`, sends `command` to `stream` and says what it changed; asked again with
    /// the same key, it answers the same (I10).
    ///
    /// - Parameters:
    ///   - part: Tells commands apart that one request sends to several streams.
    ///   - state: Names the state that the thing has afterwards.
    package func write<D: Decider>(
        _ command: D.Command, to stream: StreamID, as decider: D.Type, _ order: Order,
        _ action: Action, part: String = "", options: CommandBus.Options? = nil,
        state name: @Sendable (D.State) -> String?
    ) async throws -> Written {
        let context = try context(order, action, part: part)
        let options = options ?? self.options(order)
        let receipt: AppendReceipt
        do {
            let outcome = try await bus.send(command, to: stream, as: decider, context, options)
            receipt = outcome.receipt
            if !receipt.repeated, receipt.lastPosition > 0 {
                return Written(
                    id: stream, state: name(outcome.state), version: outcome.version,
                    position: receipt.lastPosition)
            }
        } catch let rejection as any DomainRejection where rejection.kind == .notFound {
            throw try await isUnknown(stream) ? NotFound(stream) : rejection
        } catch let stale as StaleVersion {
            // It may be stale because of this very request, the first time that it came.
            let digest = options.requestDigest ?? Digest(of: context.commandID.text)
            guard let first = try await store.receipt(for: context.commandID, requestDigest: digest)
            else { throw stale }
            receipt = first
        }
        let then = try await history(of: stream, as: decider, upTo: receipt.lastPosition)
        return Written(
            id: stream, state: name(then.state), version: then.version, position: then.position,
            changed: receipt.lastPosition > 0)
    }

    private func isUnknown(_ stream: StreamID) async throws -> Bool {
        try await store.read(stream, after: 0, limit: 1).isEmpty
    }

    /// The stream as it was at `position`; as it is when `position` is 0, which a command has that
    /// changed nothing.
    func history<D: Decider>(
        of stream: StreamID, as decider: D.Type, upTo position: Int64
    ) async throws -> (state: D.State, version: Int, position: Int64) {
        var state = D.initialState
        var version = 0
        var last: Int64 = 0
        let page = 1000
        while true {
            let events = try await store.read(stream, after: version, limit: page)
            for event in events {
                if position > 0, event.position > position { return (state, version, last) }
                D.evolve(
                    &state,
                    try D.Event(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
                version = event.version
                last = event.position
            }
            if events.count < page { return (state, version, last) }
        }
    }
}
