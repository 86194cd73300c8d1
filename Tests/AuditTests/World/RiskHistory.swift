import Advisories
import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement
@testable import SimulatedFleet

/// What people and feeds decide of risks, told by the domain's own deciders, behind a history in which
/// everything went well: a feed with two snapshots, a control that is verified and lapses, a baseline,
/// exceptions with all their ends, and findings that are classified, accepted and resolved.
struct RiskHistory {
    private(set) var history: SimulatedHistory
    private var now: Timestamp {
        get { history.now }
        set { history.now = newValue }
    }

    static let owner = person(41, .riskOwner)
    static let second = person(42, .riskOwner)
    static let commander = person(43, .incidentCommander)

    static func person(_ number: UInt64, _ role: Role) -> Actor {
        let id = UUID.version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number))
        return Actor(id: StreamID(prefix: "pe", id).text, role: role.rawValue)
    }

    static let exception = id("ex", 1)
    static let bound = id("ex", 2)
    static let denied = id("ex", 3)
    static let revoked = id("ex", 4)

    private static func id(_ prefix: String, _ number: UInt64) -> StreamID {
        StreamID(
            prefix: prefix,
            .version7(at: Timestamp(seconds: 1_767_225_600), random: (7, number)))
    }

    /// The parts of the feed's two snapshots: the first is in both.
    static let parts = ["one", "two", "three"].map {
        Document(mediaType: "application/octet-stream", bytes: Array("\($0) said\n".utf8))
    }

    private var assets: [StreamID] { history.hosts.dropFirst().map(\.asset) }

    static func told() throws -> RiskHistory { try sample.get() }

    private static let sample = Result {
        var told = RiskHistory(history: try SealedLog.sample().history)
        try told.appoint()
        try told.publishFeed()
        try told.registerControl()
        try told.openFindings()
        try told.decideExceptions()
        try told.correct()
        try told.endAll()
        return told
    }

    // MARK: Chapters

    private mutating func pass(hours: Int) { now = now + .seconds(hours * 3600) }

    private mutating func appoint() throws {
        for person in [Self.owner, Self.second, Self.commander] {
            let stream = try #require(StreamID(person.id))
            let role = try #require(Role(rawValue: person.role))
            try history.send(
                .grantRole(role, person: stream), to: stream, PersonDecider.self,
                by: .service(.installer))
        }
    }

    private mutating func publishFeed() throws {
        let registration = FeedRegistration(name: "kev", kind: .kev, team: "security")
        try history.send(
            .watch(registration), to: registration.feed, FeedDecider.self,
            by: history.people.watcher)
        for (records, parts) in [(100, [0, 1]), (98, [0, 2])] {
            pass(hours: 1)
            let contents = try #require(
                FeedContents(
                    parts.map {
                        FeedContents.Part(name: "part\($0)", digest: Self.parts[$0].digest)
                    }))
            let taking = FeedTaking(
                contents: contents.document.digest, documents: parts.count,
                summary: try Self.summary(records: records))
            try history.send(
                .take(taking), to: registration.feed, FeedDecider.self,
                by: history.people.watcher,
                documents: [contents.document] + parts.map { Self.parts[$0] })
        }
    }

    static func summary(records: Int) throws -> FeedSummary {
        let text = #"{"contradicted":0,"records":\#(records),"refused":0}"#
        return try CanonicalJSON.decode(FeedSummary.self, from: Array(text.utf8))
    }

    private var pin: FeedPin {
        FeedPin(
            feed: "kev",
            digest: history.state(
                of: FeedRegistration.id(name: "kev"), FeedDecider.self
            ).contents ?? Digest(of: ""))
    }

    static let wall = ControlRegistration(
        name: "wall", kind: .firewall, description: "between the offices",
        group: TargetSelector(environments: [.production]))

    private mutating func registerControl() throws {
        try history.send(
            .register(Self.wall, control: Self.wall.control), to: Self.wall.control,
            ControlDecider.self, by: history.people.analyst)
        pass(hours: 1)
        try history.send(
            .verify(
                evidence: Digest(of: "a scan from outside"), method: "a scan", gathered: now,
                until: now + .seconds(90 * 86_400)), to: Self.wall.control, ControlDecider.self,
            by: history.people.securityTester)
        let baseline = Baseline(
            kind: "server", scheme: .debian,
            standards: [PackageStandard(name: "openssl", version: "3.0.14-1")])
        try history.send(
            .set(baseline), to: baseline.id, BaselineDecider.self, by: history.people.analyst)
    }

    func finding(_ number: Int) throws -> StreamID {
        try opening(number).finding
    }

    private func opening(_ number: Int) throws -> FindingOpening {
        FindingOpening(
            asset: assets[number], vulnerability: try #require(VulnerabilityID("CVE-2026-0001")),
            package: "curl", installedVersion: "7.88.1-1", match: Digest(of: "match"),
            observed: now, inScope: now + .seconds(-86_400), fixReleased: now + .seconds(-86_400))
    }

    private var inputs: ClassificationInputs {
        var inputs = ClassificationInputs()
        inputs.exposure = .internal
        inputs.criticality = .high
        inputs.ssvc = SSVCSignals(exploitation: .active)
        inputs.site = "berlin"
        inputs.snapshots = [pin]
        return inputs
    }

    private mutating func ask(
        _ number: Int, _ command: FindingCommand, by actor: Actor
    ) throws {
        try history.send(command, to: try finding(number), FindingDecider.self, by: actor)
    }

    private mutating func openFindings() throws {
        for number in 0..<5 {
            pass(hours: 1)
            try ask(number, .open(opening(number)), by: .service(.monitor))
            try ask(number, .classify(inputs, ClassificationPolicy()), by: .service(.monitor))
        }
    }

    private mutating func request(
        _ exception: StreamID, _ kind: ExceptionKind, control: StreamID? = nil, on number: Int
    ) throws -> ExceptionRequest {
        let request = ExceptionRequest(
            kind: kind, scope: ExceptionScope(findings: [try finding(number)]),
            until: now + .seconds(30 * 86_400), reason: "a release is under way",
            control: control)
        try history.send(
            .request(request, exception: exception, policy: ExceptionPolicy()), to: exception,
            ExceptionDecider.self, by: history.people.analyst)
        pass(hours: 1)
        return request
    }

    private mutating func grant(
        _ exception: StreamID, _ request: ExceptionRequest, holding control: ControlOnPath? = nil
    ) throws {
        try history.send(
            .grant(
                request: request.digest, until: request.until, restart: .keeps, control: control,
                reason: "it is worth it"), to: exception, ExceptionDecider.self, by: Self.owner)
    }

    private mutating func decideExceptions() throws {
        let deferral = try request(Self.exception, .defer, on: 0)
        try grant(Self.exception, deferral)
        try ask(
            0,
            .moveDeadline(
                exception: Self.exception, until: deferral.until, restart: .keeps,
                reason: deferral.reason), by: .service(.workflow))
        let compensated = try request(
            Self.bound, .compensatingControl, control: Self.wall.control, on: 1)
        try grant(
            Self.bound, compensated,
            holding: history.state(of: Self.wall.control, ControlDecider.self).onPath)
        try ask(
            1, .accept(exception: Self.bound, until: compensated.until, restart: .keeps),
            by: .service(.workflow))
        _ = try request(Self.denied, .acceptRisk, on: 2)
        try history.send(
            .deny(reason: "patch it"), to: Self.denied, ExceptionDecider.self, by: Self.owner)
        let accepted = try request(Self.revoked, .acceptRisk, on: 2)
        try grant(Self.revoked, accepted)
        try history.send(
            .revoke(reason: "it is attacked now"), to: Self.revoked, ExceptionDecider.self,
            by: Self.commander)
    }

    private mutating func correct() throws {
        var right = inputs
        right.criticality = .low
        try ask(
            3, .requestCorrection(right, reason: "it is a test machine"),
            by: history.people.analyst)
        pass(hours: 1)
        try ask(
            3,
            .confirmCorrection(
                Digest(of: storedForm(right)), ClassificationPolicy(), reason: "so it is"),
            by: Self.owner)
        var worse = inputs
        worse.knownExploitedSince = now
        try ask(4, .classify(worse, ClassificationPolicy()), by: .service(.monitor))
    }

    private mutating func endAll() throws {
        pass(hours: 1)
        try history.send(
            .withdraw(reason: "it was taken down"), to: Self.wall.control, ControlDecider.self,
            by: history.people.analyst)
        try history.send(
            .loseControl(Self.wall.control), to: Self.bound, ExceptionDecider.self,
            by: .service(.workflow))
        try ask(
            1, .endTreatment(by: Self.bound, reason: "the exception has ended"),
            by: .service(.workflow))
        let succeeded = try #require(
            history.log.last { $0.type == "DeploymentSucceeded" && (number(of: $0) ?? 0) > 4 })
        let place = try #require(number(of: succeeded))
        pass(hours: 1)
        try ask(place, .open(opening(place)), by: .service(.monitor))
        pass(hours: 1)
        try ask(
            place,
            .resolve(
                Resolution(
                    means: .patched, evidence: Digest(of: "a report"), gathered: now,
                    deployment: succeeded.stream, installed: succeeded.recordedAt)),
            by: .service(.monitor))
        pass(hours: 24 * 40)
        try history.send(
            .timer(.end), to: Self.exception, ExceptionDecider.self, by: .service(.timer))
        try ask(2, .timer(.breach), by: .service(.timer))
        try ask(2, .dismiss(.falsePositive, reason: "not built in"), by: history.people.analyst)
    }

    /// Of the asset on which a deployment succeeded.
    private func number(of succeeded: RecordedEvent) -> Int? {
        guard let read = try? succeeded.read(DeploymentSucceeded.self) else { return nil }
        return assets.firstIndex(of: read.route.asset)
    }
}
