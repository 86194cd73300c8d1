internal import TransparencyLog

/// A checkpoint whose signatures are right, with the saved one that it is compared with.
struct OpenedCheckpoint {
    let checkpoint: Checkpoint
    /// The log's keys, of those that are known.
    let signers: [VerifierKey]
    let witnesses: [String]
    var since: Checkpoint?

    var size: Int64 { checkpoint.head.size }
    var root: TreeHash { checkpoint.head.root }

    /// Opens a note; nil when nothing that it says may be believed, which `findings` then tells.
    ///
    /// - Parameter what: What it is called in a finding.
    init?(
        _ bytes: [UInt8], _ trust: AuditTrust, _ what: String, _ findings: inout AuditFindings
    ) {
        let note: SignedNote
        do {
            note = try SignedNote(bytes)
        } catch {
            findings.incomplete("\(what) can't be read: \(error)")
            return nil
        }
        do {
            checkpoint = try Checkpoint(opening: note, from: trust.origin, by: trust.logKeys)
            signers = try note.verified(by: trust.logKeys).map(\.key)
        } catch {
            if error as? CheckpointError == .malformed {
                findings.incomplete("\(what) can't be read: \(error)")
            } else {
                findings.tampered("\(what) is not to be believed: \(error)")
            }
            return nil
        }
        do {
            witnesses = try note.verified(by: trust.witnesses).map(\.key.name)
        } catch .unknownSigners {
            witnesses = []
        } catch {
            findings.tampered("\(what) is not to be believed: \(error)")
            return nil
        }
        if witnesses.count < trust.quorum {
            findings.incomplete(
                "\(what) is cosigned by \(witnesses.count) of the \(trust.quorum) witnesses that "
                    + "are asked for: another auditor may have been shown another log")
        }
    }

    /// Takes up the saved checkpoint, as far as its head alone tells whether this one may follow.
    mutating func compare(with saved: Checkpoint, _ findings: inout AuditFindings) {
        since = saved
        if saved.head.size > size {
            findings.add(
                AuditFinding(
                    .tampered,
                    "the log is smaller than it was: the saved checkpoint has "
                        + "\(saved.head.size) entries, this one \(size): either entries were taken "
                        + "away, or the bundle is from before that checkpoint; export it anew",
                    position: size + 1, between: (size + 1)...saved.head.size))
        } else if saved.head.size == size, saved.head.root != root {
            findings.add(Self.fork(before: size))
        }
    }

    /// The log doesn't begin with what a checkpoint of `size` entries signed.
    static func fork(before size: Int64) -> AuditFinding {
        AuditFinding(
            .tampered,
            "the log does not begin with what the saved checkpoint signed: an entry between 1 and "
                + "\(size) is another one",
            between: 1...max(1, size))
    }
}
