internal import ArgumentParser
internal import CommandLineClient
internal import Foundation
internal import TransparencyLog

/// The key by which the log's checkpoints are believed; several while one succeeds another. It comes from whoever runs the log, by
/// another way than from its server.
struct VerifierKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The log's public key, NAME+HASH+BASE64, or the file that holds it, as it lies in \
            log/verifier.key of the server's --data-dir (PATCHFLOW_LOG_KEY). A file may hold \
            several, one a line, where a key has succeeded another.
            """, valueName: "key|file"))
    var logKey: String?

    /// - Returns: The newest first; none when none was given.
    /// - Throws: A usage failure for what isn't a log's key.
    func keys() throws -> [VerifierKey] {
        guard let given = logKey ?? Self.environmentKey else { return [] }
        let keys = try VerifierKey.all(given: given)
        guard keys.allSatisfy({ $0.algorithm == .ed25519 }) else {
            throw ClientFailure.usage("'\(given)' is a key of a witness, not of a log")
        }
        return keys
    }

    /// Where no option names one.
    static var environmentKey: String? {
        let variable = ProcessInfo.processInfo.environment["PATCHFLOW_LOG_KEY"] ?? ""
        return variable.isEmpty ? nil : variable
    }

    /// - Throws: A usage failure when no key was given: what is verified by nothing proves nothing.
    func required() throws -> [VerifierKey] {
        let keys = try keys()
        guard !keys.isEmpty else {
            throw ClientFailure.usage(
                "say by which key the log signs: --log-key or PATCHFLOW_LOG_KEY, as 'patchflow up' "
                    + "has printed it")
        }
        return keys
    }
}

extension VerifierKey {
    /// - Parameter given: A key as it stands, or the name of a file that holds one on each line: more
    ///   than one where a key has succeeded another.
    /// - Returns: One or more, of one name.
    /// - Throws: A usage failure.
    static func all(given: String) throws -> [VerifierKey] {
        do {
            let isFile = FileManager.default.fileExists(atPath: given)
            let text = try isFile ? String(contentsOfFile: given, encoding: .utf8) : given
            let lines = text.split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            let keys = try lines.map { try VerifierKey($0) }
            guard let first = keys.first else { throw KeyError.malformed }
            for key in keys where key.name != first.name {
                throw ClientFailure.usage(
                    "'\(given)' holds keys of two names, \(first.name) and \(key.name)")
            }
            return keys
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw ClientFailure.usage(
                "'\(given)' is neither a key nor a file that holds one: \(error)")
        }
    }
}
