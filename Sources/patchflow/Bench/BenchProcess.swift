internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import Subprocess
internal import SystemPackage

/// Another process of this program, for a benchmark. Its errors go where this process's go.
enum BenchProcess {
    private static let program = Executable.path("/proc/self/exe")

    /// What it printed, once it has ended.
    ///
    /// - Throws: When it failed.
    static func output(_ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            program, arguments: Arguments(arguments), input: .none,
            output: .string(limit: 1_000_000),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        guard result.terminationStatus.isSuccess else {
            throw ValidationError(
                "\(arguments.prefix(2).joined(separator: " ")) ended with "
                    + "\(result.terminationStatus)")
        }
        return result.standardOutput
    }

    /// Lets it run while `body` does, then kills it as if its machine had lost power.
    ///
    /// - Parameter body: Is given the process' id.
    static func whileRunning(
        _ arguments: [String], _ body: @Sendable @escaping (pid_t) async throws -> Void
    ) async throws {
        _ = try await Subprocess.run(
            program, arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        ) { process in
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(
                    try await body(process.processIdentifier.value))
            } catch {
                outcome = .failure(error)
            }
            try process.send(signal: .kill)
            try outcome.get()
        }
    }
}

/// The most memory that a process has had resident.
///
/// - Parameter process: "self" or the id of one.
func residentMiB(of process: String = "self") -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return (kilobytes.flatMap { Double($0) } ?? .nan) / 1024
}

/// How a benchmark's child connects to the database of the benchmark.
struct BenchDatabaseOptions: ParsableArguments {
    @Option var host: String
    @Option var database: String

    var connection: ConnectionOptions {
        ConnectionOptions(parameters: [
            "host": host, "port": "5432", "dbname": database, "user": "postgres",
            "sslmode": "disable", "gssencmode": "disable",
        ])
    }

    static func arguments(_ options: ConnectionOptions) -> [String] {
        [
            "--host", options.parameters["host"] ?? "", "--database",
            options.parameters["dbname"] ?? "",
        ]
    }
}
