internal import TransparencyLog

/// Why sealing stands still until a person has looked: what was found, and what to do. Nothing is
/// signed meanwhile, and everything else goes on.
enum SealingHalt: Error, Equatable, CustomStringConvertible {
    /// The signer remembers another history than the database has.
    case refused(
        CheckpointSuccession.Refusal, stored: TreeHead, remembered: TreeHead)
    /// Nobody can tell whether the database was set back.
    case memoryGone(stored: TreeHead)
    /// The stored tiles don't give the stored root.
    case tilesDiffer(stored: TreeHead)
    case tilesMissing(TileError)
    /// There is an event behind it, so it was there once.
    case eventMissing(position: Int64)
    case eventUnsealable(position: Int64, String)

    var description: String {
        switch self {
        case .refused(let refusal, let stored, let remembered):
            """
            the signer refuses the log's head: \(refusal). The database has \(stored.size) sealed \
            entries with the root \(stored.root); the signer remembers \(remembered.size) with \
            \(remembered.root). If a backup was restored, say so with 'patchflow audit \
            incarnation --reason ...', which records it and lets the signer go on from what is \
            there. Otherwise somebody has rewritten history: keep the database as it is, and the \
            signer's files, and compare them with a backup
            """
        case .memoryGone(let stored):
            """
            the signer's memory is gone, and the database has \(stored.size) sealed entries: nobody \
            can tell whether it was set back. Bring the file back from a copy. If there is none, hold \
            the log against a checkpoint that somebody kept ('patchflow audit verify --since'), and \
            say so with 'patchflow audit incarnation --reason ...', which records it and lets the \
            signer go on from what is there
            """
        case .tilesDiffer(let stored):
            """
            the stored tiles do not give the root \(stored.root) of the last head, of \
            \(stored.size) entries: tiles or checkpoints were changed by hand. Keep the database \
            as it is, and compare it with a backup
            """
        case .tilesMissing(let error):
            """
            \(error), though the log's head stands on it: tiles were removed by hand. Keep the \
            database as it is, and compare it with a backup
            """
        case .eventMissing(let position):
            """
            the event at position \(position) is missing, though there are later ones: it was \
            removed by hand. Keep the database as it is, and compare it with a backup
            """
        case .eventUnsealable(let position, let reason):
            """
            the event at position \(position) can't be sealed: \(reason). Its row, or its stream's, \
            was changed by hand. Keep the database as it is, and compare it with a backup
            """
        }
    }
}
