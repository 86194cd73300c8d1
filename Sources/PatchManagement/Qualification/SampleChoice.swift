package import EventSourcing

/// How much of the targets' platforms a sample covers: one line of its measure.
package struct StratumCoverage: Codable, Hashable, Sendable {
    package let stratum: PlatformStratum
    /// Assets that the patch applies to.
    package let targets: Int
    /// Lab hosts of that platform in the sample.
    package let samples: Int

    package init(stratum: PlatformStratum, targets: Int, samples: Int) {
        self.stratum = stratum
        self.targets = targets
        self.samples = samples
    }
}

/// A lab host that a patch could be tested on.
package struct SampleCandidate: Hashable, Sendable {
    package let sample: QualificationSample
    /// Names of the patch's packages that it is offered.
    package let packages: [String]

    package init(_ sample: QualificationSample, packages: [String]) {
        self.sample = sample
        self.packages = packages
    }
}

/// Chooses a representative sample where nobody names one.
package enum SampleChoice {
    /// The lab hosts of each platform in `required`, as few as show every package that any of them is
    /// offered there; the first by SHA-256(patch id ‖ asset id), so that nobody chooses them and a
    /// replay agrees. A platform without a candidate is left out: the decider refuses that.
    package static func choose(
        _ candidates: [SampleCandidate], covering required: [PlatformStratum], of patch: StreamID
    ) -> [QualificationSample] {
        let ranked = candidates.map { candidate in
            (rank: Digest(of: patch.text + candidate.sample.asset.text), candidate: candidate)
        }
        .sorted { ($0.rank, $0.candidate.sample.asset) < ($1.rank, $1.candidate.sample.asset) }
        .map(\.candidate)
        var chosen: [QualificationSample] = []
        for stratum in Set(required).sorted() {
            var shown: Set<String> = []
            for candidate in ranked where candidate.sample.stratum == stratum {
                let isFirst = !chosen.contains { $0.stratum == stratum }
                guard isFirst || !shown.isSuperset(of: candidate.packages) else { continue }
                shown.formUnion(candidate.packages)
                chosen.append(candidate.sample)
            }
        }
        return chosen
    }

    /// The measure of a sample: for each platform of the targets, sorted.
    package static func coverage(
        of sample: [QualificationSample], over targets: [ApplicableAssets.Stratum]
    ) -> [StratumCoverage] {
        targets.sorted { $0.stratum < $1.stratum }.map { target in
            StratumCoverage(
                stratum: target.stratum, targets: target.assets,
                samples: sample.count { $0.stratum == target.stratum })
        }
    }
}
