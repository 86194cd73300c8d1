import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Signing
import Synchronization
import TransparencyLog

/// A witness by the rules of a real one, in memory, that can be made to misbehave.
final class WitnessDouble: CheckpointWitness {
    enum Mood: Sendable {
        case answers
        /// Accepts, and never answers.
        case hangs
        case answersWith(WitnessReply)
        case isDown
    }

    private struct State {
        var mood: Mood
        var remembered: CosignedCheckpoint?
        var requests: [AddCheckpointRequest] = []
        var underWay = 0
        var mostUnderWay = 0
    }

    let address = "memory"
    private let signer: SignerKey
    private let known: WitnessedLogs
    private let state: Mutex<State>

    init(_ log: VerifierKey, seed: UInt8 = 7, mood: Mood = .answers) throws {
        signer = try SignerKey(
            name: "witness\(seed).example", algorithm: .cosignature,
            seed: [UInt8](repeating: seed, count: 32))
        known = try WitnessedLogs([log])
        state = Mutex(State(mood: mood))
    }

    var key: VerifierKey { signer.verifier }
    var requests: [AddCheckpointRequest] { state.withLock { $0.requests } }
    var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }
    var cosignedSize: Int64? { state.withLock { $0.remembered?.head.size } }

    func become(_ mood: Mood) { state.withLock { $0.mood = mood } }

    func add(_ request: AddCheckpointRequest) async throws -> WitnessReply {
        let mood = state.withLock { state in
            state.requests.append(request)
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            return state.mood
        }
        defer { state.withLock { $0.underWay -= 1 } }
        switch mood {
        case .answers: break
        case .hangs: try await Task.sleep(for: .seconds(3600))
        case .answersWith(let reply): return reply
        case .isDown: throw CocoaError(.fileNoSuchFile)
        }
        return state.withLock { state in
            let decision = WitnessDecision.judge(
                request, known: known, after: state.remembered, by: signer, at: 1_772_357_400)
            if case .cosign(let cosigned, isNew: true) = decision { state.remembered = cosigned }
            return WitnessReply(decision)
        }
    }
}

/// Runs `body` while the log is sealed and `witnesses` are asked.
func asking(
    _ witnesses: [WitnessDouble], _ store: PostgresEventStore, _ files: SignerFiles,
    log: CapturedLog = CapturedLog(), _ body: () async throws -> Void
) async throws {
    var settings = CosignatureCollector.Settings()
    settings.interval = .milliseconds(30)
    settings.firstPause = .milliseconds(30)
    settings.longestPause = .milliseconds(200)
    let collector = CosignatureCollector(
        store: store, witnesses: witnesses, settings: settings, logger: log.logger)
    let service = Task { try await collector.run() }
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await sealing(store, files, body))
    } catch {
        outcome = .failure(error)
    }
    service.cancel()
    try await service.value
    try outcome.get()
}

/// Waits until so many witnesses have cosigned a checkpoint of at least `size`.
func waitForCosigned(
    _ size: Int64, by count: Int = 1, _ store: PostgresEventStore
) async throws {
    let log = PostgresSealedLog(store: store)
    try await eventually(within: .seconds(20)) {
        try await log.checkpoint(cosignedBy: count)?.size ?? 0 >= size
    }
}
