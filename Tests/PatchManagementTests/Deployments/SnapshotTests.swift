import EventSourcing
import Foundation
import JSON
import Testing

@testable import PatchManagement

/// Where the policy names a command for a snapshot, nothing is installed without evidence of it.
@Suite struct SnapshotTests {
    private func story(
        _ criticality: String = "medium", need: SnapshotRules.Need = .nobody
    ) throws -> DeploymentStory {
        var rules = SnapshotRules()
        rules.command = ["/usr/local/sbin/snapshot", "before"]
        rules.limitSeconds = 60
        rules.neededFor = need
        var story = try DeploymentStory(criticality: criticality, snapshot: rules)
        try story.precheck()
        let prior = PriorPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-1", keptFile: Digest(of: "old"))
        try story.perform(.backUp, fence: 2, .backUp([prior]))
        try #require(story.state.phase == .snapshotting)
        return story
    }

    private static func ended(_ code: Int, _ text: String = "snap-1") -> WorkResult {
        .checked(
            CommandReport(
                exitCode: code, outputDigest: Digest(of: text), outputBytes: text.utf8.count,
                outputTail: text, milliseconds: 40, bootID: "boot-1"))
    }

    @Test("it runs after the backup, and its digest is the evidence")
    func evidence() throws {
        var story = try story()
        #expect(
            try story.works == [
                .check(argv: ["/usr/local/sbin/snapshot", "before"], seconds: 60)
            ])
        try story.perform(.snapshot, fence: 3, Self.ended(0))
        guard case .snapshotTaken(let taken)? = story.last.first else {
            Issue.record("no evidence: \(story.last)")
            return
        }
        #expect(taken.report.outputDigest == Digest(of: "snap-1"))
        #expect(story.state.phase == .ready)
        #expect(story.kinds(of: story.last) == ["install"])
    }

    @Test("a critical asset waits for it for as long as it takes, and is not touched without")
    func waits() throws {
        var story = try story("veryHigh", need: .high)
        var fence: Int64 = 2
        for attempt in 1...20 {
            fence += 1
            try story.perform(.snapshot, fence: fence, Self.ended(1, "no space"))
            #expect(story.state.phase == .waiting)
            #expect(story.state.outcome == nil)
            #expect(story.state.attempt == attempt + 1)
            guard case .waiting(let waiting)? = story.last.first else {
                Issue.record("it does not wait: \(story.last)")
                return
            }
            #expect(waiting.reason == .snapshot)
            #expect(waiting.detail.contains("veryHigh") && waiting.detail.contains("no space"))
            #expect(story.ends(of: story.last) == 1)
            fence += 1
            try story.precheck(fence: fence)
            fence += 1
            try story.perform(
                .backUp, fence: fence,
                .backUp([
                    PriorPackage(
                        name: "curl", architecture: "amd64", version: "7.88.1-1",
                        keptFile: Digest(of: "old"))
                ]))
        }
        try story.perform(.snapshot, fence: fence + 1, Self.ended(0))
        #expect(story.state.phase == .ready)
    }

    @Test("any other asset fails before anything was installed, when tries have not helped")
    func fails() throws {
        var story = try story()
        try story.perform(.snapshot, fence: 3, Self.ended(1))
        #expect(story.state.phase == .waiting)
        guard case .waiting(let waiting)? = story.last.first else { return }
        #expect(waiting.reason == .retry)
    }

    @Test("who may not do without is a matter of the policy and of criticality")
    func need() {
        for (need, criticality, isNeeded) in [
            (SnapshotRules.Need.nobody, "veryHigh", false), (.veryHigh, "veryHigh", true),
            (.veryHigh, "high", false), (.high, "high", true), (.high, "medium", false),
        ] {
            var rules = SnapshotRules()
            rules.neededFor = need
            #expect(rules.isNeeded(for: criticality) == isNeeded)
        }
        #expect(SnapshotRules.fault(command: .array([])) == nil)
        #expect(SnapshotRules.fault(command: .array([.string("/bin/true")])) == nil)
        #expect(SnapshotRules.fault(command: .array([.string("true")])) != nil)
        #expect(SnapshotRules.fault(command: .string("/bin/true")) != nil)
    }
}
