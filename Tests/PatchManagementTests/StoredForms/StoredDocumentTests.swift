import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Documents, the data of activities and the coordinator's notes outlive the program that wrote
/// them: each form has a golden file.
@Suite("Stored forms of documents and activities")
struct StoredDocumentTests {
    struct Form: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let value: any (Codable & Sendable)
        /// It comes from a whole story, so that its content may change while its form doesn't.
        let isTold: Bool

        init(_ name: String, _ value: any (Codable & Sendable), isTold: Bool = false) {
            testDescription = name
            self.value = value
            self.isTold = isTold
        }
    }

    @Test("is written as it always was, and read back the same", arguments: try! forms())
    func form(_ form: Form) throws {
        func check<Value: Codable>(_ value: Value) throws {
            let bytes = try CanonicalJSON.encode(value)
            let name = "document-\(form.testDescription)"
            try GoldenFiles.writeIfMissing(name, bytes)
            let golden = try #require(
                try GoldenFiles.bytes(name),
                "run this test once with PATCHFLOW_WRITE_GOLDEN=1")
            if !form.isTold {
                #expect(
                    String(decoding: bytes, as: UTF8.self)
                        == String(decoding: golden, as: UTF8.self))
            }
            let again = try CanonicalJSON.encode(CanonicalJSON.decode(Value.self, from: golden))
            #expect(again == golden)
        }
        try check(form.value)
    }

    static func forms() throws -> [Form] {
        try works() + results() + documents() + StoredFeedStories.forms()
            + StoredExceptionNotes.forms() + StoredPolicyStories.forms()
            + StoredAssetStories.forms() + StoredHealthForms.forms()
    }

    private static let host = lab(1).host
    private static let attempt = uuid(7)

    private static func works() -> [Form] {
        let works: [Work] = [
            .inventory, .discover, .acquire(packages: [Sample.package]),
            .precheck(packages: [Sample.pin]), .backUp(attempt: attempt, packages: [Sample.pin]),
            .install(attempt: attempt, packages: [Sample.pin]), .verify(checks: Sample.checks),
            .reboot(attempt: attempt, bootID: "boot-1"),
            .rollBack(attempt: attempt, packages: Sample.prior),
            .probe(attempt: attempt, step: .rollBack),
            .check(argv: ["/usr/bin/curl", "-fsS", "http://localhost/"], seconds: 10),
            .ask(probes: StoredHealthForms.probes),
        ]
        return works.map { Form("scan-task-\($0.kind)", ScanTask(host: host, work: $0)) } + [
            Form(
                "qualification-task",
                QualificationTask(
                    step: .verifyRestored, host: host, work: .verify(checks: Sample.checks)))
        ]
    }

    private static func results() -> [Form] {
        let offer = OfferedUpdate(
            name: "curl", source: "curl", architecture: "amd64", installedVersion: "7.88.1-1",
            offeredVersion: "7.88.1-2", origin: "Debian:12.10/stable-security",
            fromSecurityArchive: true, sha256: Digest(of: "curl"), size: 4711)
        let inventory = InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1.0-31-amd64",
            bootID: "boot-1",
            packages: [
                InstalledPackage(
                    name: "curl", architecture: "amd64", version: "7.88.1-1", source: "curl")
            ])
        let rebuilt = InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1.0-31-amd64",
            bootID: "boot-1",
            packages: [
                InstalledPackage(
                    name: "libcurl4", architecture: "amd64", version: "7.88.1-1+b2",
                    source: "curl", sourceVersion: "7.88.1-1")
            ])
        let executed = ExecutionReport(
            exitCode: 0, outputDigest: Digest(of: "output"), outputBytes: 6, outputTail: "output",
            seconds: 3, rebootRequired: true, bootID: "boot-1")
        let refused = ExecutionReport(
            exitCode: 90, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "", seconds: 1,
            rebootRequired: false, bootID: "boot-1",
            refusal: WorkFailure(.diskFull, "4096 bytes are free"))
        let outdated = VerificationReport(
            installed: [Sample.package], services: [], commandExitCode: nil, commandOutput: "",
            rebootRequired: false, bootID: "boot-1",
            outdated: [
                OutdatedProcess(
                    pid: 812, name: "bash", service: nil, file: "/usr/lib/libcurl.so.4.8.0"),
                OutdatedProcess(pid: 901, name: "curld", service: "curld", file: "/usr/sbin/curld"),
            ])
        let results: [(String, WorkResult)] = [
            ("inventory", .inventory(inventory)), ("inventory-rebuilt", .inventory(rebuilt)),
            ("offers", .offers([offer])),
            ("acquired", .acquired([Sample.pin])), ("precheck", Sample.precheck([.diskFull])),
            ("back-up", .backUp(Sample.prior)), ("executed", .executed(executed)),
            ("verification", Sample.verification("7.88.1-2")),
            ("verification-outdated", .verification(outdated)),
            ("probe-never-started", .probe(.neverStarted)), ("probe-running", .probe(.running)),
            ("probe-finished", .probe(.finished(executed))),
            ("probe-refused", .probe(.finished(refused))),
            ("probe-interrupted", .probe(.interrupted)), ("failed", Sample.failed(.lockHeld)),
        ]
        return results.map { Form("work-result-\($0.0)", $0.1) }
    }

    private static func ledgerWithStragglers() throws -> RolloutLedger {
        var world = try World(random: SeededRandom(seed: 1))
        let hosts = try world.importFleet(production: 3)
        let patch = try world.approvedPatch(on: hosts)
        world.fleet.change(hosts[2].host) { $0.faults = [.refuseSSH] }
        let rollout = try world.startedRollout(patch, on: hosts, batches: "rest") {
            $0.gate.maxAbsentPercent = 50
        }
        try world.run {
            $0.deployment(hosts[2].asset, rollout).phase != .awaitingReturn
                || $0.coordinated < $0.log.count
        }
        return try unwrapped(world.ledgers[rollout])
    }

    private static func documents() throws -> [Form] {
        var world = try World(random: SeededRandom(seed: 1))
        let hosts = try world.importFleet(production: 3)
        let patch = try world.approvedPatch(on: hosts)
        let rollout = try world.startedRollout(patch, on: hosts, batches: "1,rest") {
            $0.skipped = [SkippedTarget(asset: production(9), reason: "decommissioned")]
            $0.gate.maxFailures = 1
        }
        let digest = try unwrapped(world.rollout(rollout).plan).planDigest
        let plan = try CanonicalJSON.decode(
            RolloutPlan.self, from: unwrapped(world.documents[digest]).bytes)
        try world.run { $0.patch(patch).state != .documented }
        let approval = try unwrapped(world.patch(patch).approval)
        let binding = approval.binding
        return [
            Form("rollout-plan", plan, isTold: true),
            Form("rollout-ledger", try unwrapped(world.ledgers[rollout]), isTold: true),
            Form("rollout-ledger-with-stragglers", try ledgerWithStragglers(), isTold: true),
            Form("evidence-pack", try world.evidence(of: patch), isTold: true),
            Form(
                "evidence-pack-with-names",
                try world.evidence(of: patch, names: ["pe_rita": "rita", "pe_paul": "Paul *x*"]),
                isTold: true),
            Form("approval-binding", binding, isTold: true),
            Form("assessment", Sample.assessment()),
            Form(
                "assessment-with-dependents",
                Assessment(
                    riskClass: .important, reason: "remote", applicable: Sample.targets,
                    services: ["cron"], expectedDowntimeSeconds: 5, reboot: .none,
                    effortMinutes: 20, checks: Sample.checks,
                    dependents: ["shop", production(1).text])),
            Form("patch-identification-of-pack", RelatedPatches.pack()),
            Form("patch-identification-of-set", try RelatedPatches.set()),
            Form("policy", Policy()), Form("patch-policy", PatchPolicy()),
            Form("classification-policy", ClassificationPolicy()),
            Form("exception-policy", ExceptionPolicy()),
        ]
    }
}
