/// What a patch has to stand on each lab host beside its installation: a load, and probes while it
/// is installed. Both are of the policy for rollouts, named by the tester.
package struct QualificationTrial: Codable, Hashable, Sendable {
    /// A command probe that puts a load on the host for as long as it runs; 0 is good.
    package var stress: HealthProbe?
    package var probes: [HealthProbe]

    package init(stress: HealthProbe? = nil, probes: [HealthProbe] = []) {
        self.stress = stress
        self.probes = probes
    }

    /// - Throws: When the policy has none of a name, or one can't be what it is named for.
    package init?(
        stress: String?, probes names: [String], in policy: HealthPolicy
    ) throws(PlanningError) {
        func named(_ name: String) throws(PlanningError) -> HealthProbe {
            guard let probe = policy.probes.first(where: { $0.name == name }) else {
                throw PlanningError(
                    "probe '\(printable(name))' is not among those of the policy for rollouts: "
                        + (policy.probes.isEmpty
                            ? "it has none, publish one first"
                            : "name " + policy.probes.map(\.name).joined(separator: ", ")))
            }
            return probe
        }
        guard stress != nil || !names.isEmpty else { return nil }
        guard names.count <= HealthPlan.mostProbes else {
            throw PlanningError(
                "probes has \(names.count) names: give at most \(HealthPlan.mostProbes)")
        }
        self.stress = try stress.map { name throws(PlanningError) in
            let probe = try named(name)
            guard probe.kind == .command else {
                throw PlanningError(
                    "stress '\(name)' is a \(probe.kind.rawValue) probe: name a command")
            }
            return probe
        }
        probes = []
        for name in names { probes.append(try named(name)) }
    }

    /// The step after `step`, which has passed; nil when nothing more is to be tried.
    func next(after step: QualificationStep) -> QualificationStep? {
        switch step {
        case .verify: stress == nil ? next(after: .stress) : .stress
        case .stress: probes.isEmpty ? nil : .probe
        case .precheck, .backUp, .install, .probe, .rollBack, .verifyRestored: nil
        }
    }
}
