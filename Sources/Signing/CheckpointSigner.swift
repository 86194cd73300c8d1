package import TransparencyLog

/// The log's key, and what it has signed last: a memory outside the database, by which a database
/// that was set back or rewritten is found out (I11).
///
/// Any number of processes of one machine may share the files: a lock keeps them apart. On several
/// machines each remembers what it has signed itself. Reading and writing blocks for the time of a
/// flush: a few milliseconds, or seconds on a busy disk.
package struct CheckpointSigner: Sendable {
    let keyFile: SignerKeyFile
    private let memory: String
    /// What auditors verify by, as the key file was when it was opened: the key that signs, and
    /// behind it the one that it succeeds, as long as that signs as well.
    package let verifiers: [VerifierKey]

    /// - Parameters:
    ///   - keyFile: C2SP signer's keys (`PRIVATE+KEY+...`), readable to its owner alone.
    ///   - memoryFile: The text of the last head that was signed; written by the signer.
    /// - Throws: `SignerFileError`.
    package init(keyFile: String, memoryFile: String) throws(SignerFileError) {
        self.keyFile = Self.keyFile(keyFile)
        memory = memoryFile
        verifiers = try self.keyFile.read().map(\.verifier)
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
        let file = Self.keyFile(keyFile)
        let key = try file.fresh(named: origin)
        if try DurableFile.read(memoryFile) == nil {
            try DurableFile.write(text(origin, .empty), to: memoryFile, isNew: true)
        }
        try file.write([key], isNew: true)
        return key.verifier
    }

    private static func keyFile(_ path: String) -> SignerKeyFile {
        SignerKeyFile(path: path, algorithm: .ed25519, command: "patchflow audit key --create")
    }

    /// The log's name.
    package var origin: String { verifiers[0].name }

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

    /// Signs a head that follows the remembered one: remembers it, durably, and only then signs, with
    /// the keys that are in the file now.
    ///
    /// - Parameter proof: From the remembered size, or 0, to the head's.
    /// - Throws: `SigningRefused`; `SignerMovedOn`; `SignerFileError`.
    package func sign(_ head: TreeHead, _ proof: ConsistencyProof) throws -> SignedNote {
        try withLock {
            // Without it nobody can tell whether the database was set back.
            guard let last = try remembered() else {
                throw SignerFileError(memory, "is gone, and with it what was signed last")
            }
            guard proof.oldSize == last.size else { throw SignerMovedOn() }
            let keys = try keyFile.read()
            switch CheckpointSuccession.judge(head, after: last, proof: proof) {
            case .refused(let refusal):
                throw SigningRefused(refusal: refusal, offered: head, remembered: last)
            case .accepted: try DurableFile.write(Self.text(origin, head), to: memory)
            case .unchanged: break
            }
            return try Checkpoint(origin: origin, head: head).signed(by: keys)
        }
    }

    /// Forgets what it has signed, and goes on from `head`. For a database that was restored from a
    /// backup, after that was recorded in the log.
    ///
    /// - Throws: `SignerFileError`.
    package func goOn(from head: TreeHead) throws {
        try withLock { try DurableFile.write(Self.text(origin, head), to: memory) }
    }

    /// Nobody signs meanwhile, nor changes the keys.
    func withLock<R>(_ body: () throws -> R) throws -> R {
        try DurableFile.withLock(memory + ".lock", body)
    }

    private static func text(_ origin: String, _ head: TreeHead) -> String {
        do {
            return try Checkpoint(origin: origin, head: head).text
        } catch {
            preconditionFailure("the name of a key is an origin: \(error)")
        }
    }
}

/// The head that was to be signed takes back what was signed before.
package struct SigningRefused: Error {
    package let refusal: CheckpointSuccession.Refusal
    package let offered: TreeHead
    package let remembered: TreeHead
}

/// Another process has signed meanwhile: the proof has to be made anew.
package struct SignerMovedOn: Error {}
