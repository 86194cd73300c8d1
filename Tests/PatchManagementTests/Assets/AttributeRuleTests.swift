import EventSourcing
import Support
import Testing

@testable import PatchManagement

@Suite("Rules that give assets their attributes")
struct AttributeRuleTests {
    private func rule(
        _ name: String, order: Int = 100, host: String = "web-*",
        _ sets: (RuledField, String)...
    ) -> AttributeRule {
        AttributeRule(
            name: name, order: order, matches: [.init(subject: .host, pattern: host)],
            sets: sets.map { .init(field: $0.0, value: $0.1) })
    }

    private func rules(_ all: AttributeRule...) -> AttributeRules {
        var rules = AttributeRules()
        for rule in all { rules.put(rule) }
        return rules
    }

    private func applied(
        _ rules: AttributeRules, to registration: AssetRegistration, given: Set<RuledField> = []
    ) -> AttributeRules.Outcome {
        rules.applied(
            to: registration, AttributeRule.Facts(registration, AssetAttributes()), given: given)
    }

    private let web = AssetRegistration(name: "web-1", address: "192.0.2.1")

    @Test("What is given wins over every rule, and the usual value is for what neither says")
    func given() {
        let rules = rules(rule("web", (.group, "web"), (.criticality, "high")))
        var named = web
        named.group = "special"
        let outcome = applied(rules, to: named, given: [.group])
        #expect(outcome.registration.group == "special")
        #expect(outcome.registration.criticality == .high)
        #expect(outcome.registration.site == "default")
        #expect(outcome.origins.texts == ["group": "given", "criticality": "rule web"])
        let other = applied(rules, to: AssetRegistration(name: "db-1", address: "192.0.2.2"))
        #expect(other.registration.group == "ungrouped" && !other.origins.hasRules)
    }

    @Test("The first rule in order that sets a field has it; of equal orders the name decides")
    func order() {
        let late = rule("a", order: 200, (.group, "late"), (.owner, "team-late"))
        let early = rule("z", order: 10, (.group, "early"))
        let twin = rule("y", order: 10, (.group, "twin"), (.site, "north"))
        let outcome = applied(rules(late, early, twin), to: web).registration
        #expect(outcome.group == "twin" && outcome.site == "north" && outcome.owner == "team-late")
        #expect(rules(late, early, twin) == rules(twin, late, early), "whatever came first")
    }

    @Test(
        "A star stands for any text, a question mark for one character",
        arguments: [
            ("web-1", "web-*", true), ("WEB-1", "web-?", true), ("web-", "web-*", true),
            ("web-10", "web-?", false), ("x-web-1", "web-*", false), ("a.b.c", "*.c", true),
            ("aXbXc", "*b*c", true), ("abc", "", false), ("abc", "***", true), ("", "*", true),
        ])
    func patterns(text: String, pattern: String, fits: Bool) {
        #expect(AttributeRule.fits(text, pattern) == fits)
    }

    @Test("A pattern of many stars is no work")
    func stars() {
        let text = String(repeating: "a", count: 253)
        let pattern = String(repeating: "a*", count: 120) + "b"
        #expect(!AttributeRule.fits(text, pattern))
    }

    @Test("All matches of a rule have to hold")
    func all() {
        let both = AttributeRule(
            name: "both", order: 1,
            matches: [
                .init(subject: .host, pattern: "web-*"), .init(subject: .os, pattern: "debian"),
            ], sets: [.init(field: .group, value: "deb")])
        #expect(applied(rules(both), to: web).registration.group == "ungrouped")
        let stratum = PlatformStratum(os: "debian", version: "12", architecture: "amd64")
        let outcome = rules(both).applied(
            to: web, AttributeRule.Facts(web, AssetAttributes(), stratum), given: [])
        #expect(outcome.registration.group == "deb")
    }

    @Test("A list that says less than what is known takes nothing from what rules made of it")
    func listed() {
        let reported = AttributeRule(
            name: "reported", order: 1, matches: [.init(subject: .os, pattern: "debian")],
            sets: [.init(field: .group, value: "deb")])
        let described = AttributeRule(
            name: "described", order: 2, matches: [.init(subject: .location, pattern: "north*")],
            sets: [.init(field: .site, value: "north")])
        var known = Asset()
        known.registration = web
        known.attributes = AssetAttributes(location: "north wing")
        known.stratum = PlatformStratum(os: "debian", version: "12", architecture: "amd64")
        let listed = GivenAsset(asset: ListedAsset(web), given: [])
        let rules = rules(reported, described)
        let outcome = rules.applied(to: listed, known: known)
        #expect(outcome.registration.group == "deb" && outcome.registration.site == "north")
        #expect(outcome == rules.reapplied(to: known), "an import and a report say the same")
        #expect(rules.applied(to: listed, known: Asset()).registration == web, "nothing is known")
    }

    @Test("A rule that can't be is refused with its field")
    func faults() {
        let refused: [(AttributeRule, String)] = [
            (rule("-x", (.group, "web")), "name"), (rule("x", order: -1, (.group, "w")), "order"),
            (rule("x"), "set"), (rule("x", (.group, "a"), (.group, "b")), "set"),
            (rule("x", (.group, "-bad")), "set.group"), (rule("x", (.site, "")), "set.site"),
            (rule("x", (.criticality, "huge")), "set.criticality"),
            (rule("x", (.environment, "moon")), "set.environment"),
            (rule("x", (.owner, "a@example.org")), "set.owner"),
            (rule("x", host: "", (.group, "w")), "match"),
            (AttributeRule(name: "x", order: 1, matches: [], sets: []), "match"),
        ]
        for (bad, field) in refused {
            #expect(bad.faults.first?.field == field, "\(bad)")
        }
        #expect(rule("x", (.group, "w"), (.environment, "lab")).faults.isEmpty)
    }

    @Test("Rules are set once, replaced by name, and removed with a reason")
    func decider() throws {
        var state = AttributeRules()
        func tell(_ command: AttributeRuleCommand) throws -> [AttributeRuleEvent] {
            let events = try AttributeRuleDecider.decide(
                command,
                CommandContext(
                    actor: Actor(id: "pe_1", role: "analyst"), at: Moments.days(0),
                    commandID: uuid(1)), state)
            for event in events { AttributeRuleDecider.evolve(&state, event) }
            return events
        }
        let first = rule("web", (.group, "web"))
        #expect(try tell(.set(first)).count == 1)
        #expect(try tell(.set(first)).isEmpty)
        #expect(try tell(.set(rule("web", (.group, "www")))).count == 1)
        #expect(state.rules.count == 1)
        #expect(throws: AttributeRuleRejection.unknown("db", known: ["web"])) {
            try tell(.remove(name: "db", reason: "r"))
        }
        #expect(throws: AttributeRuleRejection.self) { try tell(.remove(name: "web", reason: "")) }
        #expect(try tell(.remove(name: "web", reason: "renamed")).count == 1)
        #expect(state.rules.isEmpty)
        for number in 0..<AttributeRuleDecider.mostRules {
            _ = try tell(.set(rule("r\(number)", (.group, "g"))))
        }
        #expect(throws: AttributeRuleRejection.tooManyRules(AttributeRuleDecider.mostRules)) {
            try tell(.set(first))
        }
    }

    @Test("Applied again nothing changes, and a rule that goes takes back what it gave")
    func again() throws {
        var random = SeededRandom.fresh("rules for attributes")
        for _ in 0..<200 {
            var rules = AttributeRules()
            for number in 0..<random.below(5) {
                let fields = RuledField.allCases.shuffled(using: &random)
                let sets = fields.prefix(1 + random.below(3)).map {
                    field -> AttributeRule.Setting in
                    let value =
                        switch field {
                        case .environment: random.pick(Environment.allCases).rawValue
                        case .criticality: random.pick(Criticality.allCases).rawValue
                        case .group, .owner, .site: "v\(random.below(3))"
                        }
                    return AttributeRule.Setting(field: field, value: value)
                }
                rules.put(
                    AttributeRule(
                        name: "r\(number)", order: random.below(3),
                        matches: [
                            .init(subject: .host, pattern: random.pick(["*", "web*", "db*"]))
                        ],
                        sets: sets))
            }
            let given = Set(RuledField.allCases.filter { _ in random.chance(30) })
            let first = rules.applied(
                to: web, AttributeRule.Facts(web, AssetAttributes()), given: given)
            var asset = Asset()
            asset.registration = first.registration
            asset.origins = first.origins
            let words: Comment = "seed \(random.seed)"
            #expect(rules.reapplied(to: asset) == first, words)
            let bare = try #require(AttributeRules().reapplied(to: asset), words)
            for field in RuledField.allCases where !given.contains(field) {
                #expect(bare.registration.text(of: field) == web.text(of: field), words)
            }
            #expect(bare.origins.origins.count == given.count, words)
        }
    }

    @Test("Of an asset from before there were rules, what isn't usual was given")
    func before() throws {
        var asset = Asset()
        asset.registration = web
        asset.registration?.group = "mine"
        let outcome = try #require(
            rules(rule("web", (.group, "web"), (.site, "north"))).reapplied(to: asset))
        #expect(outcome.registration.group == "mine" && outcome.registration.site == "north")
        asset.isDecommissioned = true
        #expect(rules().reapplied(to: asset) == nil)
    }
}
