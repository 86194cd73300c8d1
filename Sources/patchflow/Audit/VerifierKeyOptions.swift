internal import ArgumentParser
internal import CommandLineClient
internal import Foundation
internal import TransparencyLog

/// The key by which the log's checkpoints are believed. It comes from whoever runs the log, by
/// another way than from its server.
struct VerifierKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The log's public key, NAME+HASH+BASE64, or the file that holds it, as it lies in \
            log/verifier.key of the server's --data-dir (PATCHFLOW_LOG_KEY).
            """, valueName: "key|file"))
    var logKey: String?

    /// - Returns: nil when none was given.
    /// - Throws: A usage failure for what isn't a log's key.
    func key() throws -> VerifierKey? {
        guard let given = logKey ?? Self.environmentKey else { return nil }
        let key = try VerifierKey(given: given)
        guard key.algorithm == .ed25519 else {
            throw ClientFailure.usage("'\(given)' is a key of a witness, not of a log")
        }
        return key
    }

    /// Where no option names one.
    static var environmentKey: String? {
        let variable = ProcessInfo.processInfo.environment["PATCHFLOW_LOG_KEY"] ?? ""
        return variable.isEmpty ? nil : variable
    }

    /// - Throws: A usage failure when no key was given: what is verified by nothing proves nothing.
    func required() throws -> VerifierKey {
        guard let key = try key() else {
            throw ClientFailure.usage(
                "say by which key the log signs: --log-key or PATCHFLOW_LOG_KEY, as 'patchflow up' "
                    + "has printed it")
        }
        return key
    }
}

extension VerifierKey {
    /// - Parameter given: The key as it stands, or the name of the file that holds it.
    /// - Throws: A usage failure.
    init(given: String) throws {
        do {
            let isFile = FileManager.default.fileExists(atPath: given)
            let text = try isFile ? String(contentsOfFile: given, encoding: .utf8) : given
            try self.init(text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw ClientFailure.usage(
                "'\(given)' is neither a key nor a file that holds one: \(error)")
        }
    }
}
