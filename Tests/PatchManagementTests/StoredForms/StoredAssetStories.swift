import EventSourcing
import Support

@testable import PatchManagement

/// Instances of clouds, images, and what replaces what.
enum StoredAssetStories {
    private static let anna = Actor(id: "pe_1", role: "analyst")
    private static let scope = CloudScope(
        provider: .aws, account: "123456789012", region: "eu-west-1")
    private static let instance = CloudInstance(
        id: "i-0a", name: "web-1", state: .running, addresses: ["10.0.0.5"],
        hostNames: ["web-1"], image: "ami-1", group: "web", zone: "eu-west-1a")
    private static let list = CloudList(
        scope: scope,
        instances: [
            instance, CloudInstance(id: "i-0b", state: .stopped),
            CloudInstance(id: "i-0c", state: .unknown, addresses: ["10.0.0.7"]),
        ])

    private static func outcome() -> CloudReconciliation {
        func asset(_ number: UInt64, _ addresses: [String], _ cloud: CloudInstance? = nil)
            -> CloudReconciliation.KnownAsset
        {
            CloudReconciliation.KnownAsset(
                id: StreamID(prefix: "as", uuid(number)), name: "host-\(number)",
                addresses: addresses,
                cloud: cloud.map { CloudObservation(scope: scope, instance: $0) },
                isEphemeral: true)
        }
        return CloudReconciliation(
            list,
            [
                asset(1, ["10.0.0.5"]), asset(2, ["10.0.0.7"]), asset(3, ["10.0.0.7"]),
                asset(4, [], CloudInstance(id: "i-00", state: .running, group: "web")),
            ])
    }

    static func forms() -> [StoredDocumentTests.Form] {
        [StoredDocumentTests.Form("cloud-reconciliation", outcome())]
    }

    static func events() -> [any DomainEvent] {
        let reconciling = CloudReconciling(
            scope: scope, list: Digest(of: "list"), taken: Moments.days(0),
            outcome: Digest(of: "outcome"), counts: outcome().counts)
        return [
            AssetEvent.sourceForgotten(
                ReportSourceForgotten(
                    source: "trivy", report: Digest(of: "report"), reason: "given up", by: anna)),
            AssetEvent.instanceObserved(
                CloudInstanceObserved(
                    observation: CloudObservation(scope: scope, instance: instance),
                    match: .address, by: anna)),
            AssetEvent.instanceGone(
                CloudInstanceGone(
                    scope: scope, instance: "i-0a", list: Digest(of: "list"), by: anna)),
            AssetEvent.predecessorLinked(
                PredecessorLinked(predecessor: StreamID(prefix: "as", uuid(1)), by: anna)),
            AssetEvent.originsNoted(
                AttributeOriginsNoted(
                    origins: AttributeOrigins([
                        .group: .rule("web"), .owner: .given, .criticality: .rule("edge"),
                    ]), by: anna)),
            AttributeRuleEvent.set(
                AttributeRuleSet(
                    rule: AttributeRule(
                        name: "web", order: 100,
                        matches: [.init(subject: .host, pattern: "web-*")],
                        sets: [
                            .init(field: .group, value: "web"),
                            .init(field: .criticality, value: "high"),
                        ]), by: anna)),
            AttributeRuleEvent.removed(
                AttributeRuleRemoved(name: "web", reason: "renamed", by: anna)),
            CloudAccountEvent.reconciled(
                CloudListReconciled(
                    reconciling: reconciling, before: Digest(of: "before"),
                    isShrinkAccepted: true, by: anna)),
            CloudAccountEvent.confirmed(
                CloudListConfirmed(
                    list: Digest(of: "list"), taken: Moments.days(1),
                    outcome: Digest(of: "outcome"))),
        ]
    }
}
