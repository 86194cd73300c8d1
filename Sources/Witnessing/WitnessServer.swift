package import HTTPServing
internal import Hummingbird
package import Logging
private import NIOCore
internal import ServiceLifecycle
package import Signing
private import Synchronization
package import TransparencyLog

/// A witness over HTTP: `POST /add-checkpoint`, and nothing else.
///
/// Source: C2SP tlog-witness, add-checkpoint. Whoever reaches it may ask: what counts is the log's
/// signature.
package struct WitnessServer: Service {
    private let responder: WitnessResponder
    private let listen: ListenAddress
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) -> Void

    /// - Parameters:
    ///   - now: In seconds since 1970.
    ///   - onListening: Called when it serves, with the port that it got.
    package init(
        signer: WitnessSigner, logs: WitnessedLogs, listen: ListenAddress, logger: Logger,
        now: @escaping @Sendable () -> Int64,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) {
        responder = WitnessResponder(signer: signer, logs: logs, logger: logger, now: now)
        self.listen = listen
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        try await serve(responder, on: listen, logger, onListening)
    }
}

private struct WitnessResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// A proof, and a note with all the signatures that it may have.
    static let largestBody = SignedNote.largest + 4096

    let signer: WitnessSigner
    let logs: WitnessedLogs
    let logger: Logger
    let now: @Sendable () -> Int64
    let alarms = Alarms()

    func respond(to request: Request, context: Context) async throws -> Response {
        let reply = await reply(to: request)
        logger.debug("answered", metadata: ["status": "\(reply.status)"])
        var headers = HTTPFields()
        headers[.contentType] = reply.mediaType
        headers[.cacheControl] = "no-store"
        if reply.status == 405 { headers[.allow] = "POST" }
        return Response(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }

    private func reply(to request: Request) async -> WitnessReply {
        guard request.uri.path == "/add-checkpoint" else {
            return WitnessReply(status: 404, "there is nothing here but POST /add-checkpoint")
        }
        guard request.method == .post else {
            return WitnessReply(status: 405, "\(request.method.rawValue) is not served; use POST")
        }
        let body: [UInt8]
        do {
            body = Array(
                try await request.body.collect(upTo: Self.largestBody).readableBytesView)
        } catch is NIOTooManyBytesError {
            return WitnessReply(
                status: 413, "the body is larger than the \(Self.largestBody) bytes that it may be")
        } catch {
            return WitnessReply(status: 400, "the body ended before it was there")
        }
        do {
            return try await reply(to: AddCheckpointRequest(body))
        } catch let error as AddCheckpointError {
            return WitnessReply(.malformed(error))
        } catch {
            // Without its files it can't know what it has promised.
            logger.critical("nothing is cosigned: \(error)")
            return WitnessReply(status: 500, "the witness can't read or write its files")
        }
    }

    private func reply(to request: AddCheckpointRequest) async throws -> WitnessReply {
        let decision = try await offThePool {
            try signer.decide(request, known: logs, now: now)
        }
        if case .refuse(let refusal) = decision, refusal.isAlarm, alarms.isNew(refusal) {
            // The note is the evidence: its signature is the log's.
            let note = logs.evidence(in: request).map { String(decoding: $0.bytes, as: UTF8.self) }
            logger.critical(
                "a checkpoint is not cosigned: \(refusal)", metadata: ["note": "\(note ?? "")"])
        }
        return WitnessReply(decision)
    }
}

/// What was said last: whoever sends the same again and again doesn't fill the disk with it.
private final class Alarms: Sendable {
    private static let reminder: Duration = .seconds(600)

    private let last = Mutex<(refusal: WitnessRefusal, at: ContinuousClock.Instant)?>(nil)

    /// Whether it is to be said, now or once more.
    func isNew(_ refusal: WitnessRefusal) -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            if let said = last, said.refusal == refusal, now - said.at < Self.reminder {
                return false
            }
            last = (refusal, now)
            return true
        }
    }
}
