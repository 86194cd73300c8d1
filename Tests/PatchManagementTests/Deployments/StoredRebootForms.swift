import EventSourcing

@testable import PatchManagement

/// What is stored of a reboot that an installation needs.
enum StoredRebootForms {
    static func events() -> [any DomainEvent] {
        let route = DeploymentRoute(
            rollout: StreamID(prefix: "ro", uuid(31)), asset: production(1), batch: 1,
            stratum: "debian 12 amd64")
        let report = VerificationReport(
            installed: [Sample.package], services: [.init(name: "ssh", state: .running)],
            commandExitCode: nil, commandOutput: "", rebootRequired: true, bootID: "boot-1",
            outdated: [])
        return [
            DeploymentEvent.snapshotTaken(
                SnapshotTaken(
                    attempt: 1, argv: ["/usr/local/sbin/snapshot", "now"],
                    report: CommandReport(
                        exitCode: 0, outputDigest: Digest(of: "snap-1"), outputBytes: 6,
                        outputTail: "snap-1", milliseconds: 900, bootID: "boot-1"), at: moment)),
            DeploymentEvent.rebootRequested(
                RebootRequested(route: route, policy: .ifRequired, report: report, at: moment)),
            DeploymentEvent.rebootStarted(
                RebootStarted(
                    attempt: 2, attemptID: uuid(32), worker: uuid(33), fence: 7,
                    bootID: "boot-1")),
            DeploymentEvent.rebootAccepted(
                RebootAccepted(
                    attempt: 2,
                    report: ExecutionReport(
                        exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
                        seconds: 1, rebootRequired: true, bootID: "boot-1"), at: moment)),
            DeploymentEvent.deadAfterReboot(
                TargetDeadAfterReboot(
                    route: route, change: OutcomeChange(before: nil, after: .deadAfterReboot),
                    bootID: "boot-1", since: moment, waitedSeconds: 905,
                    detail: "unreachable: no answer")),
            AssetEvent.rebootAwaited(
                RebootAwaited(
                    deployment: StreamID(prefix: "de", uuid(34)), bootID: "boot-1")),
        ]
    }

    private static let moment = Timestamp(seconds: 1_767_268_800)
}
