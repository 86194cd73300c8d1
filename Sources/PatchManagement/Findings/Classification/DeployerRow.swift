/// When whoever runs a system should apply a patch. Source: SSVC, `ssvc:DSOI:1.0.0`.
package enum DeployerPriority: String, Sendable, CaseIterable {
    case `defer`
    case scheduled
    case outOfCycle = "out-of-cycle"
    case immediate

    /// 0 for what is put off, up to 3.
    package var rank: Int {
        switch self {
        case .defer: 0
        case .scheduled: 1
        case .outOfCycle: 2
        case .immediate: 3
        }
    }
}

/// A row of SSVC's table for deployers.
package struct DeployerRow: DecisionRow {
    package struct Inputs: Hashable, Sendable {
        package let exploitation: Exploitation
        package let exposure: Exposure
        package let automatable: YesNo
        /// The table's human impact.
        package let criticality: Criticality

        package init(
            exploitation: Exploitation, exposure: Exposure, automatable: YesNo,
            criticality: Criticality
        ) {
            self.exploitation = exploitation
            self.exposure = exposure
            self.automatable = automatable
            self.criticality = criticality
        }
    }

    package let id: Int
    package let inputs: Inputs
    package let priority: DeployerPriority

    package init(_ id: Int, _ inputs: Inputs, _ priority: DeployerPriority) {
        self.id = id
        self.inputs = inputs
        self.priority = priority
    }

    package static var combinations: [Inputs] {
        var all: [Inputs] = []
        for exploitation in Exploitation.allCases {
            for exposure in Exposure.allCases {
                for automatable in YesNo.allCases {
                    for criticality in Criticality.allCases {
                        all.append(
                            Inputs(
                                exploitation: exploitation, exposure: exposure,
                                automatable: automatable, criticality: criticality))
                    }
                }
            }
        }
        return all
    }

    /// Each line has the four rows from `first` on: those of low, medium, high and very high human
    /// impact, where exploitation, exposure and automatable are the same.
    /// Source: SSVC, decision table `ssvc:DT_DP:1.0.0`, "Deployer Patch Application Priority".
    package static let published = DecisionTable(
        published: "ssvc:DT_DP:1.0.0",
        [
            four(0, .notSeen, .internal, .no, .defer, .defer, .scheduled, .scheduled),
            four(4, .notSeen, .internal, .yes, .defer, .scheduled, .scheduled, .scheduled),
            four(8, .notSeen, .controlled, .no, .defer, .scheduled, .scheduled, .scheduled),
            four(12, .notSeen, .controlled, .yes, .scheduled, .scheduled, .scheduled, .scheduled),
            four(16, .notSeen, .open, .no, .defer, .scheduled, .scheduled, .scheduled),
            four(20, .notSeen, .open, .yes, .scheduled, .scheduled, .scheduled, .outOfCycle),
            four(24, .publicProof, .internal, .no, .defer, .scheduled, .scheduled, .scheduled),
            four(28, .publicProof, .internal, .yes, .scheduled, .scheduled, .scheduled, .scheduled),
            four(32, .publicProof, .controlled, .no, .defer, .scheduled, .scheduled, .scheduled),
            four(
                36, .publicProof, .controlled, .yes, .scheduled, .scheduled, .scheduled,
                .outOfCycle),
            four(40, .publicProof, .open, .no, .scheduled, .scheduled, .scheduled, .outOfCycle),
            four(44, .publicProof, .open, .yes, .scheduled, .scheduled, .outOfCycle, .outOfCycle),
            four(48, .active, .internal, .no, .scheduled, .scheduled, .outOfCycle, .outOfCycle),
            four(52, .active, .internal, .yes, .scheduled, .outOfCycle, .outOfCycle, .outOfCycle),
            four(56, .active, .controlled, .no, .scheduled, .scheduled, .outOfCycle, .outOfCycle),
            four(
                60, .active, .controlled, .yes, .outOfCycle, .outOfCycle, .outOfCycle, .outOfCycle),
            four(64, .active, .open, .no, .scheduled, .outOfCycle, .outOfCycle, .immediate),
            four(68, .active, .open, .yes, .outOfCycle, .outOfCycle, .immediate, .immediate),
        ].flatMap { $0 })

    private static func four(
        _ first: Int, _ exploitation: Exploitation, _ exposure: Exposure, _ automatable: YesNo,
        _ low: DeployerPriority, _ medium: DeployerPriority, _ high: DeployerPriority,
        _ veryHigh: DeployerPriority
    ) -> [DeployerRow] {
        zip(Criticality.allCases, [low, medium, high, veryHigh]).enumerated().map { offset, row in
            DeployerRow(
                first + offset,
                Inputs(
                    exploitation: exploitation, exposure: exposure, automatable: automatable,
                    criticality: row.0),
                row.1)
        }
    }
}
