import EventSourcing
import Foundation
import PatchManagement
import Testing

/// What becomes of an asset whose worker is lost, or can't say what it did.
@Suite struct LostWorkerTests {
    /// I4, I7, I18: an intent whose activity was given back (its result could not be recorded, say)
    /// and claimed again is neither begun a second time nor forgotten: the asset is probed.
    @Test(arguments: [DeploymentStep.install, .rollBack])
    func aStepGivenBackAfterItsIntentIsProbed(_ step: DeploymentStep) throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        if step == .rollBack { try story.untilRollingBack(fence: 5) }
        let fence = story.state.fence + 1

        #expect(throws: DeploymentRejection.stepNotDue(step, story.state.phase)) {
            try story.decide(.beginStep(step, worker: UUID(), fence: fence))
        }
        try story.tell(.loseLease(step, fence: fence))
        #expect(story.state.phase == (step == .install ? .installInDoubt : .rollbackInDoubt))
        #expect(story.kinds(of: story.last) == ["probe"])
    }

    /// The host's own reason outlives the worker that would have heard it.
    @Test(arguments: [DeploymentStep.install, .rollBack])
    func aProbeTellsWhyTheHostRefused(_ step: DeploymentStep) throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        if step == .rollBack { try story.untilRollingBack(fence: 5) }
        let fence = story.state.fence
        try story.tell(.loseLease(step, fence: fence))
        let report = ExecutionReport(
            exitCode: 90, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
            seconds: 1, rebootRequired: false, bootID: "boot-1",
            refusal: WorkFailure(.diskFull, "4096 bytes are free"))
        try story.tell(.recordResult(.probe, .probe(.finished(report)), fence: fence + 1))
        let reasons: [[String]] = story.last.compactMap { event in
            switch event {
            case .failed(let failed): [failed.cause, failed.detail]
            case .rollbackFailed(let failed): [failed.cause, failed.detail]
            default: nil
            }
        }
        #expect(reasons == [["disk-full", "4096 bytes are free"]])
        #expect(story.state.phase == .ended)
    }

    /// I5: word of a claim from before the intent says nothing about it.
    @Test func aClaimFromBeforeTheIntentSaysNothing() throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        #expect(try story.decide(.loseLease(.install, fence: 2)) == [])
        #expect(story.state.phase == .installing)
    }

    /// I18: an aborted rollout lets nothing begin any more, so a way back that comes due only after
    /// the abort, when the installation's end is known, has failed and waits for nobody.
    @Test(arguments: [0, 100])
    func aWayBackDueAfterTheAbortEnds(_ exitCode: Int) throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        try story.tell(.loseLease(.install, fence: 3))
        try story.tell(.orderRollback(reason: "bad news"))
        try story.tell(.cancel(reason: "enough"))
        try story.tell(.recordResult(.probe, .probe(.finished(.ended(exitCode))), fence: 4))
        #expect(story.state.phase == .ended)
        #expect(story.state.outcome == .rollbackFailed)
        #expect(story.last.contains { if case .rollbackFailed = $0 { true } else { false } })

        // Whoever wants it back after all, says so anew.
        try story.tell(.orderRollback(reason: "after all"))
        #expect(story.state.phase == .rollbackQueued)
        #expect(story.kinds(of: story.last) == ["roll-back"])
    }

    /// An abort ends only what was ordered before it: the rollback of the aborted rollout begins as
    /// soon as the installation that was under way has ended.
    @Test func anAbortFromBeforeTheRollbackDoesNotHoldForIt() throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        try story.tell(.cancel(reason: "enough"))
        try story.tell(.orderRollback(reason: "and back"))
        try story.tell(.recordResult(.install, .executed(.ended(0)), fence: 3))
        #expect(story.state.phase == .rollbackQueued)
        #expect(story.kinds(of: story.last) == ["roll-back"])
    }
}

extension ExecutionReport {
    fileprivate static func ended(_ exitCode: Int) -> Self {
        ExecutionReport(
            exitCode: exitCode, outputDigest: Digest(of: ""), outputBytes: 0,
            outputTail: "", seconds: 1, rebootRequired: false, bootID: "boot-1")
    }
}
