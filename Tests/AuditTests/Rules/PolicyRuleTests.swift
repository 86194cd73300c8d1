import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement

/// The offline verifier holds policies against the log: a proposer, a look, and another person who
/// might publish (I14).
@Suite struct PolicyRuleTests {
    private let anna = Actor(id: PolicyRuleTests.numbered(31).text, role: "analyst")
    private let rolf = Actor(id: PolicyRuleTests.numbered(32).text, role: "riskOwner")
    private let history: SimulatedHistory
    private let sample: SealedLog
    private static let document = PolicyRuleTests.document(urgentSeconds: 86_400)

    init() throws { (sample, history) = try SealedLog.sample() }

    private static func document(urgentSeconds seconds: Int) -> PolicyDocument {
        let text = #"{"classification":{"sla":{"urgent_seconds":\#(seconds)}}}"#
        do {
            return try CanonicalJSON.decode(PolicyDocument.self, from: Array(text.utf8))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private static func numbered(_ number: UInt64) -> StreamID {
        StreamID(
            prefix: "pe", .version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number)))
    }

    private typealias Said = (payload: any EventPayload, by: Actor)

    private var now: Timestamp { history.log.last?.occurredAt ?? Timestamp(seconds: 0) }

    private var digest: Digest { PolicyDecider.proposalDigest(.account, 1, Self.document) }

    private var proposed: Said {
        (
            PolicyProposed(
                scope: .account, version: 1, document: Self.document, digest: digest,
                reason: "the audit", proposed: now, by: anna), anna
        )
    }

    private let report = Document(mediaType: "application/json", bytes: Array("{}".utf8))

    private var examined: Said {
        (
            PolicyExamined(
                version: 1, proposal: digest,
                summary: PolicyWhatIfSummary(
                    fields: 1, examined: 0, unexamined: 0, classes: [], earlier: 0, faults: [],
                    position: 1), report: report.digest, examined: now, by: anna), anna
        )
    }

    private func published(
        by actor: Actor? = nil, document: PolicyDocument = document, writtenBy: Actor? = nil
    ) -> Said {
        let actor = actor ?? rolf
        return (
            PolicyPublished(
                policy: PublishedPolicy(
                    scope: .account, version: 1, document: document,
                    sections: [.classification: 1]), proposal: digest, report: report.digest,
                reviewSeconds: 86_400, reviewDue: now, published: now, proposer: anna,
                reason: "read", by: actor), writtenBy ?? actor
        )
    }

    private func audited(_ said: [Said]) async throws -> AuditReport {
        let last = try #require(history.log.last)
        let stored = try NewEvent(RoleGranted(role: .riskOwner))
        var events = [
            last.changed(
                stream: Self.numbered(32), actor: .service(.installer),
                type: stored.type, schemaVersion: stored.schemaVersion, data: stored.data)
        ]
        for (payload, actor) in said {
            let stored = try NewEvent(payload)
            events.append(
                last.changed(
                    stream: PolicyScope.account.policy, actor: actor, type: stored.type,
                    schemaVersion: stored.schemaVersion, data: stored.data))
        }
        var documents = history.documents
        documents[report.digest] = report
        let log = try SealedLog(
            renumbered(history.log + events), documents, key: sample.key)
        return audit(try await log.bundle(), try log.trust())
    }

    @Test func aPolicyByTwoPeopleAfterALookIsSound() async throws {
        let report = try await audited([proposed, examined, published()])
        #expect(report.result == .sound, "\(report.findings)")
    }

    @Test func whatBreaksTheRuleIsFound() async throws {
        let own = Actor(id: anna.id, role: "riskOwner")
        let stranger = Actor(id: rolf.id, role: "analyst")
        let other = Self.document(urgentSeconds: 1)
        let cases: [([Said], String)] = [
            ([proposed, published()], "nobody looked"),
            ([examined, published()], "nobody proposed"),
            ([proposed, examined, published(by: own)], "proposed what it publishes"),
            ([proposed, examined, published(by: stranger)], "not as riskOwner"),
            ([proposed, examined, published(document: other)], "not what was proposed"),
            ([proposed, examined, published(writtenBy: anna)], "is said to be by"),
        ]
        for (said, words) in cases {
            let report = try await audited(said)
            #expect(report.result == .tampered, "\(words)")
            #expect(
                report.findings.contains { $0.reason.contains(words) },
                "\(words): \(report.findings)")
        }
    }
}
