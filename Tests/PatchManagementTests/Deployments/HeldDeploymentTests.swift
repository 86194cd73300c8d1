import EventSourcing
import Testing

@testable import PatchManagement

@Suite("A deployment waits while its asset is held for evidence")
struct HeldDeploymentTests {
    private let reason = "held for evidence to be taken: fi_1"

    @Test("Its attempt ends, the next one begins after the hold, and no budget is spent")
    func waits() throws {
        var story = try DeploymentStory()
        try story.precheck()
        #expect(story.state.phase == .backingUp)
        try story.tell(.hold(reason: reason))
        #expect(story.state.phase == .waiting && story.state.isHeld)
        #expect(story.state.attempt == 2 && story.state.budgetedAttempts == 1)
        #expect(story.kinds(of: story.last) == ["precheck"])
        #expect(story.ends(of: story.last) == 1)
        #expect([1, 14, 99].map { DeploymentDecider.secondsHeld(tries: $0) } == [5, 15, 60])
        // Told once, however often it is asked.
        #expect(try story.decide(.hold(reason: reason)).isEmpty)
        try story.precheck(fence: 5)
        #expect(story.state.phase == .backingUp && !story.state.isHeld)
    }

    @Test("What has begun to be installed is brought to its end")
    func begun() throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        #expect(throws: DeploymentRejection.self) { try story.decide(.hold(reason: reason)) }
    }

    @Test("A held asset still takes orders: it is cancelled like any that waits")
    func cancelled() throws {
        var story = try DeploymentStory()
        try story.queue()
        try story.tell(.hold(reason: reason))
        try story.tell(.cancel(reason: "enough"))
        #expect(story.state.outcome == .cancelled)
    }
}

@Suite("An asset knows for which findings it is held")
struct HeldAssetTests {
    @Test("Each hold is for one finding; the asset is free when the last has ended")
    func holds() throws {
        var asset = Asset()
        func tell(_ command: AssetCommand) throws -> Int {
            let events = try AssetDecider.decide(
                command, CommandContext(actor: workflow, at: PatchStory.origin, commandID: uuid(7)),
                asset)
            for event in events { AssetDecider.evolve(&asset, event) }
            return events.count
        }
        let findings = [uuid(80), uuid(81)].map { StreamID(prefix: "fi", $0) }
        #expect(throws: AssetRejection.unknown) { try tell(.hold(for: findings[0])) }
        _ = try tell(.register(AssetRegistration(name: "web-1", address: "192.0.2.1")))
        #expect(try tell(.hold(for: findings[1])) == 1)
        #expect(try tell(.hold(for: findings[0])) == 1)
        #expect(try tell(.hold(for: findings[0])) == 0)
        #expect(asset.holds == findings)
        #expect(try tell(.release(from: findings[1])) == 1)
        #expect(asset.isHeld)
        #expect(try tell(.release(from: findings[0])) == 1)
        #expect(try tell(.release(from: findings[0])) == 0)
        #expect(!asset.isHeld)
    }
}
