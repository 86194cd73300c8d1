internal import EventSourcing
private import FoundationEssentials
internal import PatchManagement

/// What the commands of people to patches and rollouts have in common.
extension UseCases {
    /// The patch that a request names.
    func patch(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .patch, prefix: PatchDecider.prefix)
    }

    /// Sends `command` to `patch` as `order` asks.
    ///
    /// - Parameters:
    ///   - documents: Kept with the events that name their digests.
    ///   - guards: Streams that must not have moved since they were read.
    func send(
        _ command: PatchCommand, to patch: StreamID, _ order: Order, documents: [Document] = [],
        guards: [StreamGuard] = []
    ) async throws -> Written {
        var options = options(order)
        options.documents = documents
        options.guards = guards
        return try await write(
            command, to: patch, as: PatchDecider.self, order, command.action, options: options,
            state: { $0.state?.rawValue })
    }

    /// What was answered to this patch command before; nil when it is a new one.
    func answered(_ patch: StreamID, _ order: Order, _ action: Action) async throws -> Written? {
        try await answered(
            patch, as: PatchDecider.self, order, action, state: { $0.state?.rawValue })
    }

    /// What was answered to this command before; nil when it is a new one. Asked before anything
    /// is read that only a new command needs: a repetition gets the same answer, though the
    /// world has moved on (I10).
    func answered<D: Decider>(
        _ stream: StreamID, as decider: D.Type, _ order: Order, _ action: Action,
        state name: @Sendable (D.State) -> String?
    ) async throws -> Written? {
        let context = try context(order, action)
        guard
            let receipt = try await store.receipt(
                for: context.commandID, requestDigest: order.requestDigest)
        else { return nil }
        let then = try await history(of: stream, as: decider, upTo: receipt.lastPosition)
        return Written(
            id: stream, state: name(then.state), version: then.version, position: then.position)
    }

    /// Repeats `work`, which guards `stream`, when that moved while it was at work.
    func whileUnmoved<Result>(
        _ stream: StreamID, _ work: () async throws -> Result
    ) async throws -> Result {
        for _ in 1..<8 {
            do {
                return try await work()
            } catch AppendRefusal.versionConflict(stream) {
                continue
            } catch AppendRefusal.versionConflict(let other)
                where other.prefix == StandingApprovalDecider.prefix[...]
            {
                // Another patch was approved by it meanwhile.
                continue
            }
        }
        return try await work()
    }

    /// Refuses a reason in which nobody said anything.
    func need(reason: String) throws(InvalidInput) {
        let isBlank = reason.allSatisfy(\.isWhitespace)
        guard !isBlank, reason.utf8.count <= 4000 else {
            throw InvalidInput(
                field: "reason",
                message: isBlank
                    ? "is empty; say why in a few words"
                    : "has \(reason.utf8.count) bytes; say it in at most 4000")
        }
    }
}
