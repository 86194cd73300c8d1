import PatchManagement
import Subprocess
private import Synchronization

/// What was heard from a host, and where the conversation ended.
final class Conversation: Sendable {
    enum Outcome: Sendable {
        /// The lines between greeting and `done`.
        case answered([String])
        /// Nothing was sent to the host; ssh said this.
        case notGreeted(String)
        /// The host greeted, and was told nothing.
        case withheld
        /// The order was sent, and then this happened.
        case broken(WorkFailure)
    }

    private struct State {
        var greeted = false
        var timedOut = false
        var outcome: Outcome?
        var failure: String?
        var errors: [UInt8] = []
    }

    private static let errorLimit = 8000
    /// What a login shell may print before the greeting.
    private static let preambleLimit = 65_536

    private let answerLimit: Int
    private let state = Mutex(State())

    /// - Parameter limit: The longest answer in bytes.
    init(limit: Int) {
        answerLimit = limit
    }

    var isGreeted: Bool { state.withLock { $0.greeted } }

    func ranOutOfTime() { state.withLock { $0.timedOut = true } }

    /// The order may not be carried out any more.
    func withhold() { state.withLock { $0.outcome = .withheld } }

    /// ssh could not be run at all, or talking to it failed.
    func failed(_ words: String) { state.withLock { $0.failure = words } }

    /// Reads to the end, keeping the beginning.
    func hear(errors: SubprocessOutputSequence) async {
        do {
            for try await buffer in errors {
                buffer.withUnsafeBytes { bytes in
                    state.withLock {
                        $0.errors += bytes.prefix(max(0, Self.errorLimit - $0.errors.count))
                    }
                }
            }
        } catch {
            // They only explain; without them the outcome says less.
            failed("\(error)")
        }
    }

    /// Waits for the greeting, sends the order, and reads the answer.
    func hear(_ output: SubprocessOutputSequence, send: () async throws -> Void) async {
        var pending: [UInt8] = []
        var lines: [String] = []
        var total = 0
        do {
            for try await buffer in output {
                total += buffer.count
                guard total <= (isGreeted ? answerLimit : Self.preambleLimit) else {
                    return tooLong()
                }
                buffer.withUnsafeBytes { pending += $0 }
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: pending[..<end], as: UTF8.self)
                    pending.removeSubrange(...end)
                    if isGreeted {
                        if line == "done" {
                            state.withLock { [lines] in $0.outcome = .answered(lines) }
                            return
                        }
                        lines.append(line)
                    } else if line == RemoteProgram.greeting {
                        state.withLock { $0.greeted = true }
                        await begin(send)
                        if state.withLock({ $0.outcome != nil }) { return }
                    }
                }
            }
        } catch {
            failed("\(error)")
        }
    }

    /// A host that hangs up early may still have said why, so the answer is read all the same.
    private func begin(_ send: () async throws -> Void) async {
        do {
            try await send()
        } catch {
            failed("\(error)")
        }
    }

    private func tooLong() {
        let words = "the host's answer is longer than \(answerLimit) bytes"
        state.withLock {
            $0.outcome =
                $0.greeted ? .broken(WorkFailure(.badAnswer, words)) : .notGreeted(words)
        }
    }

    /// To be asked when ssh has ended.
    var outcome: Outcome {
        state.withLock { state in
            if let outcome = state.outcome { return outcome }
            let said = HostText.line(String(decoding: state.errors, as: UTF8.self))
            let words = said.isEmpty ? state.failure ?? "" : said
            guard state.greeted else { return .notGreeted(words) }
            if state.timedOut {
                return .broken(WorkFailure(.timedOut, "the host did not answer in time"))
            }
            return .broken(
                WorkFailure(.lost, "the connection broke before the answer was whole: \(words)"))
        }
    }
}
