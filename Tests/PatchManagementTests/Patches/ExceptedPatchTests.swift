import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("A patch all of whose assets are under live exceptions rests until one of them ends")
struct ExceptedPatchTests {
    private let exception = Sample.exception

    @Test("It goes back to where it would be without them, also when a deferral ended meanwhile")
    func back() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeExceptions([exception]), by: workflow)
        #expect(story.state == .excepted)
        #expect(!story.patch.mayStartRollout(at: story.now))
        #expect(try story.tell(.observeExceptions([exception]), by: workflow).isEmpty)
        try story.tell(.observeExceptions([]), by: workflow)
        #expect(story.state == .approved)
        #expect(try story.tell(.observeExceptions([]), by: workflow).isEmpty)

        // Another one takes its place, and is the one that is named then.
        let other = StreamID(prefix: "ex", uuid(76))
        try story.tell(.observeExceptions([exception]), by: workflow)
        #expect(try story.tell(.observeExceptions([other]), by: workflow).count == 1)
        #expect(story.state == .excepted && story.patch.exceptions == [other])

        story = try PatchStory.assessed()
        try story.tell(
            .defer(until: story.now + .seconds(3600), reason: "the season"), by: rolf)
        try story.tell(.observeExceptions([exception]), by: workflow)
        story.pass(.seconds(3600))
        try story.tell(.timer(.deferralEnd), by: clock)
        #expect(story.state == .excepted)
        try story.tell(.observeExceptions([]), by: workflow)
        #expect(story.state == .assessed)
    }

    @Test("What runs is brought to its end first; what is over stays so")
    func notThen() throws {
        for phase in [RolloutPhase.scheduled, .running, .paused, .rollingBack] {
            var story = try PatchStory.approved()
            try story.tell(.observeRollouts(Sample.overview(phase)), by: workflow)
            #expect(try story.tell(.observeExceptions([exception]), by: workflow).isEmpty)
        }
        var story = try PatchStory.assessed()
        try story.tell(.withdraw(reason: "recalled"), by: vera)
        #expect(try story.tell(.observeExceptions([exception]), by: workflow).isEmpty)
    }

    @Test("The keeper says it when exceptions are for all of its assets together, and not before")
    func keeper() throws {
        var keeper = ExceptionKeeper()
        let patch = PatchStory.id
        let hosts = ["web-1", "web-2", "db-1"].map { name in
            AssetRegistration(
                name: name, address: "192.0.2.1", group: name.hasPrefix("web") ? "web" : "db")
        }
        for host in hosts {
            _ = keeper.see(
                AssetRegistered(asset: host.asset, registration: host), of: host.asset)
        }
        let applicable = hosts.map(\.asset).sorted()
        keeper.note(KeptPatch(packages: ["curl"], applicable: Digest(of: "list")), of: patch)
        func look() -> [ExceptionKeeper.Order] {
            keeper.takeDuePatches().flatMap { keeper.look(at: $0.patch, applicable) }
        }
        #expect(look().isEmpty)
        let web = StreamID(prefix: "ex", uuid(75))
        for event in try ExceptionTests.granted(
            ExceptionTests.request(
                scope: ExceptionScope(
                    group: TargetSelector(environments: [.production], groups: ["web"])))
        ).events { _ = keeper.see(event, of: web) }
        #expect(look().isEmpty)
        // As long as that one asset is under none, the long list isn't read again.
        let another = StreamID(prefix: "ex", uuid(77))
        for event in try ExceptionTests.granted(
            ExceptionTests.request(scope: ExceptionScope(assets: [hosts[0].asset]))
        ).events { _ = keeper.see(event, of: another) }
        #expect(keeper.takeDuePatches().isEmpty)
        for event in try ExceptionTests.granted(
            ExceptionTests.request(scope: ExceptionScope(assets: [hosts[2].asset]))
        ).events { _ = keeper.see(event, of: exception) }
        let both = [exception, web].sorted()
        #expect(look() == [.patch(patch, .observeExceptions(both))])
        #expect(look().isEmpty)

        // A host leaves the group that is excepted.
        let moved = AssetRegistration(name: "web-2", address: "192.0.2.1", group: "db")
        _ = keeper.see(AssetRegistered(asset: moved.asset, registration: moved), of: moved.asset)
        let freed = look()
        #expect(freed == [.patch(patch, .observeExceptions([]))])
        #expect(freed.allSatisfy(keeper.holds))
        #expect(!keeper.holds(.patch(patch, .observeExceptions(both))))
    }
}
