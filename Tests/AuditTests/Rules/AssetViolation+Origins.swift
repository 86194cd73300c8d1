import EventSourcing
import PatchManagement
import SimulatedFleet
import Support
import Testing

@testable import Audit

/// Where assets and what is said of them come from: lists of clouds, and rules for attributes.
extension AssetViolation {
    func writeCloud(into tale: inout RiskTale) throws -> Int {
        let first = try tale.first("CloudListReconciled")
        let second = try tale.first("CloudListReconciled", after: first)
        let confirmed = try tale.first("CloudListConfirmed")
        let last = try tale.last("CloudListReconciled")
        let read = try tale.events[second].read(CloudListReconciled.self)
        switch self {
        case .cloudByTester:
            try tale.write(first, by: tale.people.history.people.tester)
            return first
        case .cloudOfAnotherAccount:
            try tale.edit(second, "123456789012", "123456789013")
            return second
        case .cloudFollowsOnAnother:
            let before = try #require(read.before)
            try tale.edit(second, "\(before)", "\(Digest(of: "another"))")
            return second
        case .cloudShrankUnsaid:
            try tale.edit(last, #""is_shrink_accepted":true,"#, "")
            return last
        case .cloudListOlder:
            let taken = read.reconciling.taken
            try tale.edit(second, "\(taken)", "\(taken + .seconds(-2 * 86_400))")
            return second
        case .cloudListToCome:
            let taken = try tale.events[last].read(CloudListReconciled.self).reconciling.taken
            try tale.edit(last, "\(taken)", "\(taken + .seconds(2 * 86_400))")
            return last
        default:
            let outcome = read.reconciling.outcome
            try tale.edit(confirmed, "\(outcome)", "\(Digest(of: "another"))")
            return confirmed
        }
    }

    func writeRule(into tale: inout RiskTale) throws -> Int {
        let set = try tale.first("AttributeRuleSet")
        let removed = try tale.first("AttributeRuleRemoved")
        switch self {
        case .ruleByWatcher:
            try tale.write(set, by: tale.people.history.people.watcher)
            return set
        case .ruleForAnother:
            tale.events[set] = tale.events[set].changed(
                actor: tale.people.history.people.manager)
            return set
        case .ruleWithoutSetting:
            try tale.edit(set, #"[{"field":"group","value":"racks"}]"#, "[]")
            return set
        case .ruleRemovedTwice: return tale.copy(removed, behind: removed)
        default:
            let noted = try tale.last("AttributeOriginsNoted")
            try tale.edit(noted, "rule racks", "rule stacks")
            return noted
        }
    }
}
