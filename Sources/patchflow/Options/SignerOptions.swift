internal import ArgumentParser
internal import Foundation
internal import Signing
internal import TransparencyLog

/// Where the transparency log's key lies, and what its signer remembers.
struct SignerOptions: ParsableArguments {
    @Option(
        help: "The key that signs the log's checkpoints (default log/signer.key in --data-dir).")
    var signerKey: String?

    @Option(
        help: """
            What was signed last, outside the database (default log/signer.memory in --data-dir).
            """)
    var signerMemory: String?

    static var standardLogName: String { "\(ProcessInfo.processInfo.hostName)/patchflow" }

    /// The same choice on another process's command line.
    var arguments: [String] {
        var words: [String] = []
        if let signerKey { words += ["--signer-key", signerKey] }
        if let signerMemory { words += ["--signer-memory", signerMemory] }
        return words
    }

    func files(in directory: DataDirectory) -> (key: String, memory: String) {
        (signerKey ?? directory.signerKey, signerMemory ?? directory.signerMemory)
    }

    func open(in directory: DataDirectory) throws -> CheckpointSigner {
        let files = files(in: directory)
        return try CheckpointSigner(keyFile: files.key, memoryFile: files.memory)
    }

    /// Makes a key, and leaves its public half beside it.
    func make(named name: String, in directory: DataDirectory) throws -> VerifierKey {
        let files = files(in: directory)
        for path in [files.key, files.memory, directory.verifierKey] {
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true)
        }
        let verifier = try CheckpointSigner.make(
            origin: name, keyFile: files.key, memoryFile: files.memory)
        try Data("\(verifier)\n".utf8).write(to: URL(filePath: directory.verifierKey))
        return verifier
    }
}
