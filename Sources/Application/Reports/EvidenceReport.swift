internal import EventSourcing
package import PatchManagement

extension UseCases {
    /// Closes the patch, when every item of the evidence is there.
    ///
    /// - Throws: `EvidenceIncomplete` that names what is missing.
    package func document(_ id: String, _ order: Order) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .documentPatch) { return answer }
        guard try await bus.state(of: patch, as: PatchDecider.self).version > 0 else {
            throw NotFound(patch)
        }
        let compiler = EvidenceCompiler(store: store, reads: reads)
        let pack = try await compiler.compile(patch)
        let document = pack.document
        do {
            return try await send(
                .document(
                    items: pack.present, pack: document.digest,
                    disputed: try await compiler.disputed(patch)), to: patch, order,
                documents: [document])
        } catch PatchRejection.evidenceMissing {
            throw EvidenceIncomplete(pack)
        }
    }

    /// The evidence of a patch, as of a moment.
    ///
    /// - Parameter isPartial: Whether what is there is shown though items are missing.
    /// - Throws: `EvidenceIncomplete` that names what is missing.
    package func evidence(
        of id: String, _ caller: Caller, _ moment: Moment, isPartial: Bool
    ) async throws -> EvidencePack {
        _ = try authorise(caller, .readEvidence)
        let patch = try patch(id)
        let last = try await position(moment)
        if let last {
            let head = try await store.head()
            guard last <= head else { throw QueryError.aheadOfLog(position: last, head: head) }
        }
        guard let first = try await store.read(patch, after: 0, limit: 1).first,
            first.position <= last ?? .max
        else { throw NotFound(.patch, id) }
        let pack = try await EvidenceCompiler(store: store, reads: reads).compile(patch, upTo: last)
        {
            try await name(of: $0, upTo: last)
        }
        guard isPartial || pack.missing.isEmpty else { throw EvidenceIncomplete(pack) }
        return pack
    }

    /// What the last token of somebody was issued for: the name in use here.
    private func name(of person: StreamID, upTo last: Int64?) async throws -> String? {
        try await tokens(of: person, upTo: last).last?.name
    }
}
