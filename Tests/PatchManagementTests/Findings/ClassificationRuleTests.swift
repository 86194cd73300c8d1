import Advisories
import EventSourcing
import Testing

@testable import PatchManagement

/// What holds for every combination of values, whatever the tables' rows are.
@Suite("Classification: rules over all combinations")
struct ClassificationRuleTests {
    private struct Combination {
        let inputs: ClassificationInputs
        let isCritical: Bool
        /// Each one step worse than `inputs` in one value.
        let worse: [ClassificationInputs]
    }

    @Test("Rank, days and holds follow from both rows, the floor and the control")
    func rules() {
        let policy = ClassificationPolicy()
        let days = [180, 60, 14, 3]
        var count = 0
        for combination in Self.all() {
            var inputs = combination.inputs
            let bare = Classifier.classify(inputs, at: Moments.start, policy)
            inputs.controls = [
                ControlOnPath(
                    control: StreamID(prefix: "ct", uuid(1)), verifiedUntil: Moments.days(1))
            ]
            let held = Classifier.classify(inputs, at: Moments.start, policy)
            let byTables = max(bare.remediationRank, bare.deployerRank)
            let isInKEV = inputs.knownExploitedSince != nil

            #expect(bare.rank == (combination.isCritical ? max(2, byTables) : byTables))
            #expect(bare.isLiftedByScore == (combination.isCritical && byTables < 2))
            #expect(bare.slaSeconds == (bare.isLiftedByScore ? 30 : days[bare.rank]) * 86_400)
            #expect(held.rank == max(0, bare.rank - 1))
            #expect(held.slaSeconds >= bare.slaSeconds)
            if isInKEV { #expect(held.slaSeconds <= days[bare.remediationRank] * 86_400) }
            if combination.isCritical { #expect(held.slaSeconds <= 30 * 86_400) }
            if !isInKEV, !combination.isCritical {
                #expect(held.slaSeconds == days[held.rank] * 86_400)
            }
            #expect(held.asksForForensicHold == bare.asksForForensicHold)
            if bare.asksForForensicHold { #expect(bare.rank == 3 && isInKEV) }
            count += 1
        }
        #expect(count == 2 * 3 * 3 * 2 * 2 * 4 * 2)
    }

    @Test("A worse value never makes a finding less urgent, nor gives it more time")
    func monotonic() {
        let policy = ClassificationPolicy()
        for combination in Self.all() {
            let better = Classifier.classify(combination.inputs, at: Moments.start, policy)
            for inputs in combination.worse {
                let worse = Classifier.classify(inputs, at: Moments.start, policy)
                #expect(worse.rank >= better.rank)
                #expect(worse.slaSeconds <= better.slaSeconds)
            }
        }
    }

    private static func all() -> [Combination] {
        var all: [Combination] = []
        for isInKEV in [false, true] {
            for row in DeployerRow.combinations {
                for impact in TechnicalImpact.allCases {
                    for tenths in [89, 90] {
                        all.append(combination(isInKEV, row, impact, tenths))
                    }
                }
            }
        }
        return all
    }

    private static func combination(
        _ isInKEV: Bool, _ row: DeployerRow.Inputs, _ impact: TechnicalImpact, _ tenths: Int
    ) -> Combination {
        var inputs = ClassificationTests.Case.quiet
        inputs.knownExploitedSince = isInKEV ? Moments.start : nil
        inputs.exposure = row.exposure
        inputs.criticality = row.criticality
        inputs.ratings = [Vectors.rating(base: tenths)]
        inputs.ssvc = SSVCSignals(
            exploitation: row.exploitation, automatable: row.automatable, technicalImpact: impact)
        var worse: [ClassificationInputs] = []
        func add(_ change: (inout ClassificationInputs) -> Void) {
            var changed = inputs
            change(&changed)
            worse.append(changed)
        }
        add { $0.knownExploitedSince = Moments.start }
        add { $0.ratings = [Vectors.rating(base: 90)] }
        if let exposure = next(row.exposure) { add { $0.exposure = exposure } }
        if let criticality = next(row.criticality) { add { $0.criticality = criticality } }
        add {
            $0.ssvc = SSVCSignals(
                exploitation: next(row.exploitation) ?? .active, automatable: .yes,
                technicalImpact: .total)
        }
        return Combination(inputs: inputs, isCritical: tenths >= 90, worse: worse)
    }

    /// The next worse value; nil for the worst.
    private static func next<Value: DecisionPoint>(_ value: Value) -> Value? {
        let all = Array(Value.allCases)
        guard let index = all.firstIndex(of: value), index + 1 < all.count else { return nil }
        return all[index + 1]
    }
}
