import EventSourcing
import Testing

@testable import Audit
@testable import PatchManagement

/// The verifier may be of another version of patchflow than the one that decided.
@Suite struct PolicyHistoryTests {
    private let asset = AssetRegistration(name: "web", address: "192.0.2.1").asset

    /// The numbers of a version that gave urgent findings a day.
    private var earlier: BuiltInNumbers {
        get throws {
            let own = String(
                decoding: try CanonicalJSON.encode(BuiltInNumbers.own.json), as: UTF8.self)
            let text = own.replacing("\"urgent_seconds\":259200", with: "\"urgent_seconds\":86400")
            #expect(text != own)
            return BuiltInNumbers(
                try document(text).json)
        }
    }

    private func document(_ text: String) throws -> PolicyDocument {
        try CanonicalJSON.decode(PolicyDocument.self, from: Array(text.utf8))
    }

    private func policy(_ version: Int, _ floor: Int) throws -> PublishedPolicy {
        PublishedPolicy(
            scope: .site("berlin"), version: version,
            document: try document(#"{"classification":{"cvss_floor_tenths":\#(floor)}}"#),
            sections: [.classification: version])
    }

    private func pin(_ policies: [PublishedPolicy], _ numbers: BuiltInNumbers = .own) -> PolicyPin {
        PolicyBook(policies).effective(for: PolicyPath(site: "berlin"), on: numbers)
            .classification.pin
    }

    private func answer(_ pin: PolicyPin, _ history: PolicyHistory) -> String {
        var history = history
        switch history.classification(pinnedBy: pin, sites: ["berlin"], asset: asset) {
        case .found(let policy): return policy.pin == pin ? "found" : "another one"
        case .otherBuiltIn: return "other numbers"
        case .neverPublished: return "never published"
        }
    }

    @Test func numbersOfAnotherVersionAreKnownOnceTheyAreStated() throws {
        let earlier = try earlier
        let changed = pin([try policy(1, 80)], earlier)
        #expect(changed != pin([try policy(1, 80)]))
        var history = PolicyHistory()
        history.put(try policy(1, 80))
        #expect(answer(pin([try policy(1, 80)]), history) == "found")
        #expect(answer(changed, history) == "never published")
        #expect(answer(pin([], earlier), history) == "other numbers")
        history.put(earlier)
        #expect(answer(changed, history) == "found")
        #expect(answer(pin([], earlier), history) == "found")
        let forged = PolicyPin(version: changed.version, digest: Digest(of: "forged"))
        #expect(answer(forged, history) == "never published")
    }

    @Test func everyStateThatPoliciesHadIsKnownAndNoOther() throws {
        var history = PolicyHistory()
        let account = PublishedPolicy(
            scope: .account, version: 1,
            document: try document(#"{"classification":{"sla":{"urgent_seconds":3600}}}"#),
            sections: [.classification: 1])
        history.put(try policy(1, 80))
        history.put(account)
        history.put(try policy(2, 70))
        for states in [
            [], [try policy(1, 80)], [account, try policy(1, 80)], [account, try policy(2, 70)],
        ] {
            #expect(answer(pin(states), history) == "found", "\(states.map(\.version))")
        }
        // The second one of the site came after the account's.
        #expect(answer(pin([try policy(2, 70)]), history) == "never published")
    }

    @Test func whatIsBuiltInIsStatedOnce() throws {
        let context = CommandContext(
            actor: .service(.monitor), at: Timestamp(seconds: 1_767_225_600),
            commandID: .version5(namespace: asset.uuid, name: "1"))
        var state = PolicyDecider.initialState
        for (numbers, count) in [(BuiltInNumbers.own, 1), (.own, 0), (try earlier, 1), (.own, 1)] {
            let events = try PolicyDecider.decide(.stateBuiltIn(numbers), context, state)
            #expect(events.count == count)
            for event in events { PolicyDecider.evolve(&state, event) }
        }
        #expect(state.published == nil && state.scope == nil)
    }
}
