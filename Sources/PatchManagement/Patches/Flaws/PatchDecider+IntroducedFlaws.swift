import EventSourcing

/// "This patch introduced that flaw, mended by this hotfix."
extension PatchDecider {
    static func decideIntroducedFlaws(
        _ command: PatchCommand, _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        switch command {
        case .linkFlaw(let flaw, let riskClass, let reason):
            return try link(flaw, riskClass, reason, context, patch)
        case .mendFlaw(let name, let hotfix, let reason):
            try PatchRejection.check(reason: reason)
            let flaw = try known(name, patch)
            guard hotfix != patch.id else { throw .mendsItself }
            guard flaw.mendedBy != hotfix else { return [] }
            return [mended(flaw, hotfix, reason, context)]
        case .acceptIntroducedFlaw(let name, let reason):
            try PatchRejection.check(reason: reason)
            let flaw = try known(name, patch)
            guard flaw.mendedBy == nil, flaw.acceptedBy == nil else { return [] }
            return [
                .introducedFlawAccepted(
                    IntroducedFlawAccepted(flaw: flaw.flaw, reason: reason, by: context.actor))
            ]
        case .observeMending(let name, let hotfix, let stands):
            guard let flaw = patch.introducedFlaw(name) else { return [] }
            if stands, flaw.mendedBy == nil {
                return [mended(flaw, hotfix, "the patch that mends it counts again", context)]
            }
            if !stands, flaw.mendedBy == hotfix {
                return [
                    .introducedFlawUnmended(
                        IntroducedFlawUnmended(flaw: flaw.flaw, hotfix: hotfix))
                ]
            }
            return []
        case .noteMending(let mended):
            guard !patch.mends.contains(mended) else { return [] }
            return [
                .mendedFlawLinked(
                    MendedFlawLinked(mended: mended, stands: patch.mendsNothing ? false : nil))
            ]
        default: return []
        }
    }

    private static func link(
        _ flaw: String, _ riskClass: RiskClass?, _ reason: String, _ context: CommandContext,
        _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        if let fault = FieldFault.inText("flaw", flaw, longest: IntroducedFlaw.longestName) {
            throw .badField(fault)
        }
        guard !flaw.contains("\n") else {
            throw .badField(
                FieldFault(field: "flaw", value: flaw, rule: "it is more than one line"))
        }
        try PatchRejection.check(reason: reason)
        let known = patch.introducedFlaw(flaw)
        if let known {
            guard let riskClass, riskClass != known.riskClass else { return [] }
            // Lowered, it would block no more, and no risk owner would have accepted it.
            if let before = known.riskClass, riskClass.rank < before.rank {
                throw .badField(
                    FieldFault(
                        field: "risk_class", value: riskClass.rawValue,
                        rule: "it is '\(before.rawValue)' already: a class can be raised, not "
                            + "lowered; let the risk owner accept the flaw"))
            }
        }
        guard known != nil || patch.introducedFlaws.count < IntroducedFlaw.most else {
            throw .badField(
                FieldFault(
                    field: "flaw", value: flaw,
                    rule: "\(IntroducedFlaw.most) flaws are linked already: withdraw the patch"))
        }
        return [
            .introducedFlawLinked(
                IntroducedFlawLinked(
                    flaw: known?.flaw ?? flaw, riskClass: riskClass, reason: reason,
                    by: context.actor))
        ]
    }

    private static func mended(
        _ flaw: IntroducedFlaw, _ hotfix: StreamID, _ reason: String, _ context: CommandContext
    ) -> PatchEvent {
        .introducedFlawMended(
            IntroducedFlawMended(
                flaw: flaw.flaw, hotfix: hotfix, reason: reason, by: context.actor))
    }

    private static func known(
        _ flaw: String, _ patch: Patch
    ) throws(PatchRejection) -> IntroducedFlaw {
        guard let known = patch.introducedFlaw(flaw) else {
            throw .noSuchFlaw(flaw, known: patch.introducedFlaws.map(\.flaw))
        }
        return known
    }

    static func evolveIntroducedFlaws(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .introducedFlawLinked(let linked):
            // What was accepted was accepted with the class that it had.
            let flaw = IntroducedFlaw(
                flaw: linked.flaw, riskClass: linked.riskClass, reason: linked.reason,
                linkedBy: linked.by, mendedBy: patch.introducedFlaw(linked.flaw)?.mendedBy)
            if let index = index(of: linked.flaw, in: patch) {
                patch.introducedFlaws[index] = flaw
            } else {
                patch.introducedFlaws.append(flaw)
            }
        case .introducedFlawMended(let mended):
            guard let index = index(of: mended.flaw, in: patch) else { return }
            patch.introducedFlaws[index].mendedBy = mended.hotfix
        case .introducedFlawUnmended(let unmended):
            guard let index = index(of: unmended.flaw, in: patch) else { return }
            patch.introducedFlaws[index].mendedBy = nil
        case .introducedFlawAccepted(let accepted):
            guard let index = index(of: accepted.flaw, in: patch) else { return }
            patch.introducedFlaws[index].acceptedBy = accepted.by
        case .mendedFlawLinked(let linked): patch.mends.append(linked.mended)
        default: break
        }
    }

    private static func index(of flaw: String, in patch: Patch) -> Int? {
        let key = IntroducedFlaw.key(flaw)
        return patch.introducedFlaws.firstIndex { IntroducedFlaw.key($0.flaw) == key }
    }
}
