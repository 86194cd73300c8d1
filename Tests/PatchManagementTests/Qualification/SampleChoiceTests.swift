import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// A sample covers every platform of the targets, or the test does not begin (I13).
@Suite("Samples of qualifications")
struct SampleChoiceTests {
    private let patch = StreamID(prefix: "pa", uuid(1))

    private func candidate(
        _ number: Int, _ stratum: PlatformStratum = debian12, _ packages: [String] = ["curl"]
    ) -> SampleCandidate {
        SampleCandidate(lab(number, stratum), packages: packages)
    }

    @Test("One host of each platform is chosen, by a rank that nobody influences")
    func ranked() {
        var random = SeededRandom.fresh("sample choice")
        let candidates = (1...9).map { candidate($0, $0 % 3 == 0 ? debian13 : debian12) }
        let required = [debian13, debian12, debian12]
        let chosen = SampleChoice.choose(candidates, covering: required, of: patch)
        #expect(chosen.map(\.stratum) == [debian12, debian13])
        for _ in 0..<100 {
            let shuffled = candidates.map { (random.below(1_000_000), $0) }
                .sorted { $0.0 < $1.0 }.map(\.1)
            #expect(SampleChoice.choose(shuffled, covering: required, of: patch) == chosen)
        }
        let others = Set(
            (2...40).map { number in
                SampleChoice.choose(
                    candidates, covering: required, of: StreamID(prefix: "pa", uuid(number)))
            })
        #expect(others.count > 3, "every patch has its own")
    }

    @Test("Further hosts are taken only for packages that the first ones don't have")
    func packages() {
        let candidates = [
            candidate(1, debian12, ["curl"]), candidate(2, debian12, ["libcurl4"]),
            candidate(3, debian12, ["curl", "libcurl4"]), candidate(4, debian12, ["curl"]),
        ]
        let chosen = SampleChoice.choose(candidates, covering: [debian12], of: patch)
        let shown = candidates.filter { chosen.contains($0.sample) }.flatMap(\.packages)
        #expect(Set(shown) == ["curl", "libcurl4"])
        #expect(chosen.count <= 2)
    }

    @Test("A shortage names the platforms that are missing, and how many targets lie in them")
    func shortage() throws {
        let targets = ApplicableAssets(
            (1...4).map { (production($0), debian12) } + [(production(5), debian13)])
        var story = try PatchStory.identified()
        try story.tell(.assess(Sample.assessment(targets: targets)), by: anna)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        try story.tell(.recordAcquisition(fence: 1, .acquired([Sample.pin])), by: worker)
        #expect {
            try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        } throws: { error in
            (error as? PatchRejection)?.message
                == "the sample lacks debian/13/amd64 with 1 of the targets: add a lab host for each"
        }
        #expect {
            try story.tell(.startQualification(sample: [], targetStrata: []), by: tom)
        } throws: { error in
            let message = (error as? PatchRejection)?.message ?? ""
            return message.contains("debian/12/amd64 with 4 of the targets")
                && message.contains("debian/13/amd64 with 1 of the targets")
        }
        try story.tell(
            .startQualification(sample: [lab(1), lab(2), lab(3, debian13)], targetStrata: []),
            by: tom)
        let started = story.events.compactMap { event in
            if case .qualificationStarted(let started) = event { started } else { nil }
        }
        #expect(
            started.last?.coverage == [
                StratumCoverage(stratum: debian12, targets: 4, samples: 2),
                StratumCoverage(stratum: debian13, targets: 1, samples: 1),
            ])
    }
}
