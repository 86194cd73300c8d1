import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

/// The keeper, with exceptions whose events it sees.
private struct KeptSite {
    var keeper = ExceptionKeeper()
    private(set) var orders: [ExceptionKeeper.Order] = []

    static let exception = Sample.exception
    static let second = StreamID(prefix: "ex", uuid(75))

    static func registration(_ name: String, group: String = "web") -> AssetRegistration {
        AssetRegistration(name: name, address: "192.0.2.1", group: group)
    }

    static func opening(_ name: String, package: String = "curl") throws -> FindingOpening {
        FindingOpening(
            asset: registration(name).asset, vulnerability: try unwrapped(Sample.vulnerability),
            package: package, installedVersion: "1", match: Digest(of: "m"),
            observed: Moments.days(0), inScope: Moments.days(0), fixReleased: nil)
    }

    static func finding(_ name: String) throws -> StreamID { try opening(name).finding }

    /// What follows now.
    mutating func take() -> [ExceptionKeeper.Order] {
        defer { orders = [] }
        return orders
    }

    mutating func register(_ name: String, group: String = "web") {
        let registration = Self.registration(name, group: group)
        orders += keeper.see(
            AssetRegistered(asset: registration.asset, registration: registration),
            of: registration.asset)
    }

    mutating func open(_ name: String) throws {
        let opening = try Self.opening(name)
        orders += keeper.see(
            .opened(
                FindingOpened(
                    finding: opening.finding, opening: opening, opened: Moments.days(0),
                    by: monitor)), of: opening.finding)
    }

    mutating func see(_ story: ExceptionStory, as id: StreamID = exception) {
        for event in story.events { orders += keeper.see(event, of: id) }
    }

    /// As another process takes up what was kept.
    mutating func restart() throws {
        var fresh = ExceptionKeeper()
        for (key, note) in try keeper.takeNotes() {
            let id = try unwrapped(StreamID(key))
            guard let note else { continue }
            if key.hasPrefix("as_") {
                fresh.restore(id, try CanonicalJSON.decode(KeptAsset.self, from: note))
            } else if key.hasPrefix("ex_") {
                fresh.restore(id, try CanonicalJSON.decode(KeptException.self, from: note))
            }
        }
        keeper = fresh
    }
}

@Suite("The keeper of exceptions says what findings and exceptions are told")
struct ExceptionKeeperTests {
    private let web = ExceptionScope(
        group: TargetSelector(environments: [.production], groups: ["web"]))

    private func accepted(
        _ name: String, by exception: StreamID = KeptSite.exception, days: Int = 90
    ) throws -> ExceptionKeeper.Order {
        .finding(
            try KeptSite.finding(name),
            .accept(exception: exception, until: Moments.days(days), restart: .keeps))
    }

    private func ended(
        _ name: String, _ reason: String, by exception: StreamID = KeptSite.exception
    ) throws -> ExceptionKeeper.Order {
        .finding(try KeptSite.finding(name), .endTreatment(by: exception, reason: reason))
    }

    @Test("A grant is told to what is in its scope, and to what comes into it, once")
    func scope() throws {
        var site = KeptSite()
        site.register("web-1")
        site.register("db-1", group: "db")
        try site.open("web-1")
        try site.open("db-1")
        site.see(try ExceptionTests.granted(ExceptionTests.request(scope: web)))
        #expect(site.take() == [try accepted("web-1")])
        site.register("web-2")
        try site.open("web-2")
        #expect(site.take() == [try accepted("web-2")])

        // The host moves into the group, and out of it.
        site.register("db-1")
        #expect(site.take() == [try accepted("db-1")])
        site.register("db-1", group: "db")
        #expect(
            site.take() == [try ended("db-1", "it is not for this finding any more")])
    }

    @Test("Taken up by another process, it goes on as if nothing had been")
    func restart() throws {
        var site = KeptSite()
        site.register("web-1")
        try site.open("web-1")
        var story = try ExceptionTests.granted(ExceptionTests.request(scope: web))
        site.see(story)
        #expect(site.take() == [try accepted("web-1")])
        try site.restart()
        site.register("web-2")
        try site.open("web-2")
        #expect(site.take() == [try accepted("web-2")])
        let before = story.events.count
        try story.tell(.revoke(reason: "it is exploited"), by: rolf)
        for event in story.events[before...] {
            #expect(
                Set(site.keeper.see(event, of: KeptSite.exception).map { "\($0)" })
                    == Set(
                        try ["web-1", "web-2"].map {
                            "\(try ended($0, "the exception was revoked"))"
                        }))
        }
    }

    @Test("A control's lapse ends what leans on it, requests included, and nothing else")
    func lapse() throws {
        var site = KeptSite()
        let request = ExceptionTests.request(.compensatingControl, control: Sample.control)
        site.see(try ExceptionTests.requested(request))
        site.see(
            try ExceptionTests.granted(ExceptionTests.request(scope: web)), as: KeptSite.second)
        let lapsed = ControlLapsed(
            cause: .withdrawn, until: Moments.days(9), reason: "gone", by: anna)
        #expect(site.keeper.see(lapsed, of: StreamID(prefix: "ct", uuid(99))).isEmpty)
        #expect(
            site.keeper.see(lapsed, of: Sample.control)
                == [.exception(KeptSite.exception, .loseControl(Sample.control))])
    }

    @Test("A deferral waits for the deadline; what is closed is told nothing")
    func deferral() throws {
        var site = KeptSite()
        site.register("web-1")
        let request = ExceptionTests.request(.defer, scope: web)
        site.see(try ExceptionTests.granted(request))
        try site.open("web-1")
        #expect(site.take().isEmpty)
        var finding = FindingStory()
        try finding.tell(.open(try KeptSite.opening("web-1")), by: monitor)
        try finding.tell(.classify(Sample.inputs, ClassificationPolicy()), by: classifier)
        let classified = try #require(finding.events.last)
        let id = try KeptSite.finding("web-1")
        let moved = ExceptionKeeper.Order.finding(
            id,
            .moveDeadline(
                exception: KeptSite.exception, until: Moments.days(90), restart: .keeps,
                reason: request.reason))
        #expect(site.keeper.see(classified, of: id) == [moved])
        #expect(site.keeper.holds(moved))
        let dismissed = FindingDismissed(
            dismissal: .withdrawn, dismissed: Moments.days(1), reason: "gone", by: monitor)
        #expect(site.keeper.see(.dismissed(dismissed), of: id).isEmpty)
        #expect(!site.keeper.holds(moved), "said late, it would outlive its reason")
        #expect(site.keeper.see(classified, of: id).isEmpty)
    }

    @Test("What a finding was told too late ends as soon as it shows")
    func late() throws {
        var site = KeptSite()
        site.register("web-1")
        var story = try ExceptionTests.granted(ExceptionTests.request(scope: web))
        let granted = story.events.count
        for event in story.events { _ = site.keeper.see(event, of: KeptSite.exception) }
        try story.tell(.revoke(reason: "it is exploited"), by: rolf)
        for event in story.events[granted...] {
            #expect(site.keeper.see(event, of: KeptSite.exception).isEmpty)
        }
        try site.open("web-1")
        let accepted = FindingAccepted(
            exception: KeptSite.exception, until: Moments.days(90), restart: .keeps, by: workflow)
        #expect(
            site.keeper.see(.accepted(accepted), of: try KeptSite.finding("web-1"))
                == [try ended("web-1", "the exception has ended")])
    }

    @Test("A deferral that is granted later is told too, as the class may have outgrown the longer")
    func laterDeferral() throws {
        var site = KeptSite()
        site.register("web-1")
        try site.open("web-1")
        let long = ExceptionTests.request(.defer, scope: web)
        let short = ExceptionTests.request(.defer, days: 60, scope: web)
        site.see(try ExceptionTests.granted(long))
        _ = site.take()
        site.see(try ExceptionTests.granted(short, days: 60), as: KeptSite.second)
        let moved = ExceptionKeeper.Order.finding(
            try KeptSite.finding("web-1"),
            .moveDeadline(
                exception: KeptSite.second, until: Moments.days(60), restart: .keeps,
                reason: short.reason))
        #expect(site.take() == [moved])
    }

    @Test("What is closed is forgotten, and known again when it comes back")
    func closed() throws {
        var site = KeptSite()
        site.register("web-1")
        var finding = FindingStory()
        try finding.tell(.open(try KeptSite.opening("web-1")), by: monitor)
        let id = try KeptSite.finding("web-1")
        for event in finding.events { _ = site.keeper.see(event, of: id) }
        #expect(site.keeper.homes.count == 1)
        for event in try finding.tell(.dismiss(.falsePositive, reason: "none"), by: anna) {
            #expect(site.keeper.see(event, of: id).isEmpty)
        }
        #expect(site.keeper.homes.isEmpty)
        site.see(try ExceptionTests.granted(ExceptionTests.request(scope: web)))
        #expect(site.take().isEmpty)
        let reopened = try finding.tell(.reopen(reason: "it is"), by: anna)
        #expect(reopened.flatMap { site.keeper.see($0, of: id) } == [try accepted("web-1")])
        #expect(site.keeper.homes.count == 1)
    }

    @Test("Only the assets that an exception is for are looked at")
    func assets() throws {
        var site = KeptSite()
        let patch = StreamID(prefix: "pa", uuid(76))
        for number in 1...4 {
            site.register("web-\(number)")
            site.register("db-\(number)", group: "db")
            if number < 4 {
                try site.open("web-\(number)")
                try site.open("db-\(number)")
            }
        }
        func assets(_ names: String...) -> [StreamID] {
            names.map { KeptSite.registration($0).asset }.sorted()
        }
        #expect(site.keeper.assets(under: web) == assets("web-1", "web-2", "web-3"))
        let named = ExceptionScope(
            findings: [try KeptSite.finding("db-2")], assets: assets("web-1", "web-4"))
        #expect(site.keeper.assets(under: named) == assets("db-2", "web-1"))
        let mended = ExceptionScope(patches: [patch])
        site.see(try ExceptionTests.granted(ExceptionTests.request(scope: mended)))
        _ = site.keeper.see(
            KeptPatch(packages: ["curl"], applicable: Digest(of: "one")), of: patch,
            assets("db-3", "db-4"))
        #expect(site.keeper.assets(under: mended) == assets("db-3"))
    }

    @Test("A patch's scope is its packages on the assets that it was assessed for")
    func patches() throws {
        var site = KeptSite()
        let patch = StreamID(prefix: "pa", uuid(76))
        for name in ["web-1", "web-2"] {
            site.register(name)
            try site.open(name)
        }
        let assets = ["web-1", "web-2"].map { KeptSite.registration($0).asset }
        site.see(
            try ExceptionTests.granted(
                ExceptionTests.request(scope: ExceptionScope(patches: [patch]))))
        #expect(site.take().isEmpty, "nobody has said what it mends")
        #expect(site.keeper.needs(patch: patch))
        let kept = KeptPatch(packages: ["curl"], applicable: Digest(of: "one"))
        #expect(site.keeper.see(kept, of: patch, [assets[0]]) == [try accepted("web-1")])
        let wider = KeptPatch(packages: ["curl"], applicable: Digest(of: "two"))
        #expect(site.keeper.see(wider, of: patch, assets) == [try accepted("web-2")])
        let other = KeptPatch(packages: ["nginx"], applicable: Digest(of: "two"))
        #expect(site.keeper.see(other, of: patch, [StreamID]()).count == 2)
    }
}
