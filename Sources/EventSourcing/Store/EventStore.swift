package import FoundationEssentials

/// The log. What `append` returned for is durable; positions are dense, and no reader skips one.
package protocol EventStore: Sendable {
    /// Appends all of `request` or nothing.
    ///
    /// - Returns: The positions it got; for a command that was accepted before, the same answer
    ///   as then.
    /// - Throws: `AppendRefusal` when the request lost against another or against a limit: nothing
    ///   was recorded. `EventStoreError` when the store could not tell or could not be reached.
    func append(_ request: AppendRequest) async throws -> AppendReceipt

    /// What was answered to a command that was accepted before; nil when it wasn't.
    ///
    /// - Throws: `AppendRefusal.commandReused` when it came with another body then (I10).
    func receipt(for commandID: UUID, requestDigest: Digest) async throws -> AppendReceipt?

    /// The events of `stream` with a version above `version`, in order, at most `limit`.
    func read(_ stream: StreamID, after version: Int, limit: Int) async throws -> [RecordedEvent]

    /// All events above `position`, in order, at most `limit`.
    func read(after position: Int64, limit: Int) async throws -> [RecordedEvent]

    /// The position of the last event; 0 when there is none.
    func head() async throws -> Int64

    /// - Returns: nil when no document has that digest.
    func document(_ digest: Digest) async throws -> Document?

    /// Those documents of `digests` that there are, in one round trip where the store can: a caller
    /// asks for no more at once than it can hold.
    func documents(_ digests: [Digest]) async throws -> [Digest: Document]

    /// Rings when events may have come.
    var eventBell: any Bell { get }
}

extension EventStore {
    package func documents(_ digests: [Digest]) async throws -> [Digest: Document] {
        var found: [Digest: Document] = [:]
        for digest in digests { found[digest] = try await document(digest) }
        return found
    }
}

package struct AppendReceipt: Sendable, Equatable {
    /// 0 when the command recorded no event.
    package let firstPosition: Int64
    package let lastPosition: Int64
    package let recordedAt: Timestamp
    /// True when the command had been accepted before, and nothing was appended now.
    package let repeated: Bool

    package init(
        firstPosition: Int64, lastPosition: Int64, recordedAt: Timestamp, repeated: Bool
    ) {
        self.firstPosition = firstPosition
        self.lastPosition = lastPosition
        self.recordedAt = recordedAt
        self.repeated = repeated
    }
}

/// Why an append was refused as a whole, with nothing recorded.
package enum AppendRefusal: Error, Sendable, Equatable {
    /// Another command was first: reload and decide again.
    case versionConflict(StreamID)
    /// The same command id came with another body (409).
    case commandReused
    /// The activity is no longer held under that claim, or the timer is gone.
    case staleClaim
    /// The rollout, the site or everything is halted.
    case halted(scope: String)
    /// The gate before this batch has not passed.
    case batchNotReleased
    /// Another attempt is under way on the asset (I3).
    case assetBusy(attempt: String)
    /// As many attempts as allowed are under way there.
    case noSlot(scope: String)
    /// No window is open for the step, by one clock or another (I2).
    case outsideWindow(DispatchWait)
    /// A freeze stands in its way (I2).
    case frozen(DispatchWait)
    /// An event is larger than an entry may be: put the bulk into a document.
    case eventTooLarge(type: String, bytes: Int)
}

/// The store could not do it; says whether to try again.
package struct EventStoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Not reachable, or restarting: nothing was recorded.
        case unavailable
        /// It takes no writes: a standby, or set so. Nothing was recorded.
        case readOnly
        /// The answer was lost: ask again with the same command id.
        case inDoubt
        /// Too much waits already: slow down.
        case overloaded
        /// The database holds a newer schema than this program knows.
        case schemaTooNew
        /// A stored row can't be read: the stream is closed for decisions.
        case corrupted
        /// Old events are in a file that isn't at hand, or isn't the one that was written: what
        /// needs them waits until a good copy is there.
        case archiveMissing
        /// Anything else, kept with its words.
        case failed
    }

    package let code: Code
    package let message: String
    /// Its words name positions and streams only, and no content: whoever asked may read them.
    package let isForCallers: Bool

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        isForCallers = false
    }

    private init(damage: String) {
        code = .corrupted
        message = damage
        isForCallers = true
    }

    /// - Parameter words: Which positions or streams are not what was written; no content.
    package static func damaged(_ words: String) -> EventStoreError {
        EventStoreError(damage: words)
    }

    package var isRetryable: Bool {
        switch code {
        case .unavailable, .readOnly, .inDoubt, .overloaded: true
        case .schemaTooNew, .corrupted, .archiveMissing, .failed: false
        }
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
