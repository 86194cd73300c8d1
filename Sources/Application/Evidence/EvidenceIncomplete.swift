package import EventSourcing
package import PatchManagement

/// Something that the evidence of a patch must hold isn't there.
package struct EvidenceIncomplete: DomainRejection {
    package let missing: [EvidencePack.Item]

    init(_ pack: EvidencePack) {
        missing = pack.items.filter { !$0.isPresent }
    }

    package var code: String { "evidence-incomplete" }
    package var kind: RejectionKind { .wrongState }
    package var message: String {
        let items = missing.map { "\($0.item.rawValue) (\($0.finding))" }
        return "evidence is missing: \(items.joined(separator: ", ")); complete it and ask again"
    }
}
