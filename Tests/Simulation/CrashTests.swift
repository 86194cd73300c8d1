import Foundation
import Support
import Testing

/// A story is told once to count its effects: every append, claim and order to a host, and every
/// answer to one. Then it is told again for each of them, and the process whose effect it is dies
/// right before or right after it.
@Suite("A death at every effect") struct CrashTests {
    /// How many crash points there are at least, by default a sample that suits the quick tier.
    private static let points =
        ProcessInfo.processInfo.environment["PATCHFLOW_SIMULATION_CRASHES"].flatMap { Int($0) }
        ?? 200
    private static let shares = 4
    private static let seeds = SeededRandom.fresh("a death at every effect").seed

    @Test(
        "I4, I5, I7, I9: wherever a process dies, nothing is lost and nothing runs twice",
        arguments: 0..<shares)
    func everyEffect(_ share: Int) throws {
        var seeds = SeededRandom(seed: Self.seeds &+ UInt64(share))
        let wanted = Self.points / Self.shares
        var crashes = 0
        while crashes < wanted {
            let seed = seeds.next() >> 11
            var calm = try Storm(seed: seed, deathAt: 0)
            try calm.tell()
            #expect(try Checker(calm.story).violations.isEmpty)
            let effects = calm.story.system.with { $0.effects }
            // Of a long story, in the quick tier, only every so many.
            let step = max(1, effects / max(1, wanted))
            for effect in stride(from: 1, through: effects, by: step) {
                try crash(seed, at: effect)
                crashes += 1
            }
        }
        print("\(crashes) crash points")
    }

    private func crash(_ seed: UInt64, at effect: Int) throws {
        do {
            var storm = try Storm(seed: seed, deathAt: effect)
            try storm.tell()
            let violations = try Checker(storm.story).violations
            #expect(
                violations.isEmpty,
                "seed: \(seed), death at effect \(effect)\n\(violations.joined(separator: "\n"))")
        } catch {
            Issue.record("seed: \(seed), death at effect \(effect)\n\(error)")
        }
    }
}
