private import Foundation
package import Postgres
private import Subprocess
private import SystemPackage

/// PostgreSQL's own programs, and what else the faults need of the machine.
package enum Programs {
    /// Of the highest version that is installed, as the private cluster takes it.
    package static func postgres(_ name: String) -> String {
        let packaged = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: packaged)) ?? []
        let newest = versions.compactMap { Int($0) }.max()
        return newest.map { "\(packaged)/\($0)/bin/\(name)" } ?? "/usr/bin/\(name)"
    }

    /// - Throws: When it ends with another status than 0.
    @discardableResult
    package static func run(_ program: String, _ words: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words), input: .none,
            output: .string(limit: 1_000_000), error: .string(limit: 1_000_000))
        guard result.terminationStatus.isSuccess else {
            throw ProgramFailure(
                description: "\(program) \(words.joined(separator: " ")): \(result.standardError)")
        }
        return result.standardOutput
    }

    /// As the account that PostgreSQL runs as, when this is root.
    package static func runAsServer(_ program: String, _ words: [String]) async throws {
        guard geteuid() == 0 else {
            try await run(program, words)
            return
        }
        try await run(
            "/usr/bin/setpriv",
            ["--reuid=postgres", "--regid=postgres", "--init-groups", program] + words)
    }

    /// Where `options` lead, for a program of PostgreSQL's.
    package static func connection(_ options: ConnectionOptions) -> [String] {
        [
            "-h", options.parameters["host"] ?? "", "-U", options.parameters["user"] ?? "postgres",
        ]
    }
}

package struct ProgramFailure: Error, CustomStringConvertible {
    package let description: String
}
