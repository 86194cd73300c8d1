import Advisories
import EventSourcing
import JSON
import Testing

@testable import PatchManagement

/// The rules of domain.md §5, each with its edges.
@Suite("Classification")
struct ClassificationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let inputs: ClassificationInputs
        let rank: Int
        let days: Int
        /// Rows of CISA's and SSVC's table.
        let rows: [Int]

        init(
            _ description: String, rank: Int, days: Int, rows: [Int],
            _ change: (inout ClassificationInputs) -> Void
        ) {
            testDescription = description
            var inputs = Self.quiet
            change(&inputs)
            self.inputs = inputs
            self.rank = rank
            self.days = days
            self.rows = rows
        }

        /// Nobody exploits it, and nothing much would happen.
        static let quiet: ClassificationInputs = {
            var inputs = ClassificationInputs()
            inputs.ratings = [Vectors.low]
            inputs.exposure = .internal
            inputs.criticality = .low
            inputs.site = "berlin"
            inputs.snapshots = [FeedPin(feed: "kev", digest: Digest(of: "kev"))]
            return inputs
        }()
    }

    static let cases = [
        Case("nothing speaks for haste: the next upgrade", rank: 0, days: 180, rows: [0, 0]) { _ in
        },
        Case("SSVC's priority decides alone", rank: 1, days: 60, rows: [0, 2]) {
            $0.criticality = .high
        },
        Case("CISA's timeline decides alone", rank: 1, days: 60, rows: [2, 16]) {
            $0.exposure = .open
        },
        Case("the higher of both ranks counts", rank: 2, days: 14, rows: [9, 19]) {
            $0.exposure = .open
            $0.criticality = .veryHigh
            $0.ssvc = SSVCSignals(technicalImpact: .total)
        },
        Case("in KEV is exploited", rank: 2, days: 14, rows: [1, 48]) {
            $0.knownExploitedSince = Moments.start
        },
        Case("exploited by SSVC alone is not in KEV", rank: 1, days: 60, rows: [0, 48]) {
            $0.ssvc = SSVCSignals(exploitation: .active)
        },
        Case("urgent by CISA", rank: 3, days: 3, rows: [13, 52]) {
            $0.knownExploitedSince = Moments.start
            $0.ratings = [Vectors.worm]
        },
        Case("urgent by SSVC alone", rank: 3, days: 3, rows: [9, 67]) {
            $0.exposure = .open
            $0.criticality = .veryHigh
            $0.ssvc = SSVCSignals(exploitation: .active, automatable: .no, technicalImpact: .total)
        },
        Case("SSVC's values go before those of the vector", rank: 2, days: 30, rows: [0, 0]) {
            $0.ratings = [Vectors.worm]
            $0.ssvc = SSVCSignals(
                exploitation: .notSeen, automatable: .no, technicalImpact: .partial)
        },
    ]

    @Test("Signals and asset give rows, rank and days", arguments: cases)
    func classified(_ example: Case) {
        let result = Classifier.classify(
            example.inputs, at: Moments.start, ClassificationPolicy())
        #expect(result.rank == example.rank)
        #expect(result.slaSeconds == example.days * 86_400)
        #expect([result.remediationRow.row, result.deployerRow.row] == example.rows)
        #expect(result.riskClass == RiskClass(rank: example.rank))
        #expect(result.assumed.isEmpty)
        #expect(result.remediationRow.table == "cisa:DT_BOD2604:1.0.0")
        #expect(result.deployerRow.table == "ssvc:DT_DP:1.0.0")
    }

    @Test("CVSS lifts from 9.0 on to important, with 30 days; what is important already keeps 14")
    func floor() throws {
        func classified(
            _ tenths: Int, _ change: (inout ClassificationInputs) -> Void = { _ in }
        ) -> Classification {
            var inputs = Case.quiet
            inputs.ssvc = SSVCSignals(automatable: .no, technicalImpact: .partial)
            inputs.ratings = [Vectors.rating(base: tenths)]
            change(&inputs)
            return Classifier.classify(inputs, at: Moments.start, ClassificationPolicy())
        }
        #expect(classified(89).rank == 0)
        #expect(!classified(89).isLiftedByScore)
        #expect(classified(90).rank == 2)
        #expect(classified(90).isLiftedByScore)
        #expect(classified(90).slaSeconds == 30 * 86_400)
        let exploited = classified(100) { $0.knownExploitedSince = Moments.start }
        #expect(exploited.rank == 2 && !exploited.isLiftedByScore)
        #expect(exploited.slaSeconds == 14 * 86_400)
    }

    @Test("EPSS counts as a public proof from the threshold on, which each model may have its own")
    func prediction() throws {
        func exploitation(_ score: String, _ model: String = "v2025.03.14") throws -> Exploitation {
            var inputs = Case.quiet
            inputs.epss = EPSSSignal(score: try #require(Probability(score)), model: model)
            var policy = ClassificationPolicy()
            policy.epss.models = [
                .init(model: "v5", score: try #require(Probability("0.5")))
            ]
            return Classifier.classify(inputs, at: Moments.start, policy).facts.exploitation
        }
        #expect(try exploitation("0.10") == .publicProof)
        #expect(try exploitation("0.099999999") == .notSeen)
        #expect(try exploitation("0.0999999999999") == .notSeen)
        #expect(try exploitation("1") == .publicProof)
        #expect(try exploitation("0") == .notSeen)
        #expect(try exploitation("0.4", "V5") == .notSeen)
        #expect(try exploitation("0.5", "v5") == .publicProof)
    }

    @Test("SSVC's word on exploitation is not taken back by a low EPSS, nor an active one by a poc")
    func strongest() throws {
        var inputs = Case.quiet
        inputs.epss = EPSSSignal(score: try #require(Probability("0.0001")), model: "v4")
        inputs.ssvc = SSVCSignals(exploitation: .publicProof)
        let policy = ClassificationPolicy()
        #expect(
            Classifier.classify(inputs, at: Moments.start, policy).facts.exploitation
                == .publicProof)
        inputs.knownExploitedSince = Moments.start
        #expect(
            Classifier.classify(inputs, at: Moments.start, policy).facts.exploitation == .active)
    }

    @Test("Only CISA's rows with forensics ask for a hold")
    func forensics() {
        var inputs = Case.quiet
        inputs.knownExploitedSince = Moments.start
        inputs.ssvc = SSVCSignals(automatable: .yes, technicalImpact: .total)
        let policy = ClassificationPolicy()
        #expect(Classifier.classify(inputs, at: Moments.start, policy).asksForForensicHold)
        inputs.ssvc = SSVCSignals(automatable: .yes, technicalImpact: .partial)
        inputs.exposure = .open
        let partial = Classifier.classify(inputs, at: Moments.start, policy)
        #expect(partial.rank == 3)
        #expect(!partial.asksForForensicHold)
    }
}

/// Moments of the examples.
enum Moments {
    static let start = Timestamp(seconds: 1_767_225_600)

    static func days(_ days: Int) -> Timestamp { start + .seconds(days * 86_400) }
}

/// Ratings of the examples.
enum Vectors {
    static let low = rating("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N")
    /// 9.8, from anywhere, by itself, and everything is lost.
    static let worm = rating("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")

    static func rating(_ vector: String, source: String = "NVD") -> CVSSRating {
        do {
            return CVSSRating(source: source, vector: try CVSSVector(vector))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The one of `low` with another base score: what tables and floor make of a score, without
    /// the search for a vector that has it.
    static func rating(base tenths: Int) -> CVSSRating {
        do {
            var value = try CanonicalJSON.decode(JSONValue.self, from: CanonicalJSON.encode(low))
            value["base_tenths"] = .integer(Int64(tenths))
            return try CanonicalJSON.decode(CVSSRating.self, from: CanonicalJSON.encode(value))
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
