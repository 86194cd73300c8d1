/// What a witness does with a request. It cosigns one history of a log, and never two.
///
/// Source: C2SP tlog-witness, add-checkpoint.
package enum WitnessDecision: Hashable, Sendable {
    /// Answer with its cosignature; but before that, remember it durably, unless the head is the one
    /// that is remembered already.
    case cosign(CosignedCheckpoint, isNew: Bool)
    case refuse(WitnessRefusal)

    /// - Parameters:
    ///   - known: The logs that the witness knows.
    ///   - remembered: What it cosigned last of the log that the request is about; nil when it never
    ///     has.
    ///   - key: The witness's.
    ///   - unixSeconds: The time now.
    package static func judge(
        _ request: AddCheckpointRequest, known: WitnessedLogs,
        after remembered: CosignedCheckpoint?, by key: SignerKey, at unixSeconds: Int64
    ) -> WitnessDecision {
        do {
            return try decide(request, known, remembered, key, unixSeconds)
        } catch {
            return .refuse(error)
        }
    }

    private static func decide(
        _ request: AddCheckpointRequest, _ known: WitnessedLogs, _ remembered: CosignedCheckpoint?,
        _ key: SignerKey, _ now: Int64
    ) throws(WitnessRefusal) -> WitnessDecision {
        let log = try known.log(of: request)
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint(opening: request.note, from: log.origin, by: log.keys)
        } catch {
            throw .unknownKey(error)
        }
        let proof: ConsistencyProof
        do {
            proof = try request.consistencyProof(to: checkpoint)
        } catch {
            throw .malformed(error)
        }
        let last = remembered?.head ?? .empty
        if checkpoint.head.size < last.size { throw .smaller(checkpoint.head, remembered: last) }
        guard request.oldSize == last.size else { throw .stale(remembered: last) }
        let isNew: Bool
        switch CheckpointSuccession.judge(checkpoint.head, after: last, proof: proof) {
        case .accepted: isNew = true
        // The empty log is remembered as well: what was cosigned is what is kept.
        case .unchanged: isNew = remembered == nil
        case .refused(.smaller): throw .smaller(checkpoint.head, remembered: last)
        case .refused(.fork): throw .fork(checkpoint.head, remembered: last)
        case .refused(.inconsistent): throw .inconsistent(checkpoint.head, remembered: last)
        }
        // A clock that was set back must not make an older head the later one.
        let time = max(now, remembered?.cosignedAt ?? 0)
        let own = request.note.signatures.filter { signature in
            log.keys.contains { signature.isBy($0) }
        }
        return .cosign(CosignedCheckpoint(checkpoint, own, by: key, at: time), isNew: isNew)
    }
}

/// Why a witness doesn't cosign.
package enum WitnessRefusal: Error, Hashable, Sendable {
    case malformed(AddCheckpointError)
    case noCheckpoint(CheckpointError)
    /// A log that the witness doesn't know, by its name.
    case unknownLog(String)
    /// Nobody has signed whose key the witness knows for this log.
    case unknownKey(CheckpointError)
    /// The client has another size in mind than the witness; it may ask again from there.
    case stale(remembered: TreeHead)
    /// The log has become shorter than it was: or somebody has sent an old checkpoint once more.
    case smaller(TreeHead, remembered: TreeHead)
    /// The log has signed two histories.
    case fork(TreeHead, remembered: TreeHead)
    case inconsistent(TreeHead, remembered: TreeHead)

    /// The log has signed what doesn't go together with what it signed before: somebody must look.
    package var isAlarm: Bool {
        switch self {
        case .smaller, .fork, .inconsistent: true
        case .malformed, .noCheckpoint, .unknownLog, .unknownKey, .stale: false
        }
    }
}

extension WitnessRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let error): error.description
        case .noCheckpoint(let error): error.description
        case .unknownLog(let origin): "the log '\(origin)' is not known here"
        case .unknownKey(let error): error.description
        case .stale(let remembered): "the last checkpoint that was cosigned has \(remembered.size)"
        case .smaller(let head, let remembered):
            "the log offers \(head.size) entries, and had \(remembered.size) when it was cosigned "
                + "last: it was set back, or an old request was sent once more"
        case .fork(let head, let remembered):
            "the log has signed two histories of \(head.size) entries: the root \(head.root), and "
                + "\(remembered.root), which was cosigned"
        case .inconsistent(let head, let remembered):
            "the log of \(head.size) entries with the root \(head.root) is not proved to begin with "
                + "the \(remembered.size) entries that were cosigned"
        }
    }
}
