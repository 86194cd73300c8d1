import Advisories
import Fuzzing
import Testing

@Suite("The same answers as the libraries of others", .enabled(if: OraclePython.isThere))
struct PythonTests {
    /// Also on what is refused: `packaging` is the reference for PEP 440.
    @Test("PEP 440 as packaging reads it, on 10,000 random pairs")
    func python() throws {
        let seed = Oracle.freshSeed("against packaging")
        var random = SplitMix(state: seed)
        let pairs = Samples.pairs(.pypi, count: 10_000, &random)
        let answers = try OraclePython.answers(
            to: pairs.map { "version\tpypi\t\($0.0)\t\($0.1)" })
        try #require(answers.count == pairs.count)
        #expect(answers.count { $0 != "refused" } > 2_000)
        for (pair, answer) in zip(pairs, answers) {
            #expect(Samples.order(pair, .pypi) == answer, "\(pair), seed \(seed)")
        }
    }

    @Test(
        "Versions as univers compares them, on 5,000 random pairs each",
        arguments: [VersionScheme.debian, .redhat, .semver, .npm, .nuget, .rubygems])
    func others(_ scheme: VersionScheme) throws {
        let seed = Oracle.freshSeed("against univers, \(scheme.rawValue)")
        var random = SplitMix(state: seed)
        let pairs = Samples.plainPairs(scheme, count: 5_000, &random)
        let answers = try OraclePython.answers(
            to: pairs.map { "version\t\(scheme.rawValue)\t\($0.0)\t\($0.1)" })
        try #require(answers.count == pairs.count)
        #expect(answers.count { $0 != "refused" } > 2_000)
        for (pair, answer) in zip(pairs, answers) where answer != "refused" {
            #expect(Samples.order(pair, scheme) == answer, "\(pair), seed \(seed)")
        }
    }

    @Test("Scores as cvss computes them, on 5,000 random vectors", arguments: CVSSVersion.allCases)
    func scores(_ version: CVSSVersion) throws {
        let seed = Oracle.freshSeed("against cvss, \(version.rawValue)")
        var random = SplitMix(state: seed)
        let vectors = (0..<5_000).map { _ in Samples.vector(version, &random) }
        let answers = try OraclePython.answers(to: vectors.map { "cvss\t\($0)" })
        try #require(answers.count == vectors.count)
        for (text, answer) in zip(vectors, answers) {
            let scores = try CVSSVector(text).scores
            let ours =
                version == .v4
                ? scores.overall.description
                : [scores.base, scores.temporal, scores.environmental]
                    .map { $0?.description ?? "-" }.joined(separator: " ")
            #expect(ours == answer, "\(text), seed \(seed)")
        }
    }
}
