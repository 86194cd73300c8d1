internal import EventSourcing
package import TransparencyLog

/// The log's key, and what it has signed last: a memory outside the database, by which a database
/// that was set back or rewritten is found out (I11).
///
/// Any number of processes of one machine may share the files: a lock keeps them apart. On several
/// machines each remembers what it has signed itself. Reading and writing blocks for the time of a
/// flush: a few milliseconds, or seconds on a busy disk.
package struct CheckpointSigner: Sendable {
    private let key: SignerKey
    private let memory: String

    /// - Parameters:
    ///   - keyFile: A C2SP signer's key (`PRIVATE+KEY+...`), readable to its owner alone.
    ///   - memoryFile: The text of the last head that was signed; written by the signer.
    /// - Throws: `SignerFileError`.
    package init(keyFile: String, memoryFile: String) throws(SignerFileError) {
        guard let text = try DurableFile.read(keyFile) else {
            throw SignerFileError(
                keyFile, "does not exist; make it with 'patchflow audit key --create'")
        }
        guard !DurableFile.isOpenToOthers(keyFile) else {
            throw SignerFileError(keyFile, "may be read by others; take that away with chmod 600")
        }
        do {
            key = try SignerKey(
                secretText: text.split(separator: "\n").first.map(String.init) ?? "")
        } catch {
            throw SignerFileError(keyFile, "is no signer's key: \(error)")
        }
        guard key.verifier.algorithm == .ed25519 else {
            throw SignerFileError(keyFile, "is a witness's key, not a log's")
        }
        memory = memoryFile
    }

    /// Makes a key that nobody has seen, and a memory of the empty log.
    ///
    /// - Parameters:
    ///   - origin: The log's name, for good.
    ///   - keyFile: Must not exist yet.
    /// - Returns: What auditors verify by.
    /// - Throws: `SignerFileError`.
    @discardableResult
    package static func make(
        origin: String, keyFile: String, memoryFile: String
    ) throws(SignerFileError) -> VerifierKey {
        var random = SystemRandomNumberGenerator()
        let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let key: SignerKey
        do {
            key = try SignerKey(name: origin, algorithm: .ed25519, seed: seed)
        } catch {
            throw SignerFileError(keyFile, "can't be made for the log's name '\(origin)': \(error)")
        }
        if try DurableFile.read(memoryFile) == nil {
            try DurableFile.write(text(origin, .empty), to: memoryFile, isNew: true)
        }
        try DurableFile.write(key.secretText + "\n", to: keyFile, isNew: true)
        return key.verifier
    }

    /// The log's name.
    package var origin: String { key.verifier.name }

    /// What auditors verify by.
    package var verifier: VerifierKey { key.verifier }

    /// The last head that it has signed, or was about to; nil when its memory is gone.
    ///
    /// - Throws: `SignerFileError`.
    package func remembered() throws(SignerFileError) -> TreeHead? {
        guard let text = try DurableFile.read(memory) else { return nil }
        do {
            let checkpoint = try Checkpoint(text: text)
            guard checkpoint.origin == origin else {
                throw CheckpointError.otherOrigin(checkpoint.origin)
            }
            return checkpoint.head
        } catch {
            throw SignerFileError(memory, "is not what this signer remembers: \(error)")
        }
    }

    /// Signs a head that follows the remembered one: remembers it, durably, and only then signs.
    ///
    /// - Parameter proof: From the remembered size, or 0, to the head's.
    /// - Throws: `SealingHalt.refused`; `MovedOn` when another process has signed meanwhile, and the
    ///   proof has to be made anew; `SignerFileError`.
    func sign(_ head: TreeHead, _ proof: ConsistencyProof) throws -> SignedNote {
        try DurableFile.withLock(memory + ".lock") {
            let last = try remembered() ?? .empty
            guard proof.oldSize == last.size else { throw MovedOn() }
            switch CheckpointSuccession.judge(head, after: last, proof: proof) {
            case .refused(let refusal):
                throw SealingHalt.refused(refusal, stored: head, remembered: last)
            case .accepted: try DurableFile.write(Self.text(origin, head), to: memory)
            case .unchanged: break
            }
            return try Checkpoint(origin: origin, head: head).signed(by: key)
        }
    }

    struct MovedOn: Error {}

    /// Forgets what it has signed, and goes on from `head`. For a database that was restored from a
    /// backup, after that was recorded in the log.
    ///
    /// - Throws: `SignerFileError`.
    package func goOn(from head: TreeHead) throws {
        try DurableFile.withLock(memory + ".lock") {
            try DurableFile.write(Self.text(origin, head), to: memory)
        }
    }

    private static func text(_ origin: String, _ head: TreeHead) -> String {
        do {
            return try Checkpoint(origin: origin, head: head).text
        } catch {
            preconditionFailure("the name of a key is an origin: \(error)")
        }
    }
}
