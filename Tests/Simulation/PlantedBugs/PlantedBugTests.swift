import Support
import Testing

/// A checker that finds nothing proves nothing: each of these mistakes must be found.
@Suite("Planted bugs") struct PlantedBugTests {
    /// Stories that it may take to find one. The rarest show in one story of a hundred, so that a
    /// checker that finds them misses all of these less than once in ten million runs.
    private static let most = 2000

    @Test("Each is found within some stories", arguments: PlantedBug.allCases)
    func isFound(_ bug: PlantedBug) throws {
        var seeds = SeededRandom.fresh("planted: \(bug.rawValue)")
        for number in 1...Self.most {
            let seed = seeds.next() >> 11
            if let words = try Self.finding(bug, seed) {
                print("planted: \(bug.rawValue) found in story \(number): \(words)")
                return
            }
        }
        Issue.record("\(bug.rawValue) was not found in \(Self.most) stories")
    }

    private static func finding(_ bug: PlantedBug, _ seed: UInt64) throws -> String? {
        var storm = try Storm(seed: seed, bug: bug)
        do {
            try storm.tell()
        } catch let stuck as Story.Stuck {
            return String(stuck.description.prefix(120))
        }
        return try Checker(storm.story).violations.first.map { String($0.prefix(160)) }
    }
}
