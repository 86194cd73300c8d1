import EventSourcing
import PatchManagement
import SimulatedFleet
import Support
import Testing

@testable import Audit

/// What a dishonest operator may write about assets, sealed with the log's own key.
enum AssetViolation: String, CaseIterable {
    // Who
    case registeredByTester, describedByWorker, decommissionedByMonitor, reportedByPerson
    case workerWhoIsAPerson, takenByTester, takenForAnother, forgottenByWatcher, heldByPerson
    case scannedByApprover
    // What
    case unregistered, ofAnotherName, registeredBadly, lookedAtUnasked, sentElsewhere
    case olderReport, followsOnAnother, forgottenUnheard, overdueTwice
    case goneTwice, inPlaceOfItself, endsWithoutReason, afterTheEnd, endsTwice
    case heldWithoutHold, releasedBeforeEnd, releasedTwice
    // Clouds and attribute rules
    case cloudByTester, cloudOfAnotherAccount, cloudFollowsOnAnother, cloudShrankUnsaid
    case cloudListOlder, cloudListToCome, cloudConfirmedAsOther
    case ruleByWatcher, ruleForAnother, ruleWithoutSetting, ruleRemovedTwice, ruleNeverMade

    var rule: String {
        switch self {
        case .registeredByTester, .describedByWorker, .decommissionedByMonitor, .reportedByPerson,
            .workerWhoIsAPerson, .takenByTester, .takenForAnother, .forgottenByWatcher,
            .heldByPerson, .scannedByApprover, .cloudByTester, .ruleByWatcher, .ruleForAnother:
            "I14"
        case .cloudOfAnotherAccount, .cloudFollowsOnAnother, .cloudShrankUnsaid,
            .cloudListOlder, .cloudListToCome, .cloudConfirmedAsOther:
            "cloud"
        case .ruleWithoutSetting, .ruleRemovedTwice, .ruleNeverMade: "attributes"
        case .unregistered, .ofAnotherName, .registeredBadly, .lookedAtUnasked, .sentElsewhere,
            .olderReport, .followsOnAnother, .forgottenUnheard, .overdueTwice,
            .goneTwice, .inPlaceOfItself, .endsWithoutReason, .afterTheEnd, .endsTwice,
            .heldWithoutHold, .releasedBeforeEnd, .releasedTwice:
            "asset"
        }
    }

    /// - Returns: The place of the event that breaks the rule, counted from 0.
    func write(into tale: inout RiskTale) throws -> Int {
        switch self {
        case .registeredByTester, .describedByWorker, .decommissionedByMonitor, .reportedByPerson,
            .workerWhoIsAPerson, .takenByTester, .takenForAnother, .forgottenByWatcher,
            .heldByPerson, .scannedByApprover:
            try writeByAnother(into: &tale)
        case .unregistered, .ofAnotherName, .registeredBadly, .endsWithoutReason, .afterTheEnd,
            .endsTwice, .inPlaceOfItself, .goneTwice, .overdueTwice:
            try writeLife(into: &tale)
        case .cloudByTester, .cloudOfAnotherAccount, .cloudFollowsOnAnother, .cloudShrankUnsaid,
            .cloudListOlder, .cloudListToCome, .cloudConfirmedAsOther:
            try writeCloud(into: &tale)
        case .ruleByWatcher, .ruleForAnother, .ruleWithoutSetting, .ruleRemovedTwice,
            .ruleNeverMade:
            try writeRule(into: &tale)
        default: try writeReport(into: &tale)
        }
    }

    private func writeByAnother(into tale: inout RiskTale) throws -> Int {
        let people = tale.people.history.people
        func write(_ type: String, _ actor: Actor) throws -> Int {
            let place = try tale.last(type)
            tale.events[place] = tale.events[place].changed(actor: actor)
            return place
        }
        switch self {
        case .registeredByTester: return try write("AssetRegistered", people.tester)
        case .describedByWorker:
            return try write("AssetDescribed", Actor(id: "worker-1", role: "worker"))
        case .decommissionedByMonitor:
            return try write("AssetDecommissioned", .service(.monitor))
        case .reportedByPerson: return try write("InventoryReported", people.analyst)
        case .workerWhoIsAPerson:
            return try write("InventoryReported", Actor(id: people.tester.id, role: "worker"))
        case .takenByTester:
            let taken = try tale.last("PackageReportTaken")
            try tale.write(taken, by: people.tester)
            return taken
        case .takenForAnother: return try write("PackageReportTaken", people.watcher)
        case .forgottenByWatcher:
            let forgotten = try tale.last("ReportSourceForgotten")
            try tale.write(forgotten, by: people.watcher)
            return forgotten
        case .heldByPerson: return try write("AssetHeld", RiskHistory.commander)
        default: return try write("ScanRequested", people.approver)
        }
    }

    private func writeLife(into tale: inout RiskTale) throws -> Int {
        let rack = AssetHistory.rack.asset
        let registered = try tale.first("AssetRegistered", of: rack)
        let ended = try tale.first("AssetDecommissioned", of: rack)
        switch self {
        case .unregistered:
            tale.events.remove(at: registered)
            return try tale.first("AssetDescribed", of: rack)
        case .ofAnotherName:
            try tale.edit(registered, #""name":"rack-1""#, #""name":"rack-9""#)
            return registered
        case .registeredBadly:
            try tale.edit(registered, #""user":"root""#, #""user":"-oProxyCommand=x""#)
            return registered
        case .endsWithoutReason:
            try tale.edit(ended, "it burnt down", " ")
            return ended
        case .afterTheEnd:
            return tale.copy(try tale.first("AssetDescribed", of: rack), behind: ended)
        case .endsTwice: return tale.copy(ended, behind: ended)
        case .inPlaceOfItself:
            let linked = try tale.last("PredecessorLinked")
            try tale.edit(linked, rack.text, AssetHistory.heir.asset.text)
            return linked
        case .goneTwice:
            let gone = try tale.last("CloudInstanceGone")
            return tale.copy(gone, behind: gone)
        default:
            let overdue = try tale.last("CollectionOverdue")
            return tale.copy(overdue, behind: overdue)
        }
    }

    private func writeReport(into tale: inout RiskTale) throws -> Int {
        let taken = try tale.last("PackageReportTaken")
        switch self {
        case .lookedAtUnasked:
            let reported = try tale.first("InventoryReported")
            let host = tale.events[reported].stream
            tale.events.removeAll { $0.type == "ScanRequested" && $0.stream == host }
            return try #require(
                tale.events.indices.first {
                    tale.events[$0].stream == host && tale.events[$0].type != "AssetRegistered"
                })
        case .sentElsewhere:
            let asked = try tale.last("ScanRequested")
            try tale.edit(asked, #""address":"10."#, #""address":"11."#)
            return asked
        case .olderReport:
            let read = try tale.events[taken].read(PackageReportTaken.self)
            let early = read.taking.gathered + .seconds(-10 * 86_400)
            try tale.edit(taken, "\(read.taking.gathered)", "\(early)")
            return taken
        case .followsOnAnother:
            let read = try tale.events[taken].read(PackageReportTaken.self)
            let before = try #require(read.before)
            try tale.edit(taken, "\(before)", "\(Digest(of: "another"))")
            return taken
        case .forgottenUnheard:
            let forgotten = try tale.last("ReportSourceForgotten")
            return tale.copy(forgotten, behind: forgotten)
        default: return try writeHold(into: &tale)
        }
    }

    private func writeHold(into tale: inout RiskTale) throws -> Int {
        let released = try tale.last("AssetReleased")
        switch self {
        case .heldWithoutHold:
            tale.events.remove(at: try tale.last("ForensicHoldPlaced"))
            return try tale.last("AssetHeld")
        case .releasedBeforeEnd:
            let collected = try tale.last("EvidenceCollected")
            let moved = tale.events.remove(at: released).changed(
                occurredAt: tale.events[collected].occurredAt,
                recordedAt: tale.events[collected].recordedAt)
            tale.events.insert(moved, at: collected)
            return collected
        default: return tale.copy(released, behind: released)
        }
    }
}
