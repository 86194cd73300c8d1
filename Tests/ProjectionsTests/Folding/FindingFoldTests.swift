import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

@Suite("The view of a finding shows what its decider says")
struct FindingFoldTests {
    /// A finding in the making, with its view folded along.
    private struct Shown {
        private(set) var finding = FindingDecider.initialState
        private(set) var views: [ViewKey: View] = [:]
        private var version = 0
        let now = Timestamp(seconds: 1_800_000_000)
        let asset = Shown.id(AssetDecider.prefix, 1)

        static func id(_ prefix: String, _ number: UInt8) -> StreamID {
            StreamID(
                prefix: prefix,
                UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
        }

        func view() throws -> FindingViewDocument {
            let id = try #require(finding.id)
            return try #require(try FindingViewDocument.read(id.text, in: views))
        }

        func opening(_ package: String, _ version: String, at moment: Int) throws -> FindingOpening
        {
            FindingOpening(
                asset: asset, vulnerability: try #require(VulnerabilityID("CVE-2026-0001")),
                package: package, installedVersion: version,
                match: Digest(of: "\(package) \(version)"), observed: now + .seconds(moment - 100),
                inScope: now + .seconds(-100), fixReleased: nil)
        }

        mutating func tell(_ command: FindingCommand, by actor: Actor) throws {
            let unique = UUID(uuid: (1, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
            let events = try FindingDecider.decide(
                command, CommandContext(actor: actor, at: now, commandID: unique), finding)
            #expect(!events.isEmpty)
            for event in events {
                FindingDecider.evolve(&finding, event)
                version += 1
                let stored = try NewEvent(event.payload)
                let recorded = RecordedEvent(
                    position: Int64(version), stream: try #require(finding.id), version: version,
                    id: unique, type: stored.type, schemaVersion: stored.schemaVersion,
                    occurredAt: now, recordedAt: now, actor: actor, commandID: unique,
                    correlationID: unique, causationID: nil, data: stored.data)
                try FindingFold.apply(recorded, to: &views)
            }
            let view = try view()
            #expect(view.state == finding.phase?.rawValue)
            #expect(view.disputedFrom == finding.phaseBeforeDispute?.rawValue)
            #expect(view.package == finding.opening?.package)
            #expect(view.installedVersion == finding.opening?.installedVersion)
            #expect(view.episode == finding.episode)
            #expect(view.treatment?.by == finding.treatment?.by.text)
            #expect(view.deferral?.by == finding.granted?.grant.exception.text)
            #expect(view.deferral?.ungranted == finding.granted?.before.description)
        }
    }

    private let monitor = Actor(id: "monitor", role: Role.monitor.rawValue)
    private let anna = Actor(id: "pe_anna", role: Role.analyst.rawValue)
    private let control = Shown.id(ControlDecider.prefix, 2)
    private let exception = Shown.id(ExceptionDecider.prefix, 3)

    private func opened() throws -> Shown {
        var shown = Shown()
        try shown.tell(.open(shown.opening("curl", "1", at: 0)), by: monitor)
        return shown
    }

    private func doubt(_ claim: DisputedClaim, _ shown: Shown) -> FindingCommand {
        .dispute(
            claim, source: "owner", evidence: Digest(of: "mail"), gathered: shown.now,
            reason: "not ours")
    }

    @Test("A dispute that is rejected brings back what stood in for the patch")
    func rejected() throws {
        let until = try opened().now + .seconds(86_400)
        let treatments: [(FindingCommand?, String)] = [
            (nil, "open"), (.mitigate(control: control, until: until), "mitigated"),
            (.accept(exception: exception, until: until, restart: .keeps), "accepted"),
        ]
        for (treatment, phase) in treatments {
            var shown = try opened()
            if let treatment { try shown.tell(treatment, by: anna) }
            try shown.tell(doubt(.notAffected, shown), by: anna)
            #expect(try shown.view().disputedFrom == phase)
            try shown.tell(.reopen(reason: "it is ours"), by: anna)
            #expect(try shown.view().state == phase)
        }
    }

    @Test("What stood in for the patch and ends during a dispute leaves it disputed")
    func endedDuringDispute() throws {
        var shown = try opened()
        try shown.tell(
            .mitigate(control: control, until: shown.now + .seconds(86_400)), by: anna)
        try shown.tell(doubt(.notAffected, shown), by: anna)
        try shown.tell(.endTreatment(by: control, reason: "removed"), by: anna)
        #expect(try shown.view().state == "disputed")
        try shown.tell(.reopen(reason: "it is ours"), by: anna)
        #expect(try shown.view().state == "open")
    }

    @Test("What was granted is shown as before when the policy changes")
    func granted() throws {
        var inputs = ClassificationInputs()
        inputs.snapshots = [FeedPin(feed: "kev", digest: Digest(of: "kev"))]
        var policy = ClassificationPolicy()
        var shown = try opened()
        try shown.tell(.classify(inputs, policy), by: monitor)
        let until = try #require(shown.finding.deadline) + .seconds(86_400)
        try shown.tell(
            .moveDeadline(exception: exception, until: until, restart: .keeps, reason: "granted"),
            by: monitor)
        (policy.version, policy.warningPercent) = (2, 70)
        try shown.tell(.classify(inputs, policy), by: monitor)
        #expect(try shown.view().deferral?.until == until.description)
        #expect(try shown.view().deadline == until.description)
    }

    /// What was granted for an important finding is no time for an urgent one.
    @Test("A deferral that a higher class has outgrown is shown no longer")
    func outgrown() throws {
        var inputs = ClassificationInputs()
        inputs.exposure = .internal
        inputs.criticality = .low
        inputs.snapshots = [FeedPin(feed: "kev", digest: Digest(of: "kev"))]
        let policy = ClassificationPolicy()
        var shown = try opened()
        try shown.tell(.classify(inputs, policy), by: monitor)
        #expect(shown.finding.classification?.riskClass == .important)
        let until = try #require(shown.finding.deadline) + .seconds(86_400)
        try shown.tell(
            .moveDeadline(exception: exception, until: until, restart: .keeps, reason: "granted"),
            by: monitor)
        #expect(try shown.view().deferral?.until == until.description)
        inputs.exposure = .open
        inputs.knownExploitedSince = shown.now
        try shown.tell(.classify(inputs, policy), by: monitor)
        #expect(shown.finding.classification?.riskClass == .urgent)
        #expect(try shown.view().deferral == nil)
        let deadline = shown.now + .seconds(policy.sla.urgent)
        #expect(try shown.view().deadline == deadline.description)
        // A lower class brings it back no more than a higher one kept it.
        inputs.exposure = .internal
        inputs.knownExploitedSince = nil
        try shown.tell(.classify(inputs, policy), by: monitor)
        #expect(try shown.view().deferral == nil)
        #expect(try shown.view().deadline == deadline.description)
    }

    @Test("Package and version are those of today, in this life and in the next")
    func matchChanged() throws {
        var shown = try opened()
        try shown.tell(.open(shown.opening("curl", "2", at: 10)), by: monitor)
        #expect(try shown.view().installedVersion == "2")
        try shown.tell(.dismiss(.withdrawn, reason: "gone", observed: shown.now), by: monitor)
        try shown.tell(.open(shown.opening("libcurl4", "3", at: 101)), by: monitor)
        #expect(try shown.view().package == "libcurl4")
        try shown.tell(
            .resolve(
                Resolution(
                    means: .removed, evidence: Digest(of: "scan"),
                    gathered: shown.now + .seconds(2))), by: monitor)
        #expect(try shown.view().end?.means == "removed")
    }
}
