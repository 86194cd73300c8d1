import Advisories
import Fuzzing
import Testing

@Suite("Matching: the index answers what going through all advisories answers")
struct MatchingPropertyTests {
    private func lines(_ index: AdvisoryIndex, _ package: InstalledPackage) -> [NaiveMatcher.Line] {
        index.match(package).map { match in
            NaiveMatcher.Line(
                vulnerability: match.vulnerability, isAffected: match.verdict == .affected,
                advisories: Set(match.bases.map(\.advisory.id)).sorted(),
                isDisputed: match.isDisputed, isSuppressed: match.isSuppressed)
        }.sorted()
    }

    /// Of two advisories with one id the later one.
    private func latest(_ advisories: [Advisory]) -> [Advisory] {
        var latest: [String: Advisory] = [:]
        for advisory in advisories { latest[advisory.id] = advisory }
        return latest.values.sorted { $0.id < $1.id }
    }

    @Test("For random advisories and packages", arguments: 1...40 as ClosedRange<UInt64>)
    func naive(seed: UInt64) throws {
        var fleet = RandomFleet(seed: seed)
        let advisories = latest(try (0..<fleet.random.below(30)).map { _ in try fleet.advisory() })
        let index = AdvisoryIndex(advisories.shuffled(using: &fleet.random))
        let naive = NaiveMatcher(advisories: advisories)
        for advisory in advisories {
            #expect(
                index.vulnerabilities(named: advisory.id).sorted()
                    == naive.vulnerabilities(advisory.id))
        }
        for _ in 0..<60 {
            let package = fleet.package()
            #expect(lines(index, package) == naive.match(package), "\(package)")
        }
    }

    @Test("Random packages do have matches of every kind, so that the comparison means something")
    func variety() throws {
        var kinds: Set<String> = []
        var pairs = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var fleet = RandomFleet(seed: seed)
            let advisories = latest(try (0..<25).map { _ in try fleet.advisory() })
            let naive = NaiveMatcher(advisories: advisories)
            for _ in 0..<50 {
                for line in naive.match(fleet.package()) {
                    pairs += 1
                    kinds.insert(
                        "\(line.isAffected) \(line.isDisputed) \(line.isSuppressed)")
                }
            }
        }
        #expect(pairs > 1000)
        #expect(kinds.count == 8)
    }

    @Test("Whoever has no match is told why", arguments: 1...20 as ClosedRange<UInt64>)
    func explained(seed: UInt64) throws {
        var fleet = RandomFleet(seed: seed)
        let index = AdvisoryIndex(try (0..<20).map { _ in try fleet.advisory() })
        for _ in 0..<40 {
            let (package, id) = (fleet.package(), fleet.id())
            let vulnerabilities = index.vulnerabilities(named: id)
            let hasMatch = index.match(package).contains {
                vulnerabilities.contains($0.vulnerability)
            }
            let reasons = index.explainNoMatch(package, id)
            #expect((reasons == nil) == hasMatch)
            #expect(reasons?.isEmpty != true)
        }
    }
}
