internal import EventSourcing
internal import Logging

/// Sends to a stream what follows from an event of another: until the store has taken it, unless the
/// stream refuses it, or can't be read.
struct Delivery: Sendable {
    let surroundings: Surroundings
    let logger: Logger
    /// What is sent to a stream whose archive isn't at hand is given up: for a sender that says it
    /// again by itself later.
    var givesUpArchived = false

    /// Runs `work` until the store has taken it.
    ///
    /// - Throws: What `work` throws and no further try can change.
    func untilTaken(_ work: () async throws -> Void) async throws {
        let backoff = Backoff(first: .milliseconds(50), most: .seconds(5))
        var tries = 1
        while true {
            do {
                return try await work()
            } catch AppendRefusal.versionConflict {
                // Somebody else is busy there: again.
            } catch let error as EventStoreError where error.isRetryable {
                logger.warning("sending again", metadata: ["error": "\(error)"])
            }
            try await surroundings.sleep(backoff.delay(afterTry: tries))
            tries += 1
        }
    }

    /// Runs `work` until the store has taken it. A refusal is an answer, and a stream that stands still
    /// is no reason for others to wait: both are logged.
    ///
    /// - Parameters:
    ///   - what: What is sent, for the log: `a command of the coordinator`.
    ///   - level: For a refusal.
    func send(
        _ what: String, to stream: StreamID, refusals level: Logger.Level = .info,
        _ work: () async throws -> Void
    ) async throws {
        do {
            try await untilTaken(work)
        } catch let rejection as any DomainRejection {
            logger.log(
                level: level, "\(what) had no effect",
                metadata: ["stream": "\(stream)", "reason": "\(rejection.message)"])
        } catch let error where Self.concernsOneStream(error) || givesUp(error) {
            logger.critical(
                "\(what) can't be carried out and is given up: the stream stands still",
                metadata: ["stream": "\(stream)", "error": "\(error)"])
        }
    }

    /// Whether `error` says that the stream's archive isn't at hand, and nothing is to wait for it.
    func givesUp(_ error: any Error) -> Bool { givesUpArchived && Self.isArchived(error) }

    /// Whether `error` says that events of the stream are in an archive that isn't at hand.
    static func isArchived(_ error: any Error) -> Bool {
        (error as? EventStoreError)?.code == .archiveMissing
    }

    /// Whether `error` says that this stream can't be read, or that what follows for it can never
    /// be stored: it stands still, and the others go on. Everything else concerns all of them, and
    /// is tried until it passes.
    static func concernsOneStream(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: false
        case let error as EventStoreError: error.code == .corrupted
        case AppendRefusal.eventTooLarge: true
        case is AppendRefusal: false
        // A newer program can.
        case let error as EventCodingError where error.isNewer: false
        // Its events can't be decoded.
        default: true
        }
    }
}
