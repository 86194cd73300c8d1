private import Foundation
private import Subprocess
private import Synchronization
private import SystemPackage

/// A real `patchflow witness`, on a directory that outlives it.
package final class WitnessProcess: Sendable {
    package let directory: String
    package let address: String
    /// Its public key.
    package let key: String
    private let running = Mutex<(pid: Int32, task: Task<Void, any Error>)?>(nil)

    package init(named name: String = "witness.example") async throws {
        directory = try makeTestDirectory("witness")
        address = "127.0.0.1:\(try freePort())"
        let made = try await Subprocess.run(
            .path(FilePath(Installation.program)),
            arguments: ["witness", "key", "--create", "--name", name, "--dir", directory],
            input: .none, output: .string(limit: 10_000), error: .string(limit: 10_000))
        key = made.standardOutput.trimmingCharacters(in: .newlines)
        guard made.terminationStatus.isSuccess else { throw InstallationError(made.standardError) }
    }

    /// Returns when it serves.
    package func start(logKeys: [String]) async throws {
        let words =
            ["--pdeathsig", "KILL", Installation.program, "witness", "--dir", directory]
            + ["--listen", address] + logKeys.flatMap { ["--log-key", $0] }
        let file = try FileDescriptor.open(
            FilePath(directory + "/witness.log"), .writeOnly,
            options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite])
        let before = readyLines
        let (pids, pid) = AsyncStream.makeStream(of: Int32.self)
        let task = Task {
            _ = try await Subprocess.run(
                .path("/usr/bin/setpriv"), arguments: Arguments(words), input: .none,
                output: .fileDescriptor(file, closeAfterSpawningProcess: true),
                error: .combinedWithOutput
            ) { process in
                pid.yield(process.processIdentifier.value)
                pid.finish()
            }
        }
        for await pid in pids { running.withLock { $0 = (pid, task) } }
        let deadline = ContinuousClock.now + .seconds(30)
        while readyLines == before {
            guard ContinuousClock.now < deadline else {
                throw InstallationError("the witness did not become ready:\n\(log)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Sends it a signal, such as SIGSTOP: then it accepts connections and answers nobody.
    package func send(_ signal: Int32) {
        if let pid = running.withLock({ $0?.pid }) { Foundation.kill(pid, signal) }
    }

    /// kill -9; returns when it is gone.
    package func kill() async {
        send(SIGKILL)
        let task = running.withLock { running in
            defer { running = nil }
            return running?.task
        }
        _ = await task?.result
    }

    /// Everything that it has said.
    package var log: String {
        (try? String(contentsOfFile: directory + "/witness.log", encoding: .utf8)) ?? ""
    }

    private var readyLines: Int {
        log.split(separator: "\n").count { $0.hasPrefix("ready http") }
    }

    package func remove() async {
        await kill()
        if (try? FileManager.default.removeItem(atPath: directory)) == nil {
            print("\(directory) could not be removed")
        }
    }
}
