import EventSourcing

/// A fix must not bring something worse than what it mends.
extension PatchDecider {
    /// A report on files that are no longer the patch's says nothing.
    static func observeFlaws(
        _ report: FlawReport, _ context: CommandContext, _ patch: Patch
    ) -> [PatchEvent] {
        guard report.artefact == patch.artefact?.digest, report != patch.flaws else { return [] }
        return [.flawsObserved(KnownFlawsObserved(report: report, by: context.actor))]
    }

    static func acceptFlaws(
        _ digest: Digest, _ reason: String, _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        try PatchRejection.check(reason: reason)
        if patch.lacksMatch, let artefact = patch.artefact {
            guard digest == artefact.digest else {
                throw .staleFlaws(given: digest, current: artefact.digest)
            }
            return [
                .flawsAccepted(
                    KnownFlawsAccepted(
                        report: digest, accepted: [], reason: reason, by: context.actor))
            ]
        }
        guard let report = patch.flaws, !patch.blockingFlaws.isEmpty else { throw .noFlaws }
        guard report.digest == digest else {
            throw .staleFlaws(given: digest, current: report.digest)
        }
        return [
            .flawsAccepted(
                KnownFlawsAccepted(
                    report: digest, accepted: report.flaws, reason: reason, by: context.actor))
        ]
    }

    static func needNoFlaws(_ patch: Patch) throws(PatchRejection) {
        if patch.lacksMatch, let artefact = patch.artefact { throw .notMatched(artefact.digest) }
        let blocking = patch.blockingFlaws
        guard blocking.isEmpty else { throw .knownFlaws(blocking) }
        let introduced = patch.blockingIntroducedFlaws
        guard introduced.isEmpty else { throw .introducedFlaws(introduced.map(\.flaw)) }
    }

    static func evolveFlaws(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .flawsObserved(let observed): patch.flaws = observed.report
        case .flawsAccepted(let accepted):
            if patch.flaws == nil { patch.isMatchWaived = true }
            patch.acceptedFlaws = accepted.accepted
        case .acquired(let acquired):
            guard patch.flaws?.artefact != acquired.artefact else { return }
            patch.flaws = nil
            patch.acceptedFlaws = []
            patch.isMatchWaived = false
        default: break
        }
    }
}

extension Patch {
    /// The monitor has not looked yet at what the advisories say of the new version.
    package var lacksMatch: Bool {
        policy.needsMatch == true && artefact != nil && flaws == nil && !isMatchWaived
    }

    /// Those of a higher class than the patch itself that nobody has accepted, the most pressing
    /// first.
    package var blockingFlaws: [KnownFlaw] {
        guard let flaws, let assessment else { return [] }
        return flaws.flaws.filter { flaw in
            flaw.riskClass.rank > assessment.riskClass.rank
                && !acceptedFlaws.contains { $0.covers(flaw) }
        }
    }
}
