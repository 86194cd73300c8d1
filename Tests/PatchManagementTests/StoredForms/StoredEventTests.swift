import Advisories
import EventSourcing
import Foundation
import SimulatedFleet
import Support
import Testing

@testable import PatchManagement

/// Events that were stored are read for ever (I11): each type and schema version has a golden file.
@Suite("Stored forms of events")
struct StoredEventTests {
    @Test("Every type of event has a golden file of each version that it ever had")
    func complete() throws {
        let types = try Self.declaredTypes()
        #expect(types.count >= 100, "the list of types is too short to be true")
        #expect(StoredEventTypes.payloads.keys.sorted() == types)
        if GoldenFiles.isWriting { try Self.writeMissing(StoredEventTypes.payloads) }
        let names = try Set(GoldenFiles.names)
        for (type, payload) in StoredEventTypes.payloads {
            for version in 1...payload.schemaVersion {
                #expect(
                    names.contains("\(type).\(version)"),
                    """
                    \(type) has no golden file of version \(version): run this test once with \
                    PATCHFLOW_WRITE_GOLDEN=1 while that version is the current one
                    """)
            }
        }
        for event in try StoredEventStories.events() {
            let payload = type(of: event.payload)
            #expect(names.contains("\(payload.type).\(payload.schemaVersion)"), "\(payload.type)")
        }
    }

    @Test("Every golden file is read, and written again byte for byte")
    func roundTrip() throws {
        let types = try Set(Self.declaredTypes())
        for name in try GoldenFiles.names.sorted() {
            let parts = name.split(separator: ".").map(String.init)
            guard parts.count == 2, let version = Int(parts[1]) else { continue }
            #expect(types.contains(parts[0]), "\(name): no code knows this type any more")
            let bytes = try #require(try GoldenFiles.bytes(name))
            let event = try Self.read(parts[0], version, bytes)
            // Of older ones nothing is written any more.
            guard type(of: event.payload).schemaVersion == version else { continue }
            let stored = try NewEvent(event.payload)
            #expect(stored.type == parts[0])
            #expect(
                String(decoding: stored.data, as: UTF8.self)
                    == String(decoding: bytes, as: UTF8.self), "\(name)")
        }
    }

    @Test("An unknown type, a newer version and broken data are refused, never guessed at")
    func refusals() throws {
        for prefix in [
            "patch", "rollout", "deployment", "asset", "finding", "exception", "control",
            "baseline", "feed", "policy", "cloud", "rule", "emergency", "standing", "disaster",
            "freeze", "cap", "schedule", "person",
        ] {
            #expect(throws: EventCodingError.unknownType("Nonsense"), "\(prefix)") {
                switch prefix {
                case "patch": _ = try PatchEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "rollout": _ = try RolloutEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "deployment":
                    _ = try DeploymentEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "asset": _ = try AssetEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "finding": _ = try FindingEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "exception":
                    _ = try ExceptionEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "control": _ = try ControlEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "baseline":
                    _ = try BaselineEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "feed": _ = try FeedEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "freeze": _ = try FreezeEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "cap": _ = try CapEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "schedule":
                    _ = try ScheduleEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "policy": _ = try PolicyEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "emergency":
                    _ = try EmergencyEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "standing":
                    _ = try StandingApprovalEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "disaster":
                    _ = try DisasterEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "rule":
                    _ = try AttributeRuleEvent(type: "Nonsense", schemaVersion: 1, data: [])
                case "cloud":
                    _ = try CloudAccountEvent(type: "Nonsense", schemaVersion: 1, data: [])
                default: _ = try PersonEvent(type: "Nonsense", schemaVersion: 1, data: [])
                }
            }
        }
        #expect(
            throws: EventCodingError.newerVersion(
                type: "BatchSkipped", schemaVersion: 2, known: 1)
        ) {
            try RolloutEvent(
                type: "BatchSkipped", schemaVersion: 2, data: Array(#"{"batch":1}"#.utf8))
        }
        for type in try Self.declaredTypes() {
            #expect(throws: (any Error).self, "\(type)") {
                try Self.read(type, 1, Array("[]".utf8))
            }
        }
    }

    /// All types that the sources of the domain declare.
    static func declaredTypes() throws -> [String] {
        let sources = GoldenFiles.folder.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/PatchManagement")
        var types: [String] = []
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        for path in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            types += text.matches(of: /static let type = "(\w+)"/).map { String($0.1) }
        }
        return types.sorted()
    }

    /// Reads an event of whichever decider knows `type`.
    static func read(_ type: String, _ version: Int, _ data: [UInt8]) throws -> any DomainEvent {
        let readers: [() throws -> any DomainEvent] = [
            { try PatchEvent(type: type, schemaVersion: version, data: data) },
            { try RolloutEvent(type: type, schemaVersion: version, data: data) },
            { try DeploymentEvent(type: type, schemaVersion: version, data: data) },
            { try AssetEvent(type: type, schemaVersion: version, data: data) },
            { try PersonEvent(type: type, schemaVersion: version, data: data) },
            { try LogEvent(type: type, schemaVersion: version, data: data) },
            { try FindingEvent(type: type, schemaVersion: version, data: data) },
            { try ExceptionEvent(type: type, schemaVersion: version, data: data) },
            { try ControlEvent(type: type, schemaVersion: version, data: data) },
            { try BaselineEvent(type: type, schemaVersion: version, data: data) },
            { try FeedEvent(type: type, schemaVersion: version, data: data) },
            { try PolicyEvent(type: type, schemaVersion: version, data: data) },
            { try CloudAccountEvent(type: type, schemaVersion: version, data: data) },
            { try AttributeRuleEvent(type: type, schemaVersion: version, data: data) },
            { try FreezeEvent(type: type, schemaVersion: version, data: data) },
            { try CapEvent(type: type, schemaVersion: version, data: data) },
            { try ScheduleEvent(type: type, schemaVersion: version, data: data) },
            { try EmergencyEvent(type: type, schemaVersion: version, data: data) },
            { try StandingApprovalEvent(type: type, schemaVersion: version, data: data) },
            { try DisasterEvent(type: type, schemaVersion: version, data: data) },
        ]
        for reader in readers {
            do {
                return try reader()
            } catch EventCodingError.unknownType {
                continue
            }
        }
        throw EventCodingError.unknownType(type)
    }

    /// Takes the first event of each missing type from stories with many turns.
    private static func writeMissing(_ payloads: [String: any EventPayload.Type]) throws {
        let present = try Set(GoldenFiles.names)
        var missing = Set(
            payloads.filter { !present.contains("\($0).\($1.schemaVersion)") }.keys)
        func take(_ event: any DomainEvent) throws {
            let stored = try NewEvent(event.payload)
            let isNewer = stored.schemaVersion > 1
            guard missing.remove(stored.type) != nil || isNewer else { return }
            try GoldenFiles.writeIfMissing("\(stored.type).\(stored.schemaVersion)", stored.data)
        }
        for event in try StoredEventStories.events() { try take(event) }
        for seed in UInt64(1)...400 where !missing.isEmpty {
            var story = try ChaosStory(seed: seed)
            try story.tell()
            for event in story.world.log {
                try take(read(event.type, event.schemaVersion, event.data))
            }
        }
    }
}

/// Turns of a life that no storm brings about.
enum StoredEventStories {
    static func events() throws -> [any DomainEvent] {
        try patches() + rollouts() + assets() + StoredAssetStories.events() + people()
            + StoredFindingStories.events() + StoredEmergencyStories.events()
            + StoredFeedStories.events() + StoredPolicyStories.events()
            + StoredDispatchStories.events() + ScheduleDeciderTests.story() + BundleTests.story()
            + [
                LogEvent.incarnationBegun(
                    IncarnationBegun(
                        number: 2, reason: "a backup was restored", lostSize: 400,
                        lostRoot: Digest(of: "lost"), resumedSize: 300,
                        resumedRoot: Digest(of: "resumed"))),
                LogEvent.keySucceeded(
                    LogKeySucceeded(old: "log+1+A", new: "log+2+B", reason: "a year has passed")),
                LogEvent.keyDestroyed(
                    LogKeyDestroyed(key: "log+1+A", reason: "all know the new one")),
                DeploymentEvent.rebootConfirmed(RebootConfirmed(bootID: "boot-2", at: moment)),
                DeploymentEvent.skipped(
                    DeploymentSkipped(
                        route: DeploymentRoute(
                            rollout: StreamID(prefix: "ro", uuid(3)), asset: production(1),
                            batch: 1,
                            stratum: debian12.description),
                        change: OutcomeChange(before: nil, after: .skipped),
                        reason: .alreadyInstalled, installed: [Sample.package])),
            ]
    }

    private static let moment = Timestamp(seconds: 1_767_268_800)

    private static func patches() throws -> [any DomainEvent] {
        var stories = [try PatchStory.approved()]
        var story = try PatchStory.approved()
        try story.tell(.revokeApproval(reason: "a report from the field"), by: paul)
        stories.append(story)
        story = try PatchStory.approved()
        story.now = try unwrapped(story.timers["approval-expiry"])
        try story.tell(.timer(.approvalExpiry), by: clock)
        try story.tell(.reopen(reason: "still wanted"), by: rita)
        try story.tell(.withdraw(reason: "recalled"), by: vera)
        try story.tell(.reinstate(reason: "recalled in error"), by: vera)
        try story.tell(.supersede(by: StreamID(prefix: "pa", uuid(2))), by: vera)
        try story.tell(
            .defer(until: story.now + .seconds(86_400), reason: "the season"), by: rolf)
        stories.append(story)
        story = try PatchStory.tested()
        try story.tell(.signOff(evidence: unwrapped(story.patch.evidence).digest), by: sam)
        try story.tell(
            .submit(
                Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400),
                need: ApprovalNeed(approvers: 2)), by: rita)
        try story.tell(.approve(binding: story.binding, reason: "read"), by: paul)
        stories.append(story)
        story = try PatchStory.awaitingApproval()
        try story.tell(.reject(reason: "not before the audit"), by: paul)
        stories.append(story)
        story = try PatchStory.identified()
        try story.tell(.dismiss(.notAffected, reason: "not built with that option"), by: anna)
        stories.append(story)
        story = try PatchStory.assessed()
        try story.tell(.acquire(from: lab(1).host), by: anna)
        try story.tell(
            .recordAcquisition(fence: 1, Sample.failed(.digestMismatch)), by: worker)
        stories.append(story)
        story = try PatchStory.acquired()
        let report = FlawReport(
            artefact: try unwrapped(story.patch.artefact).digest,
            flaws: [
                KnownFlaw(
                    vulnerability: try unwrapped(VulnerabilityID("CVE-2026-0099")),
                    package: "curl", version: "7.88.1-2", riskClass: .urgent, fixed: "7.88.1-3")
            ])
        try story.tell(.observeFlaws(report), by: monitor)
        try story.tell(
            .acceptFlaws(report: report.digest, reason: "it is switched off here"), by: rolf)
        stories.append(story)
        stories.append(try related())
        story = try PatchStory.testing()
        try story.tell(.cancelQualification(reason: "the lab is needed"), by: tom)
        stories.append(story)
        story = try PatchStory.testing()
        try story.workOnce { _, _ in Sample.failed(.unreachable) }
        try story.work { step, work in
            step == .install ? Sample.executed(100) : Sample.healthy(step, work)
        }
        stories.append(story)
        story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.rollbackFailed)), by: workflow)
        try story.tell(.handToOwner(reason: "by hand"), by: anna)
        stories.append(story)
        story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        try story.tell(
            .document(items: EvidenceItem.allCases, pack: Digest(of: "pack")), by: workflow)
        stories.append(story)
        return stories.flatMap(\.events)
    }

    /// What other patches and exceptions are to a patch.
    private static func related() throws -> PatchStory {
        var story = try PatchStory.acquired()
        let other = StreamID(prefix: "pa", uuid(2))
        try story.tell(
            .linkFlaw("CVE-2026-0100", riskClass: .urgent, reason: "seen in the field"), by: anna)
        try story.tell(
            .acceptIntroducedFlaw("CVE-2026-0100", reason: "it is switched off here"), by: rolf)
        try story.tell(
            .mendFlaw("CVE-2026-0100", by: other, reason: "the vendor says so"), by: vera)
        try story.tell(.observeMending("CVE-2026-0100", by: other, stands: false), by: workflow)
        try story.tell(
            .noteMending(MendedFlaw(patch: other, flaw: "curl fails over IPv6")), by: workflow)
        try story.tell(.observeExceptions([Sample.exception]), by: workflow)
        try story.tell(.observeExceptions([]), by: workflow)
        try story.tell(.holdInPack(other), by: workflow)
        try story.tell(.resolveInPack(other, remaining: 0), by: workflow)
        return story
    }

    private static func rollouts() throws -> [any DomainEvent] {
        var events: [any DomainEvent] =
            [
                RolloutEvent.batchSkipped(BatchSkipped(batch: 2)),
                RolloutEvent.expired(RolloutExpired(expires: moment)),
            ] + StoredHealthForms.events() + StoredRebootForms.events()
        var world = try World(random: SeededRandom(seed: 1))
        let hosts = try world.importFleet(production: 2)
        let patch = try world.approvedPatch(on: hosts)
        for isRejected in [true, false] {
            let rollout = try world.plan(patch, on: hosts)
            try world.tell(
                rollout, .requestApproval(expires: world.now + .seconds(60)), by: rita)
            try world.tell(
                rollout, isRejected ? .reject(reason: "too wide") : .cancel(reason: "too late"),
                by: isRejected ? paul : rita)
            events += try world.events(of: rollout, RolloutDecider.self)
        }
        return events
    }

    private static func assets() throws -> [any DomainEvent] {
        let report = Digest(of: "report")
        return [
            AssetEvent.inventoryReported(
                InventoryReported(
                    report: report, packages: 7, stratum: debian12, kernel: "6.1.0-31-amd64",
                    bootID: "boot-1")),
            AssetEvent.scanFailed(
                ScanFailed(scan: .updates, cause: .unreachable, detail: "no answer")),
            AssetEvent.rebootObserved(RebootObserved(before: "boot-1", after: "boot-2")),
            AssetEvent.described(
                AssetDescribed(
                    attributes: AssetAttributes(
                        kind: .networkDevice, location: "Rack 4", os: "ios-xe", osVersion: "17.9",
                        architecture: "x86_64", hardwareModel: "C9300",
                        addresses: ["10.0.0.2"], failureDomain: "rack-4",
                        complianceScopes: ["pci"]))),
            AssetEvent.reportTaken(
                PackageReportTaken(
                    taking: ReportTaking(
                        source: "trivy", format: .trivy, gathered: Moments.days(-1),
                        try StoredFeedStories.assetReport(), skipped: 2),
                    before: Digest(of: "before"), by: Actor(id: "pe_1", role: "analyst"))),
            AssetEvent.reportConfirmed(
                PackageReportConfirmed(
                    source: "trivy", report: Digest(of: "report"), gathered: Moments.days(0))),
            AssetEvent.overdue(CollectionOverdue(lastReported: Moments.days(-3))),
            AssetEvent.held(AssetHeld(finding: StreamID(prefix: "fi", uuid(80)))),
            AssetEvent.released(AssetReleased(finding: StreamID(prefix: "fi", uuid(80)))),
            AssetEvent.decommissioned(AssetDecommissioned(reason: "sold")),
        ]
    }

    private static func people() -> [any DomainEvent] {
        let person = StreamID(prefix: "pe", uuid(1))
        return [
            PersonEvent.roleGranted(RoleGranted(role: .approver)),
            PersonEvent.roleRevoked(
                RoleRevoked(
                    role: .approver,
                    reason: .sample("left the team", in: RoleRevoked.reason(of: person)))),
            PersonEvent.tokenIssued(
                TokenIssued(
                    token: uuid(5), sha256: Digest(of: "secret"), prefix: "pf_ab12",
                    label: .sample("alice", in: TokenIssued.label(of: person)), roles: [.approver],
                    expires: moment)),
            PersonEvent.tokenRevoked(
                TokenRevoked(
                    token: uuid(5), reason: .sample("lost", in: TokenRevoked.reason(of: person)))),
            PersonEvent.erasureRequested(
                ErasureRequested(by: anna, reason: "asked by letter", expires: moment)),
            PersonEvent.subjectErased(
                SubjectErased(
                    by: rolf, requester: anna, reason: "letter seen",
                    key: SampleKeys.key(of: person).id, clearTexts: 1)),
        ]
    }
}
