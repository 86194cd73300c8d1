import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("When assets are asked by themselves, and when their silence is told")
struct CollectionRuleTests {
    private let rule = CollectionRule.standard(for: .machine)

    private func facts(
        reported: Int? = nil, heard: Int? = nil, failed: Int? = nil, isBeingAsked: Bool = false,
        isOverdue: Bool = false
    ) -> CollectionRule.Facts {
        CollectionRule.Facts(
            registered: Moments.days(0), reported: reported.map(hours),
            heard: (heard ?? reported).map(hours), failed: failed.map(hours),
            isBeingAsked: isBeingAsked, isOverdue: isOverdue)
    }

    private func hours(_ count: Int) -> Timestamp { Moments.days(0) + .seconds(count * 3600) }

    @Test("Daily, at once when it never reported, and after a failure not before three hours")
    func due() {
        for (facts, hour, isDue) in [
            (facts(), 0, true), (facts(reported: 0), 23, false), (facts(reported: 0), 24, true),
            (facts(isBeingAsked: true), 99, false), (facts(failed: 1), 3, false),
            (facts(failed: 1), 4, true), (facts(reported: 0, failed: 24), 26, false),
            (facts(reported: 0, failed: 24), 27, true), (facts(reported: 0, failed: 1), 5, false),
        ] {
            #expect(rule.isDue(facts, at: hours(hour)) == isDue, "\(facts) after \(hour) hours")
        }
    }

    @Test("Two days of silence are told once; of what others report on, eight")
    func overdue() {
        #expect(!rule.isNewlyOverdue(facts(), at: hours(47)))
        #expect(rule.isNewlyOverdue(facts(), at: hours(48)), "it never reported")
        #expect(!rule.isNewlyOverdue(facts(reported: 24), at: hours(71)))
        #expect(rule.isNewlyOverdue(facts(reported: 24), at: hours(72)))
        #expect(!rule.isNewlyOverdue(facts(reported: 24, isOverdue: true), at: hours(99)))
        let device = CollectionRule.standard(for: .networkDevice)
        #expect(!device.isDue(facts(), at: hours(9999)), "nobody can ask it")
        #expect(!device.isNewlyOverdue(facts(), at: hours(8 * 24 - 1)))
        #expect(device.isNewlyOverdue(facts(), at: hours(8 * 24)))
        #expect(
            !device.isNewlyOverdue(facts(heard: 7 * 24), at: hours(8 * 24)), "others report on it")
    }

    @Test("What an image has never changes: only who never said it is overdue")
    func images() {
        let image = CollectionRule.standard(for: .image)
        #expect(!image.isDue(facts(), at: hours(9999)))
        #expect(image.isNewlyOverdue(facts(), at: hours(8 * 24)))
        #expect(!image.isNewlyOverdue(facts(heard: 1), at: hours(9999)))
    }

    @Test("Every kind has a rule, and is patient for longer than it waits between two looks")
    func kinds() {
        for kind in AssetKind.allCases {
            let rule = CollectionRule.standard(for: kind)
            #expect(rule.patienceSeconds > rule.intervalSeconds ?? 0, "\(kind)")
        }
    }

    @Test("An asset is overdue until it reports again, by itself or through others")
    func state() throws {
        let registration = AssetRegistration(name: "web-1", address: "192.0.2.1")
        var asset = Asset()
        func tell(_ command: AssetCommand) throws -> [AssetEvent] {
            let events = try AssetDecider.decide(
                command,
                CommandContext(
                    actor: Actor(id: "monitor", role: "monitor"), at: Moments.days(3),
                    commandID: UUID()), asset)
            for event in events { AssetDecider.evolve(&asset, event) }
            return events
        }
        _ = try tell(.register(registration))
        #expect(try tell(.noteOverdue(lastReported: nil)).count == 1)
        #expect(try tell(.noteOverdue(lastReported: nil)).isEmpty, "told once")
        let report = InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1", bootID: "b",
            packages: [])
        _ = try tell(.recordScan(.inventory, .inventory(report)))
        #expect(!asset.isOverdue)
        #expect(try tell(.noteOverdue(lastReported: Moments.days(3))).count == 1)
        _ = try tell(.recordScan(.updates, .offers([])))
        #expect(asset.isOverdue, "offers are no inventory")
        _ = try tell(.recordScan(.inventory, .inventory(report)))
        #expect(!asset.isOverdue, "nor does it have to be another one")
        _ = try tell(.noteOverdue(lastReported: nil))
        _ = try tell(.decommission(reason: "sold"))
        #expect(try tell(.noteOverdue(lastReported: nil)).isEmpty)
    }
}
