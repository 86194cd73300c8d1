/// Whether a log's head may follow the one that was last remembered of it: the rule by which the
/// signer signs nothing, and the witness cosigns nothing, that takes back what was said before
/// (I11).
package enum CheckpointSuccession: Hashable, Sendable {
    /// The log has grown, and what it was before is its beginning: remember it, then sign.
    case accepted
    /// The same head again.
    case unchanged
    case refused(Refusal)

    package enum Refusal: Error, Hashable, Sendable {
        /// The log has become shorter: entries are gone, or an old backup was restored.
        case smaller
        /// As many entries with another root: at least one of them is another one.
        case fork
        /// Larger, but not proved to begin with what was there before; or the proof is one for
        /// other sizes, or has hashes that none needs.
        case inconsistent
    }

    /// - Parameters:
    ///   - next: What the log says now; its signature was verified.
    ///   - remembered: The last head that was accepted: nil when there was none, from which any log
    ///     may begin.
    ///   - proof: From the remembered size, or 0, to the next.
    package static func judge(
        _ next: TreeHead, after remembered: TreeHead?, proof: ConsistencyProof
    ) -> CheckpointSuccession {
        let last = remembered ?? .empty
        if next.size < last.size { return .refused(.smaller) }
        if next.size == last.size, next.root != last.root { return .refused(.fork) }
        guard proof.oldSize == last.size, proof.newSize == next.size,
            proof.proves(last.root, growsInto: next.root)
        else { return .refused(.inconsistent) }
        return next.size == last.size ? .unchanged : .accepted
    }
}

extension CheckpointSuccession.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .smaller: "the log is smaller than it was"
        case .fork: "the log has as many entries as before and another root"
        case .inconsistent: "the log is not proved to begin with what it was before"
        }
    }
}
