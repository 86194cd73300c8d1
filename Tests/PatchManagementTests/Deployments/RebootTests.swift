import EventSourcing
import Foundation
import Testing

@testable import PatchManagement

/// A patch that needs a reboot is done when a boot after the installation was seen, and not before.
@Suite struct RebootTests {
    private static let pending = DeploymentStory.scan(rebootRequired: true)

    private static func shows(boot: Int) -> WorkResult {
        .checked(
            CommandReport(
                exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
                milliseconds: 1, bootID: "boot-\(boot)"))
    }

    private static let silent = WorkResult.failed(WorkFailure(.unreachable, "no answer"))

    private func story(_ policy: RebootPolicy) throws -> DeploymentStory {
        var story = try DeploymentStory(reboot: policy, services: ["cron"])
        try story.untilVerifying(fence: 10)
        return story
    }

    private func waiting() throws -> DeploymentStory {
        var story = try story(.ifRequired)
        try story.perform(.verify, fence: 11, Self.pending)
        try story.perform(.reboot, fence: 12, DeploymentStory.executed)
        try #require(story.state.phase == .awaitingBoot)
        return story
    }

    @Test("the host is rebooted, and only a scan after the new boot proves success (I13)")
    func reboots() throws {
        var story = try story(.ifRequired)
        try story.perform(.verify, fence: 11, Self.pending)
        #expect(story.last.map(\.payload).map { type(of: $0).type } == ["RebootRequested"])
        #expect(story.state.outcome == nil)
        #expect(story.kinds(of: story.last) == ["reboot"])
        #expect(
            try story.works == [.reboot(attempt: attempt(of: story), bootID: "boot-1")])
        try story.perform(.reboot, fence: 12, DeploymentStory.executed)
        #expect(story.kinds(of: story.last) == ["await-boot"])
        #expect(story.state.outcome == nil)
        story.now = story.now + .seconds(30)
        try story.perform(.awaitBoot, fence: 13, Self.shows(boot: 2))
        #expect(story.state.phase == .verifying)
        #expect(story.state.outcome == nil)
        try story.perform(.verify, fence: 14, DeploymentStory.scan(boot: 2))
        #expect(story.state.outcome == .succeeded)
        #expect(story.ends(of: story.last) == 1)
    }

    private func attempt(of story: DeploymentStory) throws -> UUID {
        try #require(story.state.order).attemptID(story.state.attempt)
    }

    @Test("without a need for it no policy but 'always' reboots", arguments: RebootPolicy.allCases)
    func needless(policy: RebootPolicy) throws {
        var story = try story(policy)
        try story.perform(.verify, fence: 11, DeploymentStory.scan())
        #expect(story.state.outcome == (policy == .always ? nil : .succeeded))
        #expect(story.state.phase == (policy == .always ? .rebootQueued : .ended))
    }

    @Test("under 'always' one reboot is enough")
    func alwaysOnce() throws {
        var story = try story(.always)
        try story.perform(.verify, fence: 11, DeploymentStory.scan())
        try story.perform(.reboot, fence: 12, DeploymentStory.executed)
        try story.perform(.awaitBoot, fence: 13, Self.shows(boot: 2))
        try story.perform(.verify, fence: 14, DeploymentStory.scan(boot: 2))
        #expect(story.state.outcome == .succeeded)
    }

    @Test("a pending reboot is no success, until a later boot is seen and a scan after it (I13)")
    func laterBoot() throws {
        var story = try story(.never)
        try story.perform(.verify, fence: 11, Self.pending)
        #expect(story.state.outcome == .installedPendingReboot)
        try story.tell(.observeReboot(bootID: "boot-1"))
        #expect(story.last.isEmpty)
        try story.tell(.observeReboot(bootID: "boot-2"))
        #expect(story.state.outcome == .installedPendingReboot)
        #expect(story.kinds(of: story.last) == ["verify"])
        try story.perform(.verify, fence: 12, DeploymentStory.scan(boot: 2))
        #expect(story.state.outcome == .succeeded)
    }

    @Test("a policy may say that restarted services suffice, and evidence of that is asked for")
    func servicesSuffice() throws {
        var restarted = try story(.servicesSuffice)
        try restarted.perform(.verify, fence: 11, Self.pending)
        #expect(restarted.state.outcome == .succeeded)
        for outdated in [
            nil, [OutdatedProcess(pid: 7, name: "cron", service: nil, file: "/lib/c")],
        ] {
            var stale = try story(.servicesSuffice)
            try stale.perform(
                .verify, fence: 11, DeploymentStory.scan(rebootRequired: true, outdated: outdated))
            #expect(stale.state.outcome == .installedPendingReboot)
        }
    }

    @Test("a host that isn't back in time is dead after its reboot, and counts as failed")
    func deadAfterReboot() throws {
        var story = try waiting()
        let since = story.now
        story.now = since + .seconds(899)
        #expect(
            DeploymentDecider.secondsToNextLook(
                after: Self.silent, of: .awaitBoot, tries: 50, at: story.now, story.state) == 15)
        story.now = since + .seconds(900)
        #expect(
            DeploymentDecider.secondsToNextLook(
                after: Self.silent, of: .awaitBoot, tries: 51, at: story.now, story.state) == nil)
        try story.perform(.awaitBoot, fence: 13, Self.silent)
        #expect(story.state.outcome == .deadAfterReboot)
        #expect(DeploymentOutcome.deadAfterReboot.isBad)
        #expect(DeploymentOutcome.deadAfterReboot.isFinal)
        #expect(story.ends(of: story.last) == 1)
        // Somebody has pressed the button.
        try story.tell(.observeReboot(bootID: "boot-2"))
        try story.perform(.verify, fence: 14, DeploymentStory.scan(boot: 2))
        #expect(story.state.outcome == .succeeded)
    }

    @Test("a host that answers and never went down has failed, and isn't called dead")
    func neverWentDown() throws {
        var story = try waiting()
        story.now = story.now + .seconds(900)
        try story.perform(.awaitBoot, fence: 13, Self.shows(boot: 1))
        #expect(story.state.outcome == .verificationFailed)
    }

    @Test("services may take their time after a boot, though not for ever")
    func settling() throws {
        var story = try waiting()
        try story.perform(.awaitBoot, fence: 13, Self.shows(boot: 2))
        let stopped = DeploymentStory.scan(boot: 2, cron: .stopped)
        try story.perform(.verify, fence: 14, stopped)
        #expect(story.state.phase == .verifying)
        #expect(story.state.outcome == nil)
        story.now = story.now + .seconds(121)
        try story.perform(.verify, fence: 15, stopped)
        #expect(story.state.outcome == .verificationFailed)
    }

    @Test("a host that asks for a reboot again is not rebooted in a circle")
    func circle() throws {
        var story = try waiting()
        try story.perform(.awaitBoot, fence: 13, Self.shows(boot: 2))
        try story.perform(.verify, fence: 14, DeploymentStory.scan(boot: 2, rebootRequired: true))
        #expect(story.state.outcome == .verificationFailed)
    }

    @Test("a worker lost with the order to reboot is in doubt, and nothing is ordered blindly (I7)")
    func lostWorker() throws {
        var story = try story(.ifRequired)
        try story.perform(.verify, fence: 11, Self.pending)
        try story.tell(.beginStep(.reboot, worker: UUID(), fence: 12))
        try story.tell(.loseLease(.reboot, fence: 12))
        #expect(story.state.phase == .rebootInDoubt)
        #expect(story.kinds(of: story.last) == ["probe"])
        #expect(try story.works == [.probe(attempt: attempt(of: story), step: .reboot)])
        var never = story
        try never.perform(.probe, fence: 13, .probe(.neverStarted))
        #expect(never.state.phase == .rebootQueued)
        #expect(never.state.attempt == 2)
        #expect(never.ends(of: never.last) == 1, "the attempt that began nothing is over")
        var interrupted = story
        try interrupted.perform(.probe, fence: 13, .probe(.interrupted))
        #expect(interrupted.state.phase == .awaitingBoot)
        story.now = story.now + .seconds(900)
        try story.perform(.probe, fence: 13, Self.silent)
        #expect(story.state.outcome == .deadAfterReboot)
    }

    @Test("a reboot waits for the window and for the end of a hold, and gives its place back (I2)")
    func waits() throws {
        var story = try story(.ifRequired)
        try story.perform(.verify, fence: 11, Self.pending)
        let opens = story.now + .seconds(86_400)
        try story.tell(.awaitOpening(ClosedWindow(until: opens, delaySeconds: 86_400)))
        #expect(story.state.phase == .rebootQueued)
        #expect(story.state.attempt == 2)
        #expect(story.ends(of: story.last) == 1)
        #expect(story.kinds(of: story.last) == ["reboot"])
        try story.tell(.hold(reason: "evidence"))
        #expect(story.state.phase == .rebootQueued)
        #expect(story.state.attempt == 3)
    }

    @Test("a reboot that has waited for its window waits for a cap as well, and goes on (I18)")
    func waitsForSlot() throws {
        var story = try story(.ifRequired)
        try story.perform(.verify, fence: 11, Self.pending)
        let opens = story.now + .seconds(86_400)
        try story.tell(.awaitOpening(ClosedWindow(until: opens, delaySeconds: 86_400)))
        story.now = opens
        try story.tell(.awaitSlot(.account))
        #expect(story.state.phase == .rebootQueued)
        #expect(story.state.awaitedCap == .account)
        #expect(story.kinds(of: story.last) == ["reboot"])
        try story.perform(.reboot, fence: 12, DeploymentStory.executed)
        #expect(story.state.phase == .awaitingBoot)
    }

    @Test("an abort leaves the reboot to somebody else, a rollback goes back before or after it")
    func orders() throws {
        var aborted = try story(.ifRequired)
        try aborted.perform(.verify, fence: 11, Self.pending)
        try aborted.tell(.cancel(reason: "enough"))
        #expect(aborted.state.outcome == .installedPendingReboot)
        var early = try story(.ifRequired)
        try early.tell(.cancel(reason: "enough"))
        try early.perform(.verify, fence: 11, Self.pending)
        #expect(early.state.outcome == .installedPendingReboot, "nothing lets it begin any more")
        var back = try story(.ifRequired)
        try back.perform(.verify, fence: 11, Self.pending)
        try back.tell(.orderRollback(reason: "bad news"))
        #expect(back.state.phase == .rollbackQueued)
        var later = try waiting()
        try later.tell(.orderRollback(reason: "bad news"))
        #expect(later.state.phase == .awaitingBoot)
        #expect(later.state.outcome == .rollingBack)
        try later.perform(.awaitBoot, fence: 13, Self.shows(boot: 2))
        #expect(later.state.phase == .rollbackQueued)
        #expect(later.kinds(of: later.last) == ["roll-back"])
    }

    @Test("an order that comes late or twice changes nothing (I4, I5)")
    func twice() throws {
        var story = try waiting()
        let before = story.state
        try story.tell(.recordResult(.reboot, DeploymentStory.executed, fence: 12))
        #expect(story.last.isEmpty)
        try story.tell(.recordResult(.awaitBoot, Self.shows(boot: 2), fence: 12))
        #expect(story.last.isEmpty, "evidence is asked for after what it proves")
        #expect(story.state == before)
        #expect(throws: DeploymentRejection.stepNotDue(.reboot, .awaitingBoot)) {
            try story.decide(.beginStep(.reboot, worker: UUID(), fence: 20))
        }
    }

    @Test("an inventory that shows another boot id tells the deployments that wait for one")
    func inventoryShowsBoot() throws {
        let asset = StreamID(prefix: "as", UUID())
        let deployment = StreamID(prefix: "de", UUID())
        var state = AssetDecider.initialState
        state.registration = AssetRegistration(name: "web-1", address: "192.0.2.1")
        state.bootID = "boot-1"
        let context = CommandContext(
            actor: Actor(id: "workflow", role: "workflow"), at: Timestamp(seconds: 0),
            commandID: UUID())
        func tell(_ command: AssetCommand) throws -> [AssetEvent] {
            let events = try AssetDecider.decide(command, context, state)
            for event in events { AssetDecider.evolve(&state, event) }
            return events
        }
        let awaited = RebootAwaited(deployment: deployment, bootID: "boot-1")
        #expect(try tell(.awaitReboot(awaited)).count == 1)
        #expect(try tell(.awaitReboot(awaited)).isEmpty)
        let seen = try tell(.recordScan(.inventory, .inventory(Self.inventory(boot: 2))))
        let observed = try #require(seen.last)
        #expect(
            observed
                == .rebootObserved(
                    RebootObserved(before: "boot-1", after: "boot-2", deployments: [deployment])))
        #expect(state.awaitedReboots.isEmpty)
        var ledger = RolloutLedger()
        let stored = try NewEvent(observed.payload)
        let event = RecordedEvent(
            position: 1, stream: asset, version: 1, id: uuid(9), type: stored.type,
            schemaVersion: stored.schemaVersion, occurredAt: Timestamp(seconds: 0),
            recordedAt: Timestamp(seconds: 0), actor: worker, commandID: uuid(9),
            correlationID: uuid(9), causationID: nil, data: stored.data)
        #expect(
            try Coordinator.react(to: event, ledger: &ledger, plan: nil)
                == [RoutedCommand(deployment, .deployment(.observeReboot(bootID: "boot-2")))])
    }

    private static func inventory(boot: Int) -> InventoryReport {
        InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1.0",
            bootID: "boot-\(boot)",
            packages: [
                InstalledPackage(
                    name: "curl", architecture: "amd64", version: "7.88.1-2", source: "curl")
            ])
    }
}
