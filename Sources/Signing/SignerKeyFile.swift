internal import TransparencyLog

/// The file of a signer's private keys, one on each line, readable to its owner alone. The first
/// signs for good; a second one is there only while the first succeeds it.
struct SignerKeyFile: Sendable {
    let path: String
    let algorithm: SignatureAlgorithm
    /// How the file is made, for whoever has none.
    let command: String

    /// - Throws: `SignerFileError` unless it holds keys of one name and of the right kind.
    func read() throws(SignerFileError) -> [SignerKey] {
        guard let text = try DurableFile.read(path) else {
            throw SignerFileError(path, "does not exist; make it with '\(command)'")
        }
        guard !DurableFile.isOpenToOthers(path) else {
            throw SignerFileError(path, "may be read by others; take that away with chmod 600")
        }
        var keys: [SignerKey] = []
        for line in text.split(separator: "\n") { keys.append(try key(String(line))) }
        guard let first = keys.first else { throw SignerFileError(path, "holds no key") }
        for key in keys where key.verifier.name != first.verifier.name {
            throw SignerFileError(
                path, "holds keys of two names, \(first.verifier.name) and \(key.verifier.name)")
        }
        return keys
    }

    private func key(_ line: String) throws(SignerFileError) -> SignerKey {
        let key: SignerKey
        do {
            key = try SignerKey(secretText: line)
        } catch {
            throw SignerFileError(path, "is no signer's key: \(error)")
        }
        guard key.verifier.algorithm == algorithm else {
            let (found, needed) =
                algorithm == .ed25519 ? ("a witness's", "a log's") : ("a log's", "a witness's")
            throw SignerFileError(path, "is \(found) key, not \(needed)")
        }
        return key
    }

    /// A key that nobody has seen; it isn't written yet.
    ///
    /// - Throws: `SignerFileError` when no key may have that name.
    func fresh(named name: String) throws(SignerFileError) -> SignerKey {
        var random = SystemRandomNumberGenerator()
        let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        do {
            return try SignerKey(name: name, algorithm: algorithm, seed: seed)
        } catch {
            throw SignerFileError(path, "can't be made for the name '\(name)': \(error)")
        }
    }

    /// - Parameter isNew: Refuses to replace a file that is there.
    func write(_ keys: [SignerKey], isNew: Bool = false) throws(SignerFileError) {
        try DurableFile.write(
            keys.map { $0.secretText + "\n" }.joined(), to: path, isNew: isNew)
    }
}
