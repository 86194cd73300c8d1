internal import EventSourcing
internal import PatchManagement

/// What other patches and exceptions are to a patch.
enum PatchRelations {
    static func apply(_ event: PatchEvent, to patch: inout PatchDocument) {
        switch event {
        case .introducedFlawLinked(let payload): link(payload, &patch)
        case .introducedFlawMended(let payload):
            change(payload.flaw, &patch) { $0.mendedBy = payload.hotfix.text }
        case .introducedFlawUnmended(let payload):
            change(payload.flaw, &patch) { $0.mendedBy = nil }
        case .introducedFlawAccepted(let payload):
            change(payload.flaw, &patch) { $0.acceptedBy = payload.by.id }
        case .mendedFlawLinked(let payload):
            patch.mends =
                (patch.mends ?? []) + [
                    PatchDocument.Mended(
                        patch: payload.mended.patch.text, flaw: payload.mended.flaw)
                ]
        case .heldInPack(let payload):
            patch.pack = PatchDocument.Membership(id: payload.pack.text, remaining: nil)
        case .resolvedElsewhere(let payload):
            patch.pack = PatchDocument.Membership(
                id: payload.pack.text, remaining: payload.remaining)
            guard payload.ended else { return }
            patch.exceptions = nil
            patch.enter(.resolvedElsewhere, from: [.deferred, .excepted])
        case .memberLeft(let payload): leave(payload, &patch)
        case .excepted(let payload):
            patch.exceptions = payload.exceptions.map(\.text)
            patch.enter(.excepted, from: [.deferred])
        case .exceptionEnded(let payload):
            patch.exceptions = nil
            patch.enter(payload.state, from: [.excepted])
        default: break
        }
    }

    /// What rested on the old combination falls; its files come again with an event of their own.
    private static func leave(_ payload: BundleMemberLeft, _ patch: inout PatchDocument) {
        let leaving = patch.members?.first { $0.patch == payload.patch.text }?.packages ?? []
        patch.members?.removeAll { $0.patch == payload.patch.text }
        patch.packages.removeAll { leaving.contains($0.name) }
        patch.artefactDigest = nil
        patch.flaws = nil
        patch.qualification?.evidenceDigest = nil
        patch.signedOffBy = nil
        patch.approval = nil
        patch.enter(patch.assessment == nil ? .identified : .assessed)
    }

    /// What was accepted was accepted with the class that it had.
    private static func link(_ payload: IntroducedFlawLinked, _ patch: inout PatchDocument) {
        var flaws = patch.introducedFlaws ?? []
        var flaw = PatchDocument.IntroducedFlaw(
            flaw: payload.flaw, riskClass: payload.riskClass?.rawValue, reason: payload.reason,
            linkedBy: payload.by.id, mendedBy: nil, acceptedBy: nil)
        if let index = flaws.firstIndex(where: { $0.flaw == payload.flaw }) {
            flaw.mendedBy = flaws[index].mendedBy
            flaws[index] = flaw
        } else {
            flaws.append(flaw)
        }
        patch.introducedFlaws = flaws
    }

    /// Events name a flaw as it was linked first.
    private static func change(
        _ flaw: String, _ patch: inout PatchDocument,
        _ change: (inout PatchDocument.IntroducedFlaw) -> Void
    ) {
        guard let index = patch.introducedFlaws?.firstIndex(where: { $0.flaw == flaw }) else {
            return
        }
        change(&patch.introducedFlaws![index])
    }
}
