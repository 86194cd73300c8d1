package import EventSourcing
private import Advisories

/// Says how urgent a finding is. Pure: the same inputs, tables and policy give the same answer.
package enum Classifier {
    /// - Parameter moment: Decides which controls still hold.
    package static func classify(
        _ inputs: ClassificationInputs, at moment: Timestamp,
        by tables: DecisionTables = .published, _ policy: ClassificationPolicy
    ) -> Classification {
        let (facts, assumed) = facts(of: inputs, policy)
        let remediation = tables.remediation[
            RemediationRow.Inputs(
                isInKEV: facts.isInKEV, isPubliclyExposed: YesNo(facts.exposure == .open),
                automatable: facts.automatable, technicalImpact: facts.technicalImpact)]
        let deployer = tables.deployer[
            DeployerRow.Inputs(
                exploitation: facts.exploitation, exposure: facts.exposure,
                automatable: facts.automatable, criticality: facts.criticality)]
        let byTables = max(remediation.timeline.rank, deployer.priority.rank)
        let isCritical = facts.cvss >= policy.cvssFloor
        let isLifted = isCritical && byTables < floorRank
        let before = isLifted ? floorRank : byTables
        // One control takes one off; more of them take no more.
        let control = before > 0 ? holding(inputs.controls, at: moment) : nil
        let rank = control == nil ? before : before - 1

        var seconds = policy.sla.seconds(ofRank: rank)
        if isLifted, control == nil { seconds = policy.sla.importantByScore }
        // A control may lower the class, and never gives more time than KEV's row and the floor do.
        if facts.isInKEV == .yes {
            seconds = min(seconds, policy.sla.seconds(ofRank: remediation.timeline.rank))
        }
        if isCritical { seconds = min(seconds, policy.sla.importantByScore) }

        return Classification(
            facts: facts, remediationRow: tables.remediation.reference(to: remediation),
            deployerRow: tables.deployer.reference(to: deployer),
            remediationRank: remediation.timeline.rank, deployerRank: deployer.priority.rank,
            isLiftedByScore: isLifted, mitigatedBy: control, rank: rank,
            riskClass: RiskClass(rank: rank), slaSeconds: seconds,
            asksForForensicHold: remediation.timeline.asksForForensics, assumed: assumed)
    }

    /// What a critical CVSS score comes to by itself.
    private static let floorRank = 2

    private static func holding(_ controls: [ControlOnPath], at moment: Timestamp) -> StreamID? {
        controls.filter { $0.holds(at: moment) }.map(\.control).min()
    }

    private static func facts(
        of inputs: ClassificationInputs, _ policy: ClassificationPolicy
    ) -> (ClassificationFacts, [AssumedInput]) {
        let defaults = policy.sites.first { $0.site.lowercased() == inputs.site.lowercased() }
        let given = chosen(inputs.ratings, policy)
        let rating = given ?? defaults?.cvss
        var assumed: [AssumedInput] = []
        if inputs.exposure == nil { assumed.append(.exposure) }
        if inputs.criticality == nil { assumed.append(.criticality) }
        if given == nil { assumed.append(.cvss) }
        // Without a rating and a default, the worst that a rating could say.
        let facts = ClassificationFacts(
            isInKEV: YesNo(inputs.knownExploitedSince != nil),
            exploitation: exploitation(inputs, policy),
            exposure: inputs.exposure ?? defaults?.exposure ?? .open,
            automatable: inputs.ssvc.automatable ?? rating?.automatable ?? .yes,
            technicalImpact: inputs.ssvc.technicalImpact ?? rating?.technicalImpact ?? .total,
            criticality: inputs.criticality ?? defaults?.criticality ?? .veryHigh,
            cvss: rating?.base ?? CVSSScore(tenths: 100), vector: rating?.vector)
        return (facts, assumed)
    }

    private static func exploitation(
        _ inputs: ClassificationInputs, _ policy: ClassificationPolicy
    ) -> Exploitation {
        if inputs.knownExploitedSince != nil || inputs.ssvc.exploitation == .active {
            return .active
        }
        if inputs.ssvc.exploitation == .publicProof { return .publicProof }
        if let epss = inputs.epss, epss.score >= policy.epss.threshold(of: epss.model) {
            return .publicProof
        }
        return .notSeen
    }

    /// The rating that the policy prefers: by version, then by source; of those that are left the
    /// highest, so that the answer doesn't hang on the order in which feeds came.
    private static func chosen(
        _ ratings: [CVSSRating], _ policy: ClassificationPolicy
    ) -> CVSSRating? {
        func place(_ rating: CVSSRating) -> (Int, Int, Int) {
            let source = rating.source.lowercased()
            return (
                policy.cvssVersions.firstIndex(of: rating.version) ?? policy.cvssVersions.count,
                policy.cvssSources.firstIndex { $0.lowercased() == source }
                    ?? policy.cvssSources.count,
                -rating.base.tenths
            )
        }
        return ratings.min { left, right in
            let (first, second) = (place(left), place(right))
            return first == second
                ? (left.source, left.vector) < (right.source, right.vector) : first < second
        }
    }
}
