internal import EventSourcing
package import TransparencyLog

/// A witness's key, and the last checkpoint of each log that it has cosigned. What was cosigned is on
/// the disk before anybody hears of it, so a killed process keeps the promise of the one before.
///
/// Any number of processes may share the directory: a lock for each log keeps them apart. Reading and
/// writing blocks for the time of a flush.
package struct WitnessSigner: Sendable {
    private let key: SignerKey
    private let directory: String

    /// - Parameter directory: As `make` has left it.
    /// - Throws: `SignerFileError`.
    package init(directory: String) throws(SignerFileError) {
        let file = Self.keyFile(in: directory)
        let keys = try file.read()
        guard keys.count == 1 else {
            throw SignerFileError(file.path, "holds \(keys.count) keys; a witness has one")
        }
        key = keys[0]
        self.directory = directory
    }

    /// Makes a key that nobody has seen.
    ///
    /// - Parameters:
    ///   - name: What the witness is called, for good.
    ///   - directory: Must be there, without a key.
    /// - Throws: `SignerFileError`.
    @discardableResult
    package static func make(
        named name: String, in directory: String
    ) throws(SignerFileError) -> VerifierKey {
        let file = keyFile(in: directory)
        let key = try file.fresh(named: name)
        try file.write([key], isNew: true)
        return key.verifier
    }

    private static func keyFile(in directory: String) -> SignerKeyFile {
        SignerKeyFile(
            path: directory + "/witness.key", algorithm: .cosignature,
            command: "patchflow witness key --create")
    }

    /// What logs and auditors know its cosignatures by.
    package var verifier: VerifierKey { key.verifier }

    /// Decides on a request, and remembers what it cosigns before it says so.
    ///
    /// - Parameter now: In seconds since 1970; asked for when nobody else can cosign any more.
    /// - Throws: `SignerFileError`: then nothing may be answered but that.
    package func decide(
        _ request: AddCheckpointRequest, known: WitnessedLogs, now: () -> Int64
    ) throws -> WitnessDecision {
        let origin: String
        do {
            origin = try known.log(of: request).origin
        } catch {
            return .refuse(error)
        }
        return try DurableFile.withLock(path(of: origin) + ".lock") {
            let decision = WitnessDecision.judge(
                request, known: known, after: try remembered(of: origin), by: key, at: now())
            if case .cosign(let cosigned, isNew: true) = decision {
                try DurableFile.write(
                    String(decoding: cosigned.note.bytes, as: UTF8.self), to: path(of: origin))
            }
            return decision
        }
    }

    /// The last checkpoint of the log that it has cosigned; nil when it never has.
    ///
    /// - Throws: `SignerFileError`, also for one that it hasn't cosigned itself.
    package func remembered(of origin: String) throws(SignerFileError) -> CosignedCheckpoint? {
        guard let text = try DurableFile.read(path(of: origin)) else { return nil }
        do {
            return try CosignedCheckpoint(Array(text.utf8), of: origin, by: key.verifier)
        } catch {
            throw SignerFileError(
                path(of: origin),
                "is not what this witness has cosigned of '\(origin)': \(error)")
        }
    }

    /// A name may have any characters, and any length.
    package func path(of origin: String) -> String {
        "\(directory)/\(Digest(of: origin)).checkpoint"
    }
}
