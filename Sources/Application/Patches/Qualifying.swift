internal import EventSourcing
private import PatchManagement

extension UseCases {
    /// Has the patch downloaded through the signed lists of `referenceAsset`; also again after a
    /// failure.
    package func acquire(
        _ id: String, referenceAsset: String, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .acquirePatch) { return answer }
        let reference = try await facts(of: referenceAsset, field: "reference_asset")
        return try await send(.acquire(from: reference.registration.host), to: patch, order)
    }

    /// Has the patch tested on lab assets.
    package func test(_ id: String, sample: [String], _ order: Order) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .startQualification) { return answer }
        let hosts = try await facts(ofNamed: sample, field: "sample").map { asset in
            guard !asset.isHeld else {
                throw InvalidInput(
                    field: "sample",
                    message:
                        "'\(asset.registration.name)' is under a forensic hold; release it, or "
                        + "name another lab asset")
            }
            return QualificationSample(
                host: asset.registration.host, stratum: try stratum(of: asset, field: "sample"),
                environment: asset.registration.environment, site: asset.registration.site)
        }
        // The targets are chosen among the assets of the assessment, whose platforms the decider
        // asks for by itself.
        return try await send(
            .startQualification(sample: hosts, targetStrata: []), to: patch, order)
    }

    package func cancelTest(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.cancelQualification(reason: reason), to: try patch(id), order)
    }

    /// Signs off the test that passed last.
    package func signOff(_ id: String, reason: String, _ order: Order) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .signOffPatch) { return answer }
        try need(reason: reason)
        let state = try await bus.state(of: patch, as: PatchDecider.self).state
        guard let current = state.state else { throw NotFound(patch) }
        guard let evidence = state.evidence else {
            throw PatchRejection.wrongState(current, needed: [.tested])
        }
        return try await send(
            .signOff(evidence: evidence.digest, reason: reason), to: patch, order)
    }
}
