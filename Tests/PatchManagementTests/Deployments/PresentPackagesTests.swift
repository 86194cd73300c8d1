import EventSourcing
import Foundation
import Testing

@testable import PatchManagement

/// Hosts differ in which packages of one source they have, and a patch brings none that wasn't there.
@Suite("Only packages that an asset has are touched on it")
struct PresentPackagesTests {
    private static let pins = ["curl", "libcurl4", "libcurl4-dev"].map { DeploymentStory.pin($0) }

    private func package(
        _ name: String, _ version: String = "7.88.1-1", _ architecture: String = "amd64"
    ) -> PackageSelection {
        PackageSelection(name: name, architecture: architecture, version: version)
    }

    @Test("Backup, installation and scan are about the packages that the precheck found")
    func narrowed() throws {
        var story = try DeploymentStory(pins: Self.pins)
        let present = [package("curl"), package("libcurl4")]
        try story.precheck(finding: present)
        guard case .backUp(_, let kept) = try story.works.first else {
            Issue.record("no backup follows")
            return
        }
        #expect(kept.map(\.name) == ["curl", "libcurl4"])
        let prior = present.map {
            PriorPackage(
                name: $0.name, architecture: "amd64", version: $0.version,
                keptFile: Digest(of: $0.name))
        }
        try story.perform(.backUp, fence: 2, .backUp(prior))
        guard case .install(_, let installed) = try story.works.first else {
            Issue.record("no installation follows")
            return
        }
        #expect(installed.map(\.name) == ["curl", "libcurl4"])
        try story.perform(.install, fence: 3, DeploymentStory.executed)
        let scanned = VerificationReport(
            installed: [package("curl", "7.88.1-2"), package("libcurl4", "7.88.1-2")],
            services: [], commandExitCode: nil, commandOutput: "", rebootRequired: false,
            bootID: "boot-1")
        try story.perform(.verify, fence: 4, .verification(scanned))
        #expect(story.state.outcome == .succeeded)
    }

    @Test("A package may change between the machine's architecture and all")
    func architecture() throws {
        var story = try DeploymentStory(pins: [DeploymentStory.pin("curl", "all")])
        try story.precheck()
        #expect(try story.works.map(\.kind) == ["back-up"])
    }

    @Test("Who has the new versions of all that is there is skipped, and who has nothing of it too")
    func skipped() throws {
        for (installed, reason) in [
            ([package("curl", "7.88.1-2")], DeploymentSkipped.Reason.alreadyInstalled),
            ([], .notApplicable), ([package("wget")], .notApplicable),
        ] {
            var story = try DeploymentStory(pins: Self.pins)
            try story.precheck(finding: installed)
            guard case .skipped(let skipped) = story.last.last else {
                Issue.record("\(installed) is not skipped")
                continue
            }
            #expect(skipped.reason == reason)
        }
    }

    @Test(
        "What the host says it didn't change, and what may pass, is tried again",
        arguments: [WorkFailure.Cause.lockHeld, .notAvailable])
    func passing(_ cause: WorkFailure.Cause) throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        let failed = WorkResult.failed(WorkFailure(cause, "in a test"))
        try story.tell(.recordResult(.install, failed, fence: 3))
        #expect(story.state.phase == .waiting)
        #expect(story.state.attempt == 2)
        #expect(story.kinds(of: story.last) == ["precheck"])
    }

    @Test("A package that no host of the sample has was not tested")
    func untested() throws {
        var story = try PatchStory.identified(packages: ["curl", "libcurl4"])
        try story.tell(.assess(Sample.assessment()), by: anna)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        let pins = ["curl", "libcurl4"].map { DeploymentStory.pin($0) }
        try story.tell(.recordAcquisition(fence: 101, .acquired(pins)), by: worker)
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        try story.work(Sample.healthy)
        #expect(story.state == .testInconclusive)
        guard case .qualificationInconclusive(let verdict) = story.events.last else {
            Issue.record("the test has another end")
            return
        }
        #expect(verdict.causes == ["libcurl4 is on no host of the sample"])
    }
}
