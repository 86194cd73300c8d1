import Glibc
import Logging
import Postgres
import Subprocess
import Synchronization
import SystemPackage

extension PrivateCluster {
    private static let setpriv = Executable.path("/usr/bin/setpriv")
    private static let startTimeout: Duration = .seconds(120)
    private static let restartBudget = 5

    /// The whole life from `start` to `stop`, crashes included.
    func supervise() async throws {
        do {
            try directory.prepare()
            let lock = try directory.lock()
            defer { close(lock) }
            try await endLeftovers()
            if !directory.isInitialised { try await initialise() }
            if let logins { try directory.allow(logins) }
            try await keepRunning()
        } catch {
            hasFailed(error)
            throw error
        }
    }

    /// Starts again after a crash. Gives up when the server doesn't stay up for long.
    private func keepRunning() async throws {
        var failures = 0
        while !state.withLock({ $0.mustStop }) {
            let begun = ContinuousClock.now
            try await runServer()
            if state.withLock({ $0.mustStop }) { return }
            failures = ContinuousClock.now - begun > .seconds(60) ? 1 : failures + 1
            let isFirst = !state.withLock { $0.isReady }
            guard !isFirst, failures <= Self.restartBudget else {
                throw ClusterError.startFailed(directory.endOfLog())
            }
            logger.warning("PostgreSQL ended unexpectedly and is started again")
            state.withLock { $0.restarts += 1 }
            try await endLeftovers()
        }
    }

    /// Runs the server once, until it ends by itself or is to stop.
    private func runServer() async throws {
        let log = try FileDescriptor.open(
            FilePath(directory.log), .writeOnly, options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite])
        var words = installation.launcher + [installation.binaries + "/postgres"]
        words += ["-D", directory.data]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            words += ["-c", "\(name)=\(value)"]
        }
        var platform = PlatformOptions()
        platform.createSession = true
        _ = try await Subprocess.run(
            Self.setpriv, arguments: Arguments(words), platformOptions: platform, input: .none,
            output: .fileDescriptor(log, closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        ) { server in
            state.withLock { $0.pid = server.processIdentifier.value }
            defer { state.withLock { $0.pid = nil } }
            let deadline = ContinuousClock.now + Self.startTimeout
            var ready = false
            while !state.withLock({ $0.mustStop }), isAlive(server.processIdentifier) {
                if !ready {
                    ready = await accepts()
                    if ready { isReady() }
                    if ContinuousClock.now > deadline { break }
                }
                try await Task.sleep(for: ready ? .milliseconds(50) : .milliseconds(10))
            }
            await server.teardown(using: [
                .send(signal: .interrupt, allowedDurationToNextStep: .seconds(30)),
                .send(signal: .quit, allowedDurationToNextStep: .seconds(10)),
            ])
        }
    }

    /// A process that has ended makes its descriptor readable.
    private func isAlive(_ process: ProcessIdentifier) -> Bool {
        var descriptor = pollfd(fd: process.processDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    private func accepts() async -> Bool {
        var options = options
        options.connectTimeout = .seconds(5)
        do {
            let connection = try await Connection.open(options)
            await connection.close()
            return true
        } catch {
            // Not yet: the socket isn't there, or the server still recovers.
            return false
        }
    }

    /// initdb works in a directory that is renamed when it is whole, so a crash leaves no half
    /// cluster.
    private func initialise() async throws {
        let fresh = try directory.makeEmptyData()
        let remove = try await Subprocess.run(
            Self.setpriv,
            arguments: Arguments(
                installation.launcher + ["find", fresh, "-mindepth", "1", "-delete"]),
            output: .string(limit: 10_000), error: .combinedWithOutput)
        guard remove.terminationStatus.isSuccess else {
            throw ClusterError.initialisationFailed(remove.standardOutput)
        }
        var words = installation.launcher + [installation.binaries + "/initdb"]
        words += ["-D", fresh, "--username=postgres", "--auth-local=trust", "--auth-host=reject"]
        words += ["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"]
        let made = try await Subprocess.run(
            Self.setpriv, arguments: Arguments(words), output: .string(limit: 100_000),
            error: .combinedWithOutput)
        guard made.terminationStatus.isSuccess else {
            throw ClusterError.initialisationFailed(String(made.standardOutput.suffix(2000)))
        }
        try directory.adopt(fresh)
    }

    /// After a kill -9 of the postmaster its children end within moments by themselves, and one
    /// whose starter was killed shuts down. Only then may the next server start.
    ///
    /// The lock is held, so no live process owns those that are left.
    private func endLeftovers() async throws {
        for attempt in 0..<1500 {
            let processes = directory.serverProcesses()
            guard let first = processes.first else {
                directory.removeStalePIDFile()
                return
            }
            if attempt == 200 || attempt == 1000 {
                logger.warning("server processes were left over: \(processes)")
                for process in processes { kill(process, attempt == 200 ? SIGINT : SIGQUIT) }
            }
            guard attempt < 1499 else {
                throw ClusterError.inUse(
                    directory: directory.path, process: "the server process \(first)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
