import Advisories
import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

@Suite("The policy that counts")
struct EffectivePolicyTests {
    private static let asset = production(1)
    private static let path = PolicyPath(site: "berlin", group: "web", asset: asset)

    static func published(
        _ scope: PolicyScope, _ values: [PolicyField: JSONValue], version: Int = 1
    ) -> PublishedPolicy {
        let sections = Set(values.keys.map(\.section))
        return PublishedPolicy(
            scope: scope, version: version, document: PolicyDocument(values),
            sections: Dictionary(uniqueKeysWithValues: sections.map { ($0, version) }))
    }

    @Test("Where nothing is published the numbers of the program count, as version 1")
    func builtIn() {
        let policy = PolicyBook().effective(for: Self.path)
        #expect(policy.classification == ClassificationPolicy())
        var patch = PatchPolicy()
        patch.needsMatch = true
        #expect(policy.patch == patch)
        #expect(policy.exceptions == ExceptionPolicy())
        var rollout = Policy()
        rollout.batches = BatchesByClass()
        rollout.soak = SoakByClass()
        #expect(policy.rollout == rollout)
        #expect(policy.rolloutPin.version == 1)
        #expect(policy.isOn(.os) && policy.isOn(.thirdParty))
        #expect(policy.reviewSeconds == 365 * 86_400)
        #expect(policy.values.allSatisfy { $0.source == .builtIn && $0.hidden.isEmpty })
        #expect(policy.faults.isEmpty)
    }

    /// Who sets 1 (account), 2 (site), 3 (group), 4 (asset) days; what counts for whom.
    @Test(
        "The lowest scope on the path that sets a value stands before the others",
        arguments: [
            ([1], 1, 1, 1), ([2], 3, 2, 3), ([1, 2], 1, 2, 1), ([1, 3], 1, 3, 3),
            ([1, 2, 3], 1, 3, 3), ([1, 2, 3, 4], 1, 4, 3), ([2, 4], 3, 4, 3), ([4], 3, 4, 3),
        ] as [([Int], Int, Int, Int)])
    func table(setters: [Int], account: Int, here: Int, group: Int) {
        let scopes: [PolicyScope] = [
            .account, .site("berlin"), .group("web"), .asset(Self.asset),
        ]
        var book = PolicyBook([Self.published(.site("paris"), [.slaUrgent: .integer(1)])])
        for setter in setters {
            let seconds = JSONValue.integer(Int64(setter) * 86_400)
            book.put(
                Self.published(scopes[setter - 1], [.slaUrgent: seconds], version: setter))
        }
        func days(_ path: PolicyPath) -> Int {
            book.effective(for: path).classification.sla.urgent / 86_400
        }
        #expect(days(PolicyPath()) == account)
        #expect(days(Self.path) == here)
        #expect(days(PolicyPath(group: "web")) == group)
        let value = book.effective(for: Self.path).values[0]
        #expect(value.source.scope == setters.last.map { scopes[$0 - 1] })
        #expect(value.source.version == setters.last)
        var hidden: [PolicyScope?] = setters.dropLast().reversed().map { scopes[$0 - 1] }
        hidden.append(nil)
        #expect(value.hidden.map(\.source.scope) == hidden)
        #expect(
            book.effective(for: Self.path).version(of: .classification)
                == 1 + setters.reduce(0, +))
        #expect(book.effective(for: Self.path).version(of: .rollout) == 1)
    }

    @Test("null says that there is none, whatever the scopes above say")
    func none() {
        let book = PolicyBook([
            Self.published(.account, [.gateMaxFailures: .integer(3)]),
            Self.published(.site("berlin"), [.gateMaxFailures: .null]),
        ])
        #expect(book.effective(for: PolicyPath()).rollout.gate.maxFailures == 3)
        #expect(book.effective(for: PolicyPath(site: "berlin")).rollout.gate.maxFailures == nil)
    }

    @Test("Values come to what decides: defaults of a site, models, batches, soaks, tracks")
    func typed() throws {
        let policy = PolicyBook([
            Self.published(
                .site("berlin"),
                [
                    .defaultExposure: .string("internal"), .defaultCriticality: .string("low"),
                    .defaultVector: .string("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"),
                    .epssModels: .array([
                        .object(["model": .string("v5"), "score": .string("0.5")])
                    ]),
                    .cvssFloor: .integer(80), .batchesUrgent: .string("1,rest"),
                    .soakImportantFirst: .integer(7), .trackThirdParty: .bool(false),
                    .patchRetries: .integer(9), .exceptionLongest: .integer(90 * 86_400),
                ])
        ]).effective(for: Self.path)
        let classification = policy.classification
        #expect(classification.sites.map(\.site) == ["berlin"])
        #expect(classification.sites.first?.criticality == .low)
        #expect(classification.sites.first?.cvss?.source == "policy")
        #expect(classification.epss.threshold(of: "V5").billionths == 500_000_000)
        #expect(classification.cvssFloor.tenths == 80)
        #expect(classification.version == 2)
        #expect(classification.faults.isEmpty)
        #expect(policy.rollout.batches(for: .urgent) == "1,rest")
        #expect(policy.rollout.batches(for: .important) == Policy().batches(for: .important))
        #expect(policy.rollout.soakSeconds(for: .important, batch: 0) == 7)
        #expect(!policy.isOn(.thirdParty) && policy.isOn(.os))
        #expect(policy.patch.retries == 9)
        #expect(policy.exceptions.longestSeconds == 90 * 86_400)
        // Without a site there is nobody whose defaults they could be.
        #expect(
            PolicyBook([Self.published(.account, [.defaultExposure: .string("internal")])])
                .effective(for: PolicyPath()).classification.sites.isEmpty)
    }

    @Test("A scope that doesn't fit to those above any more is passed over, and said to be")
    func ignored() {
        let berlin = Self.published(.site("berlin"), [.slaImportant: .integer(10 * 86_400)])
        var book = PolicyBook([berlin])
        #expect(book.effective(for: Self.path).classification.sla.important == 10 * 86_400)
        book.put(Self.published(.account, [.slaUrgent: .integer(12 * 86_400)]))
        let policy = book.effective(for: Self.path)
        #expect(policy.ignored == [.site("berlin")])
        #expect(policy.classification.sla.urgent == 12 * 86_400)
        #expect(policy.classification.sla.important == 14 * 86_400)
        #expect(policy.faults.isEmpty)
        #expect(book.faults(on: Self.path).map(\.field) == ["classification.sla"])
        #expect(book.faults(on: PolicyPath()).isEmpty)
    }

    @Test("Whatever is published: what counts can be, and each value is of a scope on the path")
    func random() {
        var random = SeededRandom.fresh("policies of random scopes")
        let scopes: [PolicyScope] = [
            .account, .site("berlin"), .group("web"), .asset(Self.asset), .site("paris"),
        ]
        for _ in 0..<300 {
            let policies = scopes.compactMap { scope -> PublishedPolicy? in
                guard random.chance(60) else { return nil }
                let days = (0..<5).map { _ in Int64(1 + random.below(40)) * 86_400 }
                let fields: [PolicyField] = [
                    .slaUrgent, .slaImportant, .slaImportantByScore, .slaNonCritical,
                    .retryFirstDelay,
                ]
                let values = zip(fields, days).filter { _ in random.chance(40) }
                return Self.published(
                    scope,
                    Dictionary(uniqueKeysWithValues: values.map { ($0, .integer($1)) }),
                    version: 1 + random.below(5))
            }
            let book = PolicyBook(policies)
            let policy = book.effective(for: Self.path)
            #expect(policy.faults.isEmpty, "seed: \(random.seed)")
            #expect(policy.values.count == PolicyField.allCases.count)
            for value in policy.values {
                let counting = Self.path.scopes.last { scope in
                    !policy.ignored.contains(scope)
                        && book.policies[scope]?.document[value.field] != nil
                }
                #expect(value.source.scope == counting, "seed: \(random.seed)")
            }
            #expect(PolicyBook(policies.shuffled(using: &random)) == book)
        }
    }
}
