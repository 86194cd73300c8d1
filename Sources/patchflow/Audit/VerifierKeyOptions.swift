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
        let variable = ProcessInfo.processInfo.environment["PATCHFLOW_LOG_KEY"]
        guard let given = logKey ?? variable.flatMap({ $0.isEmpty ? nil : $0 }) else { return nil }
        var text = given
        if FileManager.default.fileExists(atPath: given) {
            text = try String(contentsOfFile: given, encoding: .utf8)
        }
        do {
            let key = try VerifierKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
            guard key.algorithm == .ed25519 else {
                throw KeyError.wrongAlgorithm(key.algorithm.rawValue)
            }
            return key
        } catch {
            throw ClientFailure.usage(
                "'\(given)' is neither a log's key nor a file that holds one: \(error)")
        }
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
