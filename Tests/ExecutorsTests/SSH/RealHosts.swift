import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// All tests that need real hosts share one fleet. Each has a host of its own, so they run side by
/// side.
@Suite(
    .enabled(
        if: TestFleet.obstacle == nil,
        "real Debian hosts need root on a Debian machine (mounts and namespaces)"),
    .fleet(30, options: ["--disk-mb", "192"]))
struct RealHosts {}

/// One worker's view of one real host, whose fences rise with every order.
struct Scene: Sendable {
    let number: Int
    let fleet = TestFleet.current
    let executor: SSHExecutor
    let host: HostAddress

    init(_ number: Int, _ change: (inout SSHSettings) -> Void = { _ in }) throws {
        self.number = number
        var settings = fleet.settings
        change(&settings)
        executor = try SSHExecutor(settings: settings)
        host = fleet.host(number)
    }

    func perform(
        _ work: Work, fence: Int64, limit: Duration = .seconds(60)
    ) async -> WorkResult {
        await executor.perform(
            WorkOrder(activity: UUID(), fence: fence, host: host, work: work, timeLimit: limit))
    }

    /// The version that the repository offers of a package, pinned by the host's signed lists.
    func pin(_ name: String, _ version: String = "1.0-2") async throws -> PinnedPackage {
        let architecture = name == "pf-slow" ? "all" : try await native()
        let result = await perform(
            .acquire(packages: [
                PackageSelection(name: name, architecture: architecture, version: version)
            ]), fence: 1)
        guard case .acquired(let pins) = result else { throw Surprise(result) }
        return try #require(pins.first)
    }

    func install(
        _ pin: PinnedPackage, attempt: UUID = UUID(), fence: Int64, limit: Duration = .seconds(60)
    ) async -> WorkResult {
        await perform(.install(attempt: attempt, packages: [pin]), fence: fence, limit: limit)
    }

    func verify(_ package: String, command: String? = nil) async throws -> VerificationReport {
        let checks = VerificationChecks(
            packages: [package], services: [package], command: command)
        let result = await perform(.verify(checks: checks), fence: 1)
        guard case .verification(let report) = result else { throw Surprise(result) }
        return report
    }

    func probe(_ attempt: UUID, _ step: AttemptStep = .install, fence: Int64) async -> WorkResult {
        await perform(.probe(attempt: attempt, step: step), fence: fence)
    }

    /// Probes until the step is no longer running, for at most 30 s.
    func probeToEnd(_ attempt: UUID, fence: Int64) async throws -> WorkResult {
        for _ in 0..<150 {
            let result = await probe(attempt, fence: fence)
            guard result == .probe(.running) else { return result }
            try await Task.sleep(for: .milliseconds(200))
        }
        return .probe(.running)
    }

    func native() async throws -> String {
        try await fleet.shell(number, "dpkg --print-architecture")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The installed version, as dpkg on the host says past ssh; empty when there is none.
    func version(_ package: String) async throws -> String {
        try await fleet.shell(
            number,
            "dpkg-query -W -f '${db:Status-Status} ${Version}' \(package) 2>/dev/null || true")
    }

    func waitUntil(_ script: String) async throws {
        for _ in 0..<150 {
            let said = try await fleet.shell(number, "if \(script); then echo yes; fi")
            if said.contains("yes") { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Surprise(words: "host-\(number) did not come to: \(script)")
    }
}

/// A result of another kind than the test needs to go on.
struct Surprise: Error, CustomStringConvertible {
    let description: String

    init(_ result: WorkResult) { description = "\(result)" }
    init(words: String) { description = words }
}

extension WorkResult {
    var failure: WorkFailure? {
        if case .failed(let failure) = self { return failure }
        return nil
    }

    var execution: ExecutionReport? {
        switch self {
        case .executed(let report), .probe(.finished(let report)): report
        default: nil
        }
    }
}
