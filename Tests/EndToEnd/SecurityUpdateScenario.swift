import APIContract
import Foundation
import Support
import Testing

/// Scenario a with a real security update of Debian's.
@Suite(.serialized, .enabled(if: TestFleet.obstacle == nil, "real hosts need root on Debian"))
struct SecurityUpdateScenario {
    @Test("f. a real Debian security update, from the mirror to the evidence")
    func debianUpdate() async throws {
        try await withFleet(
            hosts: 3, packages: ["pf-demo"], options: ["--debian-security"]
        ) { fleet, story in
            try await story.discover(fleet.inventory)
            guard let update = try await smallestUpdate(story) else {
                print("SKIPPED: the mirror can't be reached, or offers no security update now")
                return
            }
            print("the update is \(update.source) \(update.offeredVersion)")
            let patch = try await story.qualify(update.source)
            try await story.submitAndApprove(patch)
            let rollout = try await story.plan(patch, batches: "1,rest", soak: "0s")
            #expect(try await story.roll(rollout) == 0)
            try await story.wait(for: patch, "verified", "documented")
            for number in 2...3 {
                #expect(
                    try await fleet.installed(update.name, on: number) == update.offeredVersion)
            }
            try await story.alice("patch", "document", patch)
            try await story.wait(for: patch, "documented")
        }
    }

    /// The security update of a source with the fewest packages, then the smallest of them, so
    /// that it takes a moment and not minutes; nil when Debian's archive offers none to all hosts.
    private func smallestUpdate(_ story: Story) async throws -> OfferedUpdateResource? {
        let answer = try await story.alice("asset", "updates", "--security", "-o", "json")
        let offers = try WireJSON.decode(
            ListPage<OfferedUpdateResource>.self, from: Data(answer.output.utf8)
        ).data.filter { $0.origin.hasPrefix("Debian") && $0.assets.count == 3 }
        let sources = Dictionary(grouping: offers, by: \.source)
        let sizes = sources.mapValues { ($0.count, $0.reduce(0) { $0 + $1.size }) }
        return sizes.min { $0.value < $1.value }.flatMap { sources[$0.key]?.first }
    }
}
