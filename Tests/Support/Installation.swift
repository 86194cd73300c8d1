internal import APIContract
private import Foundation

package import JSON
private import Subprocess
private import Synchronization
private import SystemPackage

/// A real `patchflow up` in a directory of its own, and the people who use it by the command line.
package final class Installation: Sendable {
    package let directory: String
    package let server: String
    private let adminServer: String
    private let options: [String]
    private let run: LockedBox<Running?> = LockedBox(nil)

    private struct Running: Sendable {
        let task: Task<Void, any Error>
    }

    /// What a command ended with.
    package struct Answer: Sendable {
        package let status: Int32
        package let output: String
        package let error: String

        package var json: JSONValue {
            get throws { try WireJSON.decode(JSONValue.self, from: Data(output.utf8)) }
        }
    }

    /// The program that the tests' build made.
    package static let program: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let beside = URL(filePath: tests ?? CommandLine.arguments[0]).deletingLastPathComponent()
        return beside.appending(path: "patchflow").path(percentEncoded: false)
    }()

    /// - Parameter executor: The options of `up` that say how hosts are reached.
    package init(executor: [String]) throws {
        directory = try makeTestDirectory("up")
        server = "127.0.0.1:\(try freePort())"
        adminServer = "127.0.0.1:\(try freePort())"
        options = executor
    }

    /// Returns when it serves.
    package func start() async throws {
        let log = directory + "/up.log"
        let words =
            [
                "up", "--data-dir", directory + "/data", "--listen", server, "--admin-listen",
                adminServer, "--lease", "4", "--log-level", "info",
            ] + options
        let file = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        let before = readyLines(log)
        let task = Task {
            // It ends with the tests, however they end.
            _ = try await Subprocess.run(
                .path("/usr/bin/setpriv"),
                arguments: Arguments(["--pdeathsig", "TERM", Self.program] + words), input: .none,
                output: .fileDescriptor(file, closeAfterSpawningProcess: true),
                error: .combinedWithOutput)
        }
        run.set(Running(task: task))
        let deadline = ContinuousClock.now + .seconds(60)
        while readyLines(log) == before {
            guard ContinuousClock.now < deadline else {
                throw InstallationError("it did not become ready:\n\(self.log.suffix(4000))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Everything that its processes have said.
    package var log: String {
        (try? String(contentsOfFile: directory + "/up.log", encoding: .utf8)) ?? ""
    }

    private func readyLines(_ path: String) -> Int {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
            .split(separator: "\n").count { $0.hasPrefix("ready http") }
    }

    /// Ends it as a service manager would.
    package func stop() async {
        for pid in pids(of: "up") { kill(pid, SIGTERM) }
        guard let running = run.take() else { return }
        _ = await running.task.result
    }

    /// Stops and removes everything.
    package func remove() async {
        await stop()
        if (try? FileManager.default.removeItem(atPath: directory)) == nil {
            print("\(directory) could not be removed")
        }
    }

    /// The processes of a role (`up`, `serve`, `work`, `project`) or `postgres`'s postmaster.
    package func pids(of role: String) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                return false
            }
            let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 1 else { return false }
            if role == "postgres" {
                return words[0].hasSuffix("/postgres")
                    && words.contains(directory + "/data/postgres/data")
            }
            return words[0].hasSuffix("/patchflow") && words[1] == role
                && words.contains(directory + "/data")
        }
    }

    // MARK: People

    private func tokenFile(_ person: String) -> String { directory + "/\(person).token" }

    /// Makes a person with a token; the administrator does it.
    package func introduce(_ person: String, _ roles: String...) async throws {
        let words = ["token", "create", "--person", person, "--expires-in", "1d", "-o", "json"]
        let answer = try await call(
            "admin", words + roles.flatMap { ["--role", $0] })
        guard case .object(let token) = try answer.json, case .string(let secret) = token["secret"]
        else { throw InstallationError("no secret in \(answer.output)") }
        try Data(secret.utf8).write(to: URL(filePath: tokenFile(person)))
    }

    /// A command that must succeed.
    @discardableResult
    package func call(_ person: String, _ words: [String]) async throws -> Answer {
        let answer = try await attempt(person, words)
        guard answer.status == 0 else {
            throw InstallationError(
                "\(person): \(words.joined(separator: " ")) ended with \(answer.status): "
                    + answer.error + answer.output)
        }
        return answer
    }

    /// A command that may fail.
    package func attempt(_ person: String, _ words: [String]) async throws -> Answer {
        let token = person == "admin" ? directory + "/data/admin.token" : tokenFile(person)
        return try await run(words + ["--server", "http://\(server)", "--token-file", token])
    }

    /// A command that works on the database itself.
    package func runDirectly(_ words: [String]) async throws -> Answer {
        try await run(words + ["--data-dir", directory + "/data"])
    }

    /// The same, killed with -9 after so many seconds unless it has ended by then.
    package func runDirectly(_ words: [String], killedAfter seconds: Double) async throws {
        _ = try await Subprocess.run(
            .path("/usr/bin/timeout"),
            arguments: Arguments(
                ["-s", "KILL", "\(seconds)", Self.program] + words
                    + ["--data-dir", directory + "/data"]),
            input: .none, output: .discarded, error: .discarded)
    }

    /// A command that needs neither server nor database.
    package func run(_ words: [String]) async throws -> Answer {
        let result = try await Subprocess.run(
            .path(FilePath(Self.program)), arguments: Arguments(words), input: .none,
            output: .string(limit: 16_000_000), error: .string(limit: 1_000_000))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            default: -1
            }
        return Answer(status: status, output: result.standardOutput, error: result.standardError)
    }

    /// One more worker beside those of `up`.
    package func startWorker(named name: String) async throws -> ExtraWorker {
        let words =
            ["work", "--name", name, "--lease", "4", "--data-dir", directory + "/data"] + options
        let file = try FileDescriptor.open(
            FilePath(directory + "/\(name).log"), .writeOnly,
            options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite])
        let task = Task {
            _ = try await Subprocess.run(
                .path(FilePath(Self.program)), arguments: Arguments(words), input: .none,
                output: .fileDescriptor(file, closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) { process in
                // Until the task is cancelled.
                try? await Task.sleep(for: .seconds(600))
                try process.send(signal: .terminate)
            }
        }
        return ExtraWorker(task: task)
    }

    /// The field of the JSON object that a command prints; fields of fields with dots.
    package func field(
        _ path: String, _ person: String, _ words: [String]
    ) async throws -> JSONValue {
        var value = try await call(person, words + ["-o", "json"]).json
        for name in path.split(separator: ".") {
            guard case .object(let object) = value else { return .null }
            value = object[String(name)] ?? .null
        }
        return value
    }
}

/// A worker that a test has started beside the installation's own.
package struct ExtraWorker: Sendable {
    fileprivate let task: Task<Void, any Error>

    package func stop() async {
        task.cancel()
        _ = await task.result
    }
}

package struct InstallationError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// A value behind a lock.
private final class LockedBox<Value: Sendable>: Sendable {
    private let contents: Mutex<Value>

    init(_ value: sending Value) { contents = Mutex(value) }

    func set(_ value: sending Value) { contents.withLock { $0 = value } }
}

extension LockedBox {
    func take<Wrapped>() -> Wrapped? where Value == Wrapped? {
        contents.withLock { value in
            defer { value = nil }
            return value
        }
    }
}

/// A TCP port on 127.0.0.1 that is free now.
package func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw InstallationError("no socket: errno \(errno)") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> UInt16? in
            guard bind(socket, pointer, length) == 0,
                getsockname(socket, pointer, &length) == 0
            else { return nil }
            return UInt16(bigEndian: UnsafeRawPointer(pointer).load(as: sockaddr_in.self).sin_port)
        }
    }
    guard let port else { throw InstallationError("no free port: errno \(errno)") }
    return Int(port)
}
