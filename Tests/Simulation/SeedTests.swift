import EventSourcing
import Foundation
import SimulatedFleet
import Support
import Testing

/// Stories of whole installations, one a seed. A failing one is told again by
/// `PATCHFLOW_SIMULATION_SEEDS=SEED:1`.
@Suite("Installations in a storm")
struct SeedTests {
    static let seeds = Seeds.chosen()

    @Test(
        "I1, I3–I10, I13–I16: no fault, crash or command breaks them; I18: everything ends",
        arguments: seeds.shares)
    func storm(_ share: Range<UInt64>) throws {
        var figures = Figures()
        defer { print("seeds from \(share.lowerBound): \(figures)") }
        for seed in share {
            do {
                var storm = try Storm(seed: seed)
                try storm.tell()
                figures.add(storm.story)
                if Seeds.isTraced { storm.story.printLog() }
                let violations = try Checker(storm.story).violations
                #expect(
                    violations.isEmpty,
                    "\(Seeds.again(seed))\n\(violations.prefix(20).joined(separator: "\n"))")
            } catch {
                Issue.record("\(Seeds.again(seed))\n\(error)")
            }
        }
    }
}

/// How much has happened in some stories.
struct Figures: CustomStringConvertible {
    var stories = 0
    var events = 0
    var steps = 0
    var effects = 0
    var executions = 0
    var rollouts = 0

    mutating func add(_ story: Story) {
        stories += 1
        events += story.log.count
        steps += story.scheduler.steps
        effects += story.system.with { $0.effects }
        executions += story.system.fleet.all.reduce(0) { $0 + $1.executions.count }
        rollouts += story.rollouts.count
    }

    var description: String {
        "\(stories) stories, \(rollouts) rollouts, \(events) events, \(executions) executions on "
            + "hosts, \(effects) effects, \(steps) steps"
    }
}

/// Which seeds are told: those of `PATCHFLOW_SIMULATION_SEEDS`, `FIRST:COUNT`, else 500 fresh ones.
struct Seeds: Sendable {
    let first: UInt64
    let count: UInt64

    static func chosen() -> Seeds {
        let given = ProcessInfo.processInfo.environment["PATCHFLOW_SIMULATION_SEEDS"]
        let parts = (given ?? "").split(separator: ":").compactMap { UInt64($0) }
        let seeds: Seeds
        if parts.count == 2 {
            seeds = Seeds(first: parts[0], count: parts[1])
        } else {
            precondition(
                given == nil,
                "PATCHFLOW_SIMULATION_SEEDS is '\(given ?? "")': give FIRST:COUNT, such as 1:500")
            seeds = Seeds(first: UInt64.random(in: 0..<(1 << 53)), count: 500)
        }
        print("simulation, seeds: PATCHFLOW_SIMULATION_SEEDS=\(seeds.first):\(seeds.count)")
        return seeds
    }

    /// With `PATCHFLOW_SIMULATION_TRACE` set the log of every story is printed.
    static let isTraced =
        ProcessInfo.processInfo.environment["PATCHFLOW_SIMULATION_TRACE"] != nil

    /// Each is a test case, and several of those run at once.
    var shares: [Range<UInt64>] {
        stride(from: first, to: first + count, by: 25).map { $0..<min($0 + 25, first + count) }
    }

    static func again(_ seed: UInt64) -> String {
        "again: PATCHFLOW_SIMULATION_SEEDS=\(seed):1 swift test --filter Simulation.SeedTests"
    }
}

extension Story {
    func printLog() {
        for event in log {
            print(
                "\(event.position) \(event.recordedAt) \(event.stream) \(event.type) "
                    + "by \(event.actor.id) \(String(decoding: event.data, as: UTF8.self))")
        }
    }
}
