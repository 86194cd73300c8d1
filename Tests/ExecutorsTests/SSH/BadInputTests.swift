import EventSourcing
import Executors
import Foundation
import PatchManagement
import Testing

/// What is refused before any process starts, and what a hostile host can't do to us.
@Suite struct BadInputTests {
    @Test(arguments: [
        ("-oProxyCommand=touch /tmp/x", "127.0.0.1", "root", 22, "host"),
        ("host-1", "-oProxyCommand=touch", "root", 22, "address"),
        ("host-1", "127.0.0.1;true", "root", 22, "address"),
        ("host-1", "127.0.0.1", "-lroot", 22, "user"), ("host-1", "127.0.0.1", "root", 0, "port"),
        ("host 1", "127.0.0.1", "root", 22, "host"), ("", "127.0.0.1", "root", 22, "host"),
    ])
    func anAddressThatCouldBeAnOptionIsRefused(
        name: String, address: String, user: String, port: Int, field: String
    ) async throws {
        let client = try FakeClient("exit 0")
        let host = HostAddress(
            asset: StreamID(prefix: "as", UUID()), name: name, address: address, port: port,
            user: user)
        let failure = await client.perform(.inventory, on: host).failure
        #expect(failure?.cause == .invalidOrder && failure?.detail.contains(field) == true)
        #expect(!client.hasRun)
    }

    @Test(arguments: [
        ("pf-demo;reboot", "amd64", "1.0-2", "package"), ("-o", "amd64", "1.0-2", "package"),
        ("pf-demo\nend", "amd64", "1.0-2", "package"), ("$(id)", "amd64", "1.0-2", "package"),
        ("pf-demo", "amd64 `id`", "1.0-2", "architecture"),
        ("pf-demo", "amd64", "1.0-2 && id", "version"), ("pf-demo", "amd64", "", "version"),
    ])
    func aPackageWithShellCharactersIsRefused(
        name: String, architecture: String, version: String, field: String
    ) async throws {
        let client = try FakeClient("exit 0")
        let pin = PinnedPackage(
            name: name, architecture: architecture, version: version, sha256: Digest(of: "x"),
            size: 1)
        for work in [
            Work.install(attempt: UUID(), packages: [pin]), .precheck(packages: [pin]),
            .backUp(attempt: UUID(), packages: [pin]),
        ] {
            let failure = await client.perform(work).failure
            #expect(failure?.cause == .invalidOrder && failure?.detail.contains(field) == true)
        }
        #expect(!client.hasRun)
    }

    @Test(arguments: [[], ["true"], ["/bin/sh;id"], ["/bin/true", "a\nend"]])
    func aCommandOutsideTheAllowListIsRefused(argv: [String]) async throws {
        let client = try FakeClient("exit 0")
        let failure = await client.perform(.check(argv: argv, seconds: 1)).failure
        #expect(failure?.cause == .invalidOrder && failure?.detail.contains("argv") == true)
        #expect(!client.hasRun)
    }

    @Test func anOrderThatNamesNothingOrHasNoFenceIsRefused() async throws {
        let client = try FakeClient("exit 0")
        let empty = await client.perform(.install(attempt: UUID(), packages: []))
        #expect(empty.failure?.cause == .invalidOrder)
        #expect(await client.perform(.inventory, fence: 0).failure?.cause == .invalidOrder)
        let service = VerificationChecks(packages: [], services: ["a b"], command: nil)
        #expect(await client.perform(.verify(checks: service)).failure?.cause == .invalidOrder)
        #expect(!client.hasRun)
    }

    @Test func aHostThatFloodsItsAnswerIsCutOff() async throws {
        let client = try FakeClient("echo 'patchflow-host 1'; yes flood")
        let result = await client.perform(.inventory)
        #expect(result.failure?.cause == .badAnswer, "\(result)")
        let before = try FakeClient("yes flood")
        #expect(await before.perform(.inventory).failure?.cause == .unreachable)
        let errors = try FakeClient("yes flood >&2 & echo 'patchflow-host 1'; sleep 1; echo done")
        #expect(await errors.perform(.inventory).failure?.cause == .badAnswer)
    }

    @Test(arguments: [
        "package pf-demo amd64", "package $(id) amd64 1.0 src", "package pf-demo amd64 1.0 -src",
        "failure nonsense x", "",
    ])
    func anAnswerThatCannotBeUnderstoodIsABadOne(line: String) async throws {
        let client = try FakeClient("echo 'patchflow-host 1'; echo '\(line)'; echo done")
        #expect(await client.perform(.inventory).failure?.cause == .badAnswer)
    }

    @Test func whatAHostSaysIsStrippedOfControlSequences() async throws {
        let words = #"disk-full \033[31mred\033]0;title\007 \302\233 \342\200\256end\r\n"#
        let client = try FakeClient(
            "echo 'patchflow-host 1'; printf 'failure \(words)'; echo done")
        let failure = await client.perform(.inventory).failure
        #expect(failure?.cause == .diskFull)
        #expect(failure?.detail.contains("red") == true)
        let scalars = failure?.detail.unicodeScalars.filter {
            $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) || $0.value == 0x202e
        }
        #expect(scalars?.isEmpty == true, "\(failure?.detail ?? "")")
    }

    @Test func aClientThatHangsIsEnded() async throws {
        let silent = try FakeClient("trap '' TERM; sleep 3600 & sleep 3600") {
            $0.connectTimeout = .seconds(1)
        }
        let begun = ContinuousClock.now
        #expect(await silent.perform(.inventory).failure?.cause == .unreachable)
        let greeted = try FakeClient("echo 'patchflow-host 1'; sleep 3600")
        let result = await greeted.perform(.inventory, limit: .seconds(1))
        #expect(result.failure?.cause == .timedOut, "\(result)")
        #expect(ContinuousClock.now - begun < .seconds(1800), "two clients sleep for an hour each")
    }

    @Test(arguments: ["relative/key", "/tmp/with blank", "/tmp/100%", "/nowhere/at/all"])
    func aKeyFileThatCannotBeUsedIsRefused(path: String) {
        let settings = SSHSettings(keyFile: path, knownHostsFile: "/dev/null")
        let error = #expect(throws: SSHSettingsError.self) { try SSHExecutor(settings: settings) }
        #expect(error?.description.contains(path) == true)
    }
}

/// Stands where ssh is, as a host would that is out to harm; it notes that it was run.
private final class FakeClient: Sendable {
    private let directory: URL
    private let executor: SSHExecutor

    init(_ script: String, _ change: (inout SSHSettings) -> Void = { _ in }) throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-client-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let program = directory.appending(path: "ssh").path
        // It has no connection to share, as it would say to `ssh -O`.
        let lines = [
            "#!/bin/sh", #"case "$*" in *' -O '*) exit 255 ;; esac"#,
            "touch '\(directory.path)/has-run'", script, "",
        ]
        try lines.joined(separator: "\n").write(
            toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        var settings = SSHSettings(keyFile: "/dev/null", knownHostsFile: "/dev/null")
        settings.program = program
        settings.connectTimeout = .seconds(5)
        change(&settings)
        executor = try SSHExecutor(settings: settings)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: directory)
        } catch {
            Issue.record(error)
        }
    }

    var hasRun: Bool {
        FileManager.default.fileExists(atPath: directory.appending(path: "has-run").path)
    }

    func perform(
        _ work: Work, on host: HostAddress? = nil, fence: Int64 = 1, limit: Duration = .seconds(20)
    ) async -> WorkResult {
        let somewhere = HostAddress(
            asset: StreamID(prefix: "as", UUID()), name: "host-1", address: "127.0.0.1", port: 22,
            user: "root")
        return await executor.perform(
            WorkOrder(
                activity: UUID(), fence: fence, host: host ?? somewhere, work: work,
                timeLimit: limit))
    }
}
