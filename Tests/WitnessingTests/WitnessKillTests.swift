import Foundation
import Support
import Synchronization
import Testing
import TransparencyLog
import Witnessing

/// kill -9 of a real witness at any moment breaks no promise: what it has cosigned once, it holds the
/// log to for ever (I11).
@Suite(.timeLimit(.minutes(3))) struct WitnessKillTests {
    @Test func killedAtRandomMomentsItNeverCosignsAFork() async throws {
        var random = SeededRandom.fresh("kills of the witness")
        let key = try WitnessedHistory.key()
        let shown = WitnessedHistory(seed: 1, key: key)
        let other = WitnessedHistory(seed: 2, key: key)
        let witness = try await WitnessProcess()
        var promised: Int64 = 0
        for _ in 0..<12 {
            // After so many answers more, and a moment.
            let answers = Int64(random.below(5))
            let moment = Duration.microseconds(random.below(30_000))
            promised = try await running(witness, key) { client in
                let remembered = try await expectRefused(other, after: promised, client)
                // It is killed in the midst of answering.
                let answered = Answered(remembered)
                async let asked: Void = {
                    for size in Int(remembered)..<550 {
                        let reply = try await client.add(
                            shown.request(from: Int64(size), to: size + 1))
                        guard reply.status == 200 else {
                            Issue.record("\(reply)")
                            return
                        }
                        answered.size.withLock { $0 = Int64(size) + 1 }
                    }
                }()
                while answered.size.withLock({ $0 }) < remembered + answers {
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await Task.sleep(for: moment)
                await witness.kill()
                // It ends with its connection.
                _ = try? await asked
                return answered.size.withLock { $0 }
            }
        }
        print("cosigned up to \(promised)")
        #expect(promised > 12)
        _ = try await running(witness, key) { client in
            try await expectRefused(other, after: promised, client)
        }
        // What was refused is said aloud.
        #expect(witness.log.contains("the log has signed two histories of"))
        #expect(witness.log.contains("is not proved to begin with"))
        await witness.remove()
    }

    private func running<R>(
        _ witness: WitnessProcess, _ key: SignerKey, _ body: (HTTPWitness) async throws -> R
    ) async throws -> R {
        try await witness.start(logKeys: ["\(key.verifier)"])
        return try await withClient { http in
            let client = HTTPWitness(
                url: "http://\(witness.address)", key: try VerifierKey(witness.key), http: http)
            return try await body(client)
        }
    }

    /// Offers another history at the size that the witness remembers, and beyond it.
    ///
    /// - Returns: That size.
    private func expectRefused(
        _ other: WitnessedHistory, after promised: Int64, _ client: HTTPWitness
    ) async throws -> Int64 {
        // A size that it can't have cosigned: it says what it has.
        let probe = try await client.add(other.request(from: 599, to: 600))
        guard case .stale(let remembered) = probe.answer else {
            throw UnexpectedReply(reply: probe)
        }
        #expect(remembered >= promised, "an answered cosignature is remembered")
        guard remembered > 0 else { return 0 }
        let size = Int(remembered)
        for (request, status) in [
            (try other.request(from: remembered, to: size), 409),
            (try other.request(from: remembered, to: size + 5), 422),
            (try other.request(from: 0, to: size + 5), 409),
        ] {
            let reply = try await client.add(request)
            #expect(reply.status == status, "\(String(decoding: reply.body, as: UTF8.self))")
        }
        return remembered
    }
}

/// The largest size whose cosignature has come back.
private final class Answered: Sendable {
    let size: Mutex<Int64>

    init(_ size: Int64) { self.size = Mutex(size) }
}

private struct UnexpectedReply: Error {
    let reply: WitnessReply
}
