import Foundation
import Support
import Testing

/// What `deploy/run` does when its ground is not the usual one: its parts, sourced as it does.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct DeployScenarios {
    @Test("deploy/run killed with -9 takes its server with it")
    func killedRun() async throws {
        try await withInstallation { installation in
            let run = try Shell.start(
                """
                run_directory=\(installation.directory) binary=\(Installation.program)
                listen=\(installation.server) executor_options=(--executor simulated)
                start_server
                sleep 600
                """)
            try await eventually("a server") {
                FileManager.default.fileExists(atPath: installation.directory + "/admin.token")
            }
            #expect(installation.pids(of: "work").count == 1)
            // Not waited for: Foundation's wait would last as long as a server that lives on.
            kill(run.processIdentifier, SIGKILL)
            try await eventually("its end") { installation.processes.isEmpty }
        }
    }

    @Test("what a killed run has left serving is ended before its directory goes, and no other")
    func leftServer() async throws {
        try await withInstallation { left in
            try await left.start()
            try await withInstallation { other in
                try await other.start()
                let before = other.lasting
                let ending = try Shell.start("end_server_of \(left.directory)")
                ending.waitUntilExit()
                #expect(ending.terminationStatus == 0)
                #expect(left.processes.isEmpty)
                #expect(other.lasting == before)
            }
        }
    }

    @Test("a relative of Debian gets simulated hosts, and is told why")
    func relativeOfDebian() throws {
        let release = try makeTestDirectory("release") + "/os-release"
        try Data("ID=ubuntu\nID_LIKE=debian\n".utf8).write(to: URL(filePath: release))
        let answer = try Shell.run(
            "mount --bind \(release) /etc/os-release; fleet=auto; choose_fleet; echo $fleet",
            in: ["unshare", "--mount"])
        #expect(answer.output == "simulated\n")
        #expect(answer.error.contains("no real hosts here: their base system is made by Debian's"))
    }

    @Test("two runs of one process number would choose networks of their own")
    func networks() throws {
        let answer = try Shell.run(
            """
            first=$(free_network)
            python3 -c 'import socket, sys, time
            server = socket.create_server((sys.argv[1] + ".11", 2222))
            time.sleep(60)' "$first" </dev/null >/dev/null 2>&1 &
            listener=$!
            while port_is_free "$first.11:2222"; do sleep 0.1; done
            second=$(free_network)
            kill -KILL "$listener"
            echo "$first $second"
            """)
        let networks = answer.output.split { $0 == " " || $0 == "\n" }
        #expect(networks.count == 2)
        #expect(networks.first != networks.last, "\(answer)")
    }

    // MARK: -

    private func withInstallation(_ body: (Installation) async throws -> Void) async throws {
        let installation = try Installation(executor: ["--executor", "simulated"])
        do {
            try await body(installation)
        } catch {
            await installation.remove()
            throw error
        }
        await installation.remove()
    }

    private func eventually(_ what: String, _ holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !holds() {
            guard ContinuousClock.now < deadline else {
                throw InstallationError("\(what) did not come about within a minute")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension Installation {
    /// All of its processes, PostgreSQL's postmaster with them.
    fileprivate var processes: [Int32] {
        ["up", "serve", "work", "project", "postgres"].flatMap { pids(of: $0) }.sorted()
    }

    /// Those that live as long as it is served. A connection that PostgreSQL has just begun to serve
    /// looks like the postmaster, which is older than all of them.
    fileprivate var lasting: [Int32] {
        let roles = ["up", "serve", "work", "project"].flatMap { pids(of: $0) }.sorted()
        return roles + (pids(of: "postgres").min().map { [$0] } ?? [])
    }
}

/// bash, in which the parts of `deploy/run` have been sourced.
private enum Shell {
    static func start(
        _ script: String, in surroundings: [String] = [], output: Pipe? = nil, error: Pipe? = nil
    ) throws -> Process {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let parts = ["report", "server", "hosts"].map { ". deploy/lib/\($0).sh\n" }.joined()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.currentDirectoryURL = root
        process.arguments = surroundings + ["bash", "-c", "set -euo pipefail\n" + parts + script]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = error ?? FileHandle.nullDevice
        try process.run()
        return process
    }

    /// - Returns: What it has said, when it succeeded.
    static func run(
        _ script: String, in surroundings: [String] = []
    ) throws -> (output: String, error: String) {
        let output = Pipe()
        let error = Pipe()
        let process = try start(script, in: surroundings, output: output, error: error)
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complained = String(
            decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw InstallationError("bash ended with \(process.terminationStatus): \(complained)")
        }
        return (said, complained)
    }
}
