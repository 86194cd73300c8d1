internal import APIContract
internal import CommandLineClient
internal import EventSourcing
internal import TransparencyLog

/// What a server says of its log, believed only as far as it is proved.
struct CheckedLog {
    /// The log's, one or more; one of them must have signed.
    let keys: [VerifierKey]

    /// The log's name is that of its keys.
    var name: String { keys[0].name }

    /// - Throws: An evidence failure unless the log's key has signed `note`.
    func checkpoint(_ note: [UInt8]) throws -> TreeHead {
        do {
            return try Checkpoint(opening: SignedNote(note), from: name, by: keys).head
        } catch {
            throw ClientFailure.evidenceFailed(
                "the checkpoint is not one of the log '\(name)': \(error)")
        }
    }

    /// Which of the keys has signed `note`, the newest first.
    func signer(of note: [UInt8]) throws -> VerifierKey {
        do {
            return try SignedNote(note).verified(by: keys)[0].key
        } catch {
            throw ClientFailure.evidenceFailed("the checkpoint is not to be believed: \(error)")
        }
    }

    /// - Parameter head: Of a verified checkpoint.
    /// - Returns: The event that the entry is of.
    /// - Throws: An evidence failure unless the entry is the one at its position, and holds an event.
    func event(_ proof: InclusionProofResource, under head: TreeHead) throws -> RecordedEvent {
        let event: RecordedEvent
        let entry: LogEntry
        do {
            entry = try LogEntry(bytes: Array(proof.entry.utf8))
            event = try entry.event()
        } catch {
            throw ClientFailure.evidenceFailed("the entry is no event: \(error)")
        }
        guard event.position == proof.position else {
            throw ClientFailure.evidenceFailed(
                "the entry is that of position \(event.position), not of \(proof.position)")
        }
        let inclusion = InclusionProof(
            index: proof.position - 1, size: proof.size, hashes: try hashes(proof.hashes))
        guard proof.size == head.size, inclusion.proves(entry.leafHash, under: head.root) else {
            throw ClientFailure.evidenceFailed(
                "the proof does not lead from the entry at position \(proof.position) to the root "
                    + "of the checkpoint of \(head.size) entries")
        }
        return event
    }

    /// - Throws: An evidence failure unless the log of `new` begins with that of `old`; both are of
    ///   verified checkpoints.
    func verify(
        _ old: TreeHead, growsInto new: TreeHead, _ proof: ConsistencyProofResource
    ) throws {
        let consistency = ConsistencyProof(
            oldSize: proof.from, newSize: proof.to, hashes: try hashes(proof.hashes))
        guard proof.from == old.size, proof.to == new.size,
            consistency.proves(old.root, growsInto: new.root)
        else {
            throw ClientFailure.evidenceFailed(
                "the log of \(new.size) entries does not begin with the \(old.size) entries of "
                    + "the earlier checkpoint: history was rewritten between the two")
        }
    }

    private func hashes(_ texts: [String]) throws -> [TreeHash] {
        try texts.map { text in
            guard let digest = Digest(text), let hash = TreeHash(bytes: digest.bytes) else {
                throw ClientFailure.evidenceFailed("'\(text)' in the proof is no hash")
            }
            return hash
        }
    }
}
