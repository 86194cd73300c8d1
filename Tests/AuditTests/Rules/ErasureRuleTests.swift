import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Support
import Testing

@testable import Audit

/// The offline verifier holds erasures against the log: two people who might (I14), one key, and
/// silence from then on.
@Suite struct ErasureRuleTests {
    private let person = ErasureRuleTests.numbered(21)
    private let ada = Actor(id: ErasureRuleTests.numbered(22).text, role: "administrator")
    private let rolf = Actor(id: ErasureRuleTests.numbered(23).text, role: "riskOwner")
    private let history: SimulatedHistory
    private let sample: SealedLog

    init() throws { (sample, history) = try SealedLog.sample() }

    private static func numbered(_ number: UInt64) -> StreamID {
        StreamID(
            prefix: "pe", .version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number)))
    }

    private typealias Said = (stream: StreamID, payload: any EventPayload, by: Actor)

    private var key: Digest { SampleKeys.key(of: person).id }

    private func issued(_ owner: StreamID? = nil) -> TokenIssued {
        TokenIssued(
            token: person.uuid, sha256: Digest(of: "secret"), prefix: "pf_ab12",
            label: .sample("alice", in: TokenIssued.label(of: owner ?? person)), roles: [.viewer],
            expires: Timestamp(seconds: 1_800_000_000))
    }

    private func request(expires: Timestamp? = nil) throws -> ErasureRequested {
        let last = try #require(history.log.last).occurredAt
        return ErasureRequested(
            by: ada, reason: "by letter", expires: expires ?? last + .seconds(86_400))
    }

    private func erased(by actor: Actor, key: Digest? = nil) -> SubjectErased {
        SubjectErased(
            by: actor, requester: ada, reason: "seen", key: key ?? self.key, clearTexts: 0)
    }

    /// The sample log, and behind it what is said of people.
    private func report(_ said: [Said]) async throws -> AuditReport {
        let last = try #require(history.log.last)
        let installer = Actor.service(.installer)
        let ground: [Said] = [
            (stream(of: ada), RoleGranted(role: .administrator), installer),
            (stream(of: rolf), RoleGranted(role: .riskOwner), installer),
        ]
        var events: [RecordedEvent] = []
        for (stream, payload, actor) in ground + said {
            let stored = try NewEvent(payload)
            events.append(
                last.changed(
                    stream: stream, actor: actor, type: stored.type,
                    schemaVersion: stored.schemaVersion, data: stored.data))
        }
        let log = try SealedLog(
            renumbered(history.log + events), history.documents, key: sample.key)
        return audit(try await log.bundle(), try log.trust())
    }

    private func stream(of actor: Actor) -> StreamID {
        guard let stream = StreamID(actor.id) else { preconditionFailure("\(actor.id)") }
        return stream
    }

    @Test func anErasureByTwoPeopleIsSound() async throws {
        let report = try await report([
            (person, RoleGranted(role: .viewer), ada), (person, issued(), ada),
            (person, request(), ada), (person, erased(by: rolf), rolf),
        ])
        #expect(report.result == .sound, "\(report.findings)")
    }

    @Test func everyOtherWayIsFound() async throws {
        let last = try #require(history.log.last).occurredAt
        let same = Actor(id: rolf.id, role: rolf.role, onBehalfOf: ada.id)
        let analyst = Actor(id: rolf.id, role: "analyst")
        let pretender = Actor(id: rolf.id, role: "administrator")
        let self_ = Actor(id: person.text, role: "riskOwner")
        let before: [Said] = [(person, issued(), ada), (person, try request(), ada)]
        let cases: [(String, String, [Said])] = [
            ("nobody asked", "I14", [before[0], (person, erased(by: rolf), rolf)]),
            ("confirms the erasure and asked", "I14", before + [(person, erased(by: ada), ada)]),
            ("confirms the erasure and asked", "I14", before + [(person, erased(by: same), same)]),
            ("may not do that as", "I14", before + [(person, erased(by: analyst), analyst)]),
            ("is no administrator", "I14", before + [(person, erased(by: pretender), pretender)]),
            (
                "of itself", "I14",
                [(person, RoleGranted(role: .riskOwner), ada)] + before
                    + [(person, erased(by: self_), self_)]
            ),
            ("is said to be by", "I14", before + [(person, erased(by: rolf), ada)]),
            (
                "had expired", "I14",
                [before[0], (person, try request(expires: last), ada)]
                    + [(person, erased(by: rolf), rolf)]
            ),
            (
                "by which key", "erasure",
                before + [(person, erased(by: rolf, key: Digest(of: "other")), rolf)]
            ),
            (
                "was erased before", "erasure",
                before + [(person, erased(by: rolf), rolf), (person, issued(), ada)]
            ),
            (
                "the person's others", "erasure",
                [before[0], (person, issued(stream(of: ada)), ada)]
            ),
        ]
        for (reason, rule, said) in cases {
            let report = try await report(said)
            #expect(report.result == .tampered, "\(reason)")
            #expect(
                report.findings.contains { $0.rule == rule && $0.reason.contains(reason) },
                "\(reason): \(report.findings)")
        }
    }

    /// A text about a person that a dishonest operator has written in the clear.
    @Test func aTextInTheClearIsFound() async throws {
        let last = try #require(history.log.last)
        let event = last.changed(
            stream: person, type: "TokenRevoked", schemaVersion: 2,
            data: Array(#"{"reason":"lost","token":"019b76da-a800-7000-8000-000000000005"}"#.utf8))
        let log = try SealedLog(
            renumbered(history.log + [event]), history.documents, key: sample.key)
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.result == .tampered)
        #expect(report.position == log.size)
    }
}
