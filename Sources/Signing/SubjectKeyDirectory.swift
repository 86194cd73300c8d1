package import EventSourcing
private import FoundationEssentials

/// The keys of people as files of one directory, `pe_….key`, readable to their owner alone.
///
/// Every process that writes about people needs the same directory; on several machines, a shared one.
/// It belongs in a backup of its own, from which the keys of the erased are taken out, and never in one
/// together with the database.
///
/// What a crash leaves behind is harmless: a key that no event names, or one whose destruction is
/// finished by whoever starts next (`UseCases.finishErasures`).
package struct SubjectKeyDirectory: SubjectKeys {
    package let path: String

    /// - Parameter path: Made with the first key, when it isn't there.
    package init(path: String) {
        self.path = path
    }

    package func key(of subject: StreamID) async throws -> SubjectKey? {
        let file = file(of: subject)
        return try await offThePool { try Self.read(file) }
    }

    package func makeKey(of subject: StreamID) async throws -> SubjectKey {
        let file = file(of: subject)
        return try await offThePool {
            try DurableFile.makeDirectory(path)
            return try withLock {
                if let key = try Self.read(file) { return key }
                var random = SystemRandomNumberGenerator()
                let key = SubjectKey.fresh(using: &random)
                try DurableFile.write(Self.text(key), to: file, isNew: true)
                return key
            }
        }
    }

    /// Overwrites the file before it is taken away, for what that is worth: a disk may keep old blocks,
    /// as may its snapshots. Half-written copies of a killed process go as well.
    package func destroyKey(of subject: StreamID) async throws {
        let file = file(of: subject)
        try await offThePool {
            guard FileManager.default.fileExists(atPath: path) else { return }
            try withLock {
                for name in try names() where name.hasPrefix(subject.text + Self.ending) {
                    try DurableFile.shred("\(path)/\(name)")
                }
                try DurableFile.remove(file)
            }
        }
    }

    package func subjects() async throws -> [StreamID] {
        try await offThePool {
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            return try names().compactMap { name in
                name.hasSuffix(Self.ending)
                    ? StreamID(String(name.dropLast(Self.ending.count))) : nil
            }.sorted()
        }
    }

    private static let ending = ".key"

    private func file(of subject: StreamID) -> String { "\(path)/\(subject.text)\(Self.ending)" }

    private func names() throws(SignerFileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw SignerFileError(path, "can't be read: \(error)")
        }
    }

    /// Nobody makes or destroys keys meanwhile.
    private func withLock<R>(_ body: () throws -> R) throws -> R {
        try DurableFile.withLock(path + "/lock", body)
    }

    private static func text(_ key: SubjectKey) -> String {
        Data(key.secret).base64EncodedString() + "\n"
    }

    private static func read(_ file: String) throws(SignerFileError) -> SubjectKey? {
        guard let text = try DurableFile.read(file) else { return nil }
        guard !DurableFile.isOpenToOthers(file) else {
            throw SignerFileError(file, "may be read by others; take that away with chmod 600")
        }
        guard text.hasSuffix("\n"), let bytes = Data(base64Encoded: String(text.dropLast())),
            let key = SubjectKey(bytes: Array(bytes))
        else { throw SignerFileError(file, "is not the key of a person") }
        return key
    }
}
