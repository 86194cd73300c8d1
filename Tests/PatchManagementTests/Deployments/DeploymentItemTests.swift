import EventSourcing
import Foundation
import Support
import Testing

@testable import PatchManagement

/// A deployment of a bundle says of each patch what became of it, by the scan and by nothing else (I13).
@Suite("Items of a deployment")
struct DeploymentItemTests {
    private static let curl = StreamID(prefix: "pa", uuid(31))
    private static let wget = StreamID(prefix: "pa", uuid(32))
    private static let vim = StreamID(prefix: "pa", uuid(33))
    private static let items = [
        DeploymentItem(patch: curl, packages: ["curl", "libcurl4"]),
        DeploymentItem(patch: wget, packages: ["wget"]),
        DeploymentItem(patch: vim, packages: ["vim"]),
    ]
    private static let pins = ["curl", "libcurl4", "wget", "vim"].map { DeploymentStory.pin($0) }

    private func package(_ name: String, _ version: String) -> PackageSelection {
        PackageSelection(name: name, architecture: "amd64", version: version)
    }

    private func report(
        _ installed: [PackageSelection], reboot: Bool = false
    ) -> VerificationReport {
        VerificationReport(
            installed: installed, services: [], commandExitCode: nil, commandOutput: "",
            rebootRequired: reboot, bootID: "boot-1")
    }

    /// One attempt for all of it, up to its scan.
    private func scanned(
        _ before: [PackageSelection], _ after: VerificationReport
    ) throws -> DeploymentStory {
        var story = try DeploymentStory(pins: Self.pins, items: Self.items)
        try story.precheck(finding: before)
        let prior = before.map {
            PriorPackage(
                name: $0.name, architecture: "amd64", version: $0.version,
                keptFile: Digest(of: $0.name))
        }
        try story.perform(.backUp, fence: 2, .backUp(prior))
        try story.perform(.install, fence: 3, DeploymentStory.executed)
        try story.perform(.verify, fence: 4, .verification(after))
        return story
    }

    private func items(of event: DeploymentEvent?) -> [ItemOutcome.Outcome]? {
        switch event {
        case .succeeded(let event): event.items?.map(\.outcome)
        case .verificationFailed(let event): event.items?.map(\.outcome)
        case .rebootDeferred(let event): event.items?.map(\.outcome)
        case .skipped(let event): event.items?.map(\.outcome)
        default: nil
        }
    }

    private let old = "7.88.1-1"
    private let new = "7.88.1-2"

    @Test("Each patch has its own outcome: installed, there already, or not for this host")
    func mixed() throws {
        let before = [package("curl", old), package("libcurl4", old), package("wget", new)]
        let after = [package("curl", new), package("libcurl4", new), package("wget", new)]
        let story = try scanned(before, report(after))
        #expect(story.state.outcome == .succeeded)
        #expect(items(of: story.last.last) == [.installed, .alreadyInstalled, .notApplicable])
    }

    @Test("One that is not there fails the host, and says which it is")
    func oneFails() throws {
        let before = [package("curl", old), package("wget", old)]
        let story = try scanned(before, report([package("curl", new), package("wget", old)]))
        #expect(story.state.outcome == .verificationFailed)
        #expect(
            items(of: story.last.last) == [.installed, .verificationFailed, .notApplicable])
    }

    @Test("One reboot is due for all of them")
    func reboot() throws {
        let before = [package("curl", old), package("wget", old), package("vim", new)]
        let after = [package("curl", new), package("wget", new), package("vim", new)]
        let story = try scanned(before, report(after, reboot: true))
        #expect(story.state.outcome == .installedPendingReboot)
        #expect(
            items(of: story.last.last)
                == [.installedPendingReboot, .installedPendingReboot, .alreadyInstalled])
    }

    @Test("A host that has all of it, or nothing of it, is skipped with the same of each")
    func skipped() throws {
        for (installed, outcomes) in [
            ([package("curl", new)], [.alreadyInstalled, .notApplicable, .notApplicable]),
            ([], [.notApplicable, .notApplicable, .notApplicable]),
        ] as [([PackageSelection], [ItemOutcome.Outcome])] {
            var story = try DeploymentStory(pins: Self.pins, items: Self.items)
            try story.precheck(finding: installed)
            #expect(items(of: story.last.last) == outcomes)
        }
    }

    @Test("A patch alone has no items")
    func alone() throws {
        var story = try DeploymentStory()
        try story.precheck(finding: [package("curl", new)])
        #expect(items(of: story.last.last) == nil)
    }

    @Test("The host is never better than its worst patch, and a patch is done only by its version")
    func property() throws {
        var random = SeededRandom.fresh("items")
        for _ in 0..<500 {
            var before: [PackageSelection] = []
            var after: [PackageSelection] = []
            for pin in Self.pins where random.chance(70) {
                before.append(package(pin.name, random.pick([old, new, "7.88.1-3"])))
                after.append(package(pin.name, random.pick([old, new, new, "7.88.1-3"])))
            }
            let present = Self.pins.filter { pin in before.contains { $0.name == pin.name } }
            guard !present.isEmpty, !present.areReached(by: before) else { continue }
            let story = try scanned(before, report(after, reboot: random.chance(20)))
            let outcomes = try #require(items(of: story.last.last))
            #expect(outcomes.count == Self.items.count)
            #expect(
                outcomes.contains(.verificationFailed)
                    == (story.state.outcome == .verificationFailed))
            for (item, outcome) in zip(Self.items, outcomes)
            where [.installed, .installedPendingReboot].contains(outcome) {
                let own = present.filter { item.packages.contains($0.name) }
                #expect(!own.isEmpty && own.areReached(by: after))
            }
        }
    }
}
