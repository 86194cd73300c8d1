/// The logs that a witness knows, each by its name and the keys that may sign for it.
package struct WitnessedLogs: Sendable {
    package struct Log: Sendable {
        package let origin: String
        /// More than one while a key succeeds another.
        package fileprivate(set) var keys: [VerifierKey]
    }

    package private(set) var all: [Log] = []

    /// - Parameter keys: Of logs; keys of one name belong to one log.
    /// - Throws: `KeyError.wrongAlgorithm` for the key of a witness.
    package init(_ keys: [VerifierKey]) throws(KeyError) {
        for key in keys {
            guard key.algorithm == .ed25519 else {
                throw .wrongAlgorithm(key.algorithm.rawValue)
            }
            if let place = all.firstIndex(where: { Self.isSame($0.origin, key.name) }) {
                all[place].keys.append(key)
            } else {
                all.append(Log(origin: key.name, keys: [key]))
            }
        }
    }

    /// The log that a request is about, by the first line of its note; nothing is verified yet.
    package func log(of request: AddCheckpointRequest) throws(WitnessRefusal) -> Log {
        let checkpoint: Checkpoint
        do {
            checkpoint = try Checkpoint(text: request.note.text)
        } catch {
            throw .noCheckpoint(error)
        }
        guard let log = all.first(where: { Self.isSame($0.origin, checkpoint.origin) }) else {
            throw .unknownLog(checkpoint.origin)
        }
        return log
    }

    /// The note of a request as evidence: with the signatures by known keys alone, since anybody may
    /// have put others below it. nil when none is there.
    package func evidence(in request: AddCheckpointRequest) -> SignedNote? {
        let keys = all.flatMap(\.keys)
        let own = request.note.signatures.filter { signature in
            keys.contains { signature.isBy($0) }
        }
        do {
            return try SignedNote(text: request.note.text, signatures: own)
        } catch {
            return nil
        }
    }

    /// Byte by byte: for Swift, two spellings of one character are the same text.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8)
    }
}
