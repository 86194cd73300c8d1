import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support
import Testing

@testable import Audit
@testable import PatchManagement
@testable import SimulatedFleet

/// What may happen to an asset besides scans, told by its own decider behind the history of risks: it
/// is described, reported on by others, seen in a cloud and gone from it, held and released, and
/// another one stands in its place.
struct AssetHistory {
    private(set) var history: SimulatedHistory
    let risks: RiskHistory

    static let rack = AssetRegistration(name: "rack-1", address: "192.0.2.7")
    static let account = CloudScope(
        provider: .aws, account: "123456789012", region: "eu-central-1")
    static let heir = AssetRegistration(name: "rack-2", address: "192.0.2.8")
    /// The asset of the finding that is held.
    let held: StreamID

    static func told() throws -> AssetHistory { try sample.get() }

    private static let sample = Result {
        let risks = try RiskHistory.told()
        var history = risks.history
        let finding = history.state(of: try risks.finding(0), FindingDecider.self)
        var told = AssetHistory(
            history: history, risks: risks, held: try #require(finding.opening?.asset))
        history.now = history.now + .seconds(3600)
        told.history = history
        try told.rule()
        try told.describe()
        try told.report()
        try told.reconcile()
        try told.observe()
        try told.hold(try risks.finding(0))
        try told.replace()
        return told
    }

    private mutating func pass() { history.now = history.now + .seconds(3600) }

    private mutating func ask(
        _ command: AssetCommand, of asset: StreamID = rack.asset, by actor: Actor? = nil,
        documents: [Document] = []
    ) throws {
        pass()
        try history.send(
            command, to: asset, AssetDecider.self, by: actor ?? history.people.analyst,
            documents: documents)
    }

    private mutating func rule() throws {
        pass()
        let rule = AttributeRule(
            name: "racks", order: 1,
            matches: [AttributeRule.Match(subject: .host, pattern: "rack-*")],
            sets: [AttributeRule.Setting(field: .group, value: "racks")])
        func send(_ command: AttributeRuleCommand) throws {
            try history.send(
                command, to: AttributeRules.stream, AttributeRuleDecider.self,
                by: history.people.analyst)
        }
        try send(.set(rule))
        let other = AttributeRule(
            name: "others", order: 2, matches: rule.matches, sets: rule.sets)
        try send(.set(other))
        try send(.remove(name: "others", reason: "it says what another one says"))
    }

    /// Four instances, one of which is gone in the next list; then the same once more, then one.
    private mutating func reconcile() throws {
        for (number, instances) in [4, 3, 3, 1].enumerated() {
            pass()
            let outcome = Document(
                mediaType: "application/json", bytes: Array("{\"there\":\(instances)}".utf8))
            let reconciling = CloudReconciling(
                scope: Self.account, list: Digest(of: "list \(number)"), taken: history.now,
                outcome: outcome.digest,
                counts: CloudCounts(
                    instances: instances, managed: 1, unmanaged: instances - 1, ambiguous: 0,
                    gone: 0))
            try history.send(
                .reconcile(reconciling, acceptsShrink: true), to: Self.account.stream,
                CloudAccountDecider.self, by: history.people.watcher, documents: [outcome])
        }
    }

    private mutating func describe() throws {
        try ask(.register(Self.rack))
        try ask(.describe(AssetAttributes(location: "Bonn")))
        try ask(.noteOrigins(AttributeOrigins([.group: .rule("racks"), .owner: .given])))
        try ask(.noteOverdue(lastReported: nil), by: .service(.monitor))
    }

    private mutating func report() throws {
        for text in ["first", "second", "second"] {
            pass()
            let document = Document(mediaType: "application/json", bytes: Array(text.utf8))
            try ask(.report(try taking(document)), documents: [document])
        }
        try ask(.forgetSource("trivy", reason: "it was turned off"))
    }

    private func taking(_ document: Document) throws -> ReportTaking {
        let text = """
            {"counts":{"matchable":1,"open_vulnerabilities":0,"packages":1,"products":0,
             "skipped":0},"format":"trivy","gathered":"\(history.now)",
             "report":"\(document.digest)","source":"trivy"}
            """
        return try CanonicalJSON.decode(ReportTaking.self, from: Array(text.utf8))
    }

    private mutating func observe() throws {
        let seen = CloudObservation(
            scope: Self.account,
            instance: CloudInstance(id: "i-1", state: .running, addresses: ["192.0.2.7"]))
        try ask(.observeInstance(seen, by: .address))
        try ask(.missInstance(list: Digest(of: "a list")))
    }

    private mutating func hold(_ finding: StreamID) throws {
        pass()
        try history.send(
            .placeHold(reason: "it was attacked", policy: ClassificationPolicy()), to: finding,
            FindingDecider.self, by: RiskHistory.commander)
        try ask(.hold(for: finding), of: held, by: .service(.workflow))
        pass()
        try history.send(
            .collectEvidence(Digest(of: "an image of its memory"), reason: "it was examined"),
            to: finding, FindingDecider.self, by: RiskHistory.commander)
        try ask(.release(from: finding), of: held, by: .service(.workflow))
    }

    private mutating func replace() throws {
        try ask(.register(Self.heir), of: Self.heir.asset)
        try ask(.succeed(Self.rack.asset), of: Self.heir.asset)
        try ask(.decommission(reason: "it burnt down", successor: Self.heir.asset))
    }
}
