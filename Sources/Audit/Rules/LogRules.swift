internal import PatchManagement
internal import TransparencyLog

/// What the log says of its own keys (I11): one that was destroyed has signed nothing since, so that a
/// checkpoint is believed by the keys of its time.
struct LogRules {
    /// Those that the auditor knows and that have signed the checkpoint.
    private let signers: [VerifierKey]
    private var destroyed = Set<String>()

    init(signers: [VerifierKey]) { self.signers = signers }

    mutating func read(_ event: EntryView, _ judgement: inout Judgement) {
        guard let read = judgement.decode(LogEvent.self, event) else { return }
        switch read {
        case .keyDestroyed(let key):
            destroyed.insert(key.key)
            guard signers.allSatisfy({ destroyed.contains($0.description) }) else { return }
            judgement.violation(
                "I11", event,
                "the checkpoint is signed by \(key.key), which is destroyed here, and by no later "
                    + "key that is known")
        case .incarnationBegun, .keySucceeded: break
        }
    }
}
