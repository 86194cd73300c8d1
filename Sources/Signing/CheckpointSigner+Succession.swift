package import TransparencyLog

/// One key of the log succeeds another: first it is made, beside the one that signs; then both sign;
/// then the old one is destroyed. The process may end between any two lines: what is in the key file
/// signs, and each step can be begun again.
extension CheckpointSigner {
    package struct Succession: Hashable, Sendable {
        package let old: VerifierKey
        package let new: VerifierKey
    }

    private var next: SignerKeyFile {
        SignerKeyFile(
            path: keyFile.path + ".next", algorithm: .ed25519,
            command: "patchflow audit key --rotate")
    }

    /// Makes the key that is to succeed the one that signs; it signs nothing yet. One that was made
    /// before and hasn't succeeded is the one.
    ///
    /// - Throws: `SignerFileError`, also while two keys sign already.
    package func prepareSuccession() throws -> Succession {
        try withLock {
            let keys = try keyFile.read()
            if try DurableFile.read(next.path) != nil {
                let waiting = try next.read()[0].verifier
                guard waiting == keys[0].verifier else {
                    return Succession(old: keys[0].verifier, new: waiting)
                }
                // It has succeeded, and the process ended before it could be taken away here.
                try DurableFile.remove(next.path)
            }
            guard keys.count == 1 else {
                throw SignerFileError(
                    keyFile.path,
                    "holds two keys, and both sign: destroy the old one first, with 'patchflow audit "
                        + "key --destroy-old'")
            }
            let key = try next.fresh(named: origin)
            try next.write([key], isNew: true)
            return Succession(old: keys[0].verifier, new: key.verifier)
        }
    }

    /// From now on both keys sign, the new one first.
    ///
    /// - Parameter succession: As it was prepared.
    /// - Throws: `SignerFileError`.
    package func succeed(_ succession: Succession) throws {
        try withLock {
            let keys = try keyFile.read()
            let waiting = try next.read()[0]
            guard keys[0].verifier == succession.old, waiting.verifier == succession.new else {
                throw SignerFileError(keyFile.path, "was changed by somebody else meanwhile")
            }
            // In one file, so that there is no moment without a key.
            try keyFile.write([waiting] + keys)
            try DurableFile.remove(next.path)
        }
    }

    /// Takes the old keys out of the file: only the newest signs from now on.
    ///
    /// - Throws: `SignerFileError`.
    package func destroyPredecessors() throws {
        try withLock {
            let keys = try keyFile.read()
            try keyFile.write([keys[0]])
        }
    }
}
