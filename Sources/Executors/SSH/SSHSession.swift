private import FoundationEssentials
import PatchManagement
private import Subprocess
private import Synchronization
private import SystemPackage

/// Conversations with hosts, each through an ssh client of its own that shares a connection with
/// the others to that host.
struct SSHSession: Sendable {
    let settings: SSHSettings
    let control: ControlDirectory

    /// Hands `order` to the host, if it still may when the host has greeted, and returns its answer.
    ///
    /// - Throws: `.unreachable` and `.hostKeyMismatch` when the host did not even greet, so that
    ///   certainly nothing began; otherwise `.lost`, `.timedOut`, `.badAnswer`, or what the host
    ///   says.
    func ask(
        _ host: HostAddress, _ order: String, until deadline: ContinuousClock.Instant,
        if mayBegin: @escaping @Sendable () async -> Bool = { true }
    ) async throws(WorkFailure) -> HostAnswer {
        let reused = await talk(host, order, until: deadline, if: mayBegin)
        if case .notGreeted(let words) = reused, !isKeyMismatch(words), !Task.isCancelled,
            ContinuousClock.now < deadline
        {
            // The kept connection may be the dead one: a host that has restarted answers on a new
            // one. Nothing was sent, so trying again starts nothing twice.
            guard await endConnection(to: host) else { throw unreachable(words) }
            return try answer(await talk(host, order, until: deadline, if: mayBegin))
        }
        return try answer(reused)
    }

    /// Ends all connections that are kept.
    func closeAll() async {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: control.path)
        } catch {
            return
        }
        for name in names {
            // With a socket given, ssh asks for no real host.
            await run(["-o", "ControlPath=\(control.path)/\(name)", "-O", "exit", "--", "none"])
        }
    }

    private func answer(_ outcome: Conversation.Outcome) throws(WorkFailure) -> HostAnswer {
        switch outcome {
        case .answered(let lines):
            let answer = HostAnswer(lines)
            if let failure = answer.refusal() { throw failure }
            return answer
        case .notGreeted(let words): throw unreachable(words)
        case .withheld: throw WorkFailure(.unreachable, "the order was withheld")
        case .broken(let failure): throw failure
        }
    }

    private func unreachable(_ words: String) -> WorkFailure {
        let detail = words.isEmpty ? "the host did not greet in time" : words
        return WorkFailure(isKeyMismatch(words) ? .hostKeyMismatch : .unreachable, detail)
    }

    private func isKeyMismatch(_ words: String) -> Bool {
        words.contains("Host key verification failed")
            || words.contains("HOST IDENTIFICATION HAS CHANGED")
    }

    // MARK: One conversation

    private func talk(
        _ host: HostAddress, _ order: String, until deadline: ContinuousClock.Instant,
        if mayBegin: @escaping @Sendable () async -> Bool
    ) async -> Conversation.Outcome {
        let conversation = Conversation(limit: settings.answerLimit)
        let greeting = min(ContinuousClock.now + settings.connectTimeout, deadline)
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = Self.teardown
        do {
            _ = try await Subprocess.run(
                .path(FilePath(settings.program)),
                arguments: Arguments(
                    options(for: host) + ["--", host.address, RemoteProgram.command]),
                environment: Self.environment, platformOptions: platform, input: .inputWriter,
                output: .sequence, error: .sequence
            ) { client in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await conversation.hear(errors: client.standardError) }
                    group.addTask {
                        // Ends a conversation that takes too long, by ending its client.
                        do {
                            try await Task.sleep(until: greeting)
                            if conversation.isGreeted { try await Task.sleep(until: deadline) }
                            conversation.ranOutOfTime()
                        } catch {
                            return
                        }
                        await client.teardown(using: Self.teardown)
                    }
                    await conversation.hear(client.standardOutput) {
                        guard await mayBegin() else { return conversation.withhold() }
                        _ = try await client.standardInputWriter.write(Array(order.utf8))
                        try await client.standardInputWriter.finish()
                    }
                    // What the host still might say is of no interest.
                    await client.teardown(using: Self.teardown)
                    group.cancelAll()
                }
            }
        } catch {
            conversation.failed("\(error)")
        }
        return conversation.outcome
    }

    private static let teardown = [
        TeardownStep.gracefulShutDown(
            toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
    ]

    /// No agent, no language and no configuration of the account that runs this.
    private static let environment = Environment.custom([
        "PATH": "/usr/bin:/bin", "LC_ALL": "C",
    ])

    // MARK: ssh's options

    private func options(for host: HostAddress) -> [String] {
        let settings = [
            "BatchMode=yes", "StrictHostKeyChecking=yes", "CheckHostIP=no", "UpdateHostKeys=no",
            "VerifyHostKeyDNS=no", "UserKnownHostsFile=\(settings.knownHostsFile)",
            "GlobalKnownHostsFile=none", "HostKeyAlias=\(host.name)", "IdentitiesOnly=yes",
            "IdentityAgent=none", "IdentityFile=\(settings.keyFile)",
            "PreferredAuthentications=publickey", "ClearAllForwardings=yes",
            "ForwardAgent=no", "PermitLocalCommand=no", "EscapeChar=none", "LogLevel=ERROR",
            "ConnectTimeout=\(max(1, settings.connectTimeout.components.seconds))",
            "ServerAliveInterval=5", "ServerAliveCountMax=3", "ControlMaster=auto",
            "ControlPath=\(control.socket)",
            "ControlPersist=\(max(1, settings.persistence.components.seconds))",
        ]
        return ["-F", "none", "-T", "-p", "\(host.port)", "-l", host.user]
            + settings.flatMap { ["-o", $0] }
    }

    /// Makes the next conversation use a new connection; those that go on keep theirs.
    ///
    /// - Returns: whether there was one.
    private func endConnection(to host: HostAddress) async -> Bool {
        await run(options(for: host) + ["-O", "stop", "--", host.address])
    }

    /// A request to a connection's master, which answers at once or never.
    @discardableResult private func run(_ words: [String]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await succeeds(words) }
            group.addTask {
                do {
                    try await Task.sleep(for: .seconds(2))
                } catch {
                    return false
                }
                return false
            }
            let first = await group.next()
            // Cancelling ends the client, should it still be there.
            group.cancelAll()
            return first ?? false
        }
    }

    private func succeeds(_ words: [String]) async -> Bool {
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = Self.teardown
        do {
            let result = try await Subprocess.run(
                .path(FilePath(settings.program)), arguments: Arguments(words),
                environment: Self.environment, platformOptions: platform, input: .none,
                output: .discarded, error: .discarded)
            return result.terminationStatus.isSuccess
        } catch {
            return false
        }
    }
}
