internal import EventSourcing
private import PatchManagement

/// What a test tries on each lab host beside the installation: names of the policy's probes.
package struct TrialRequest: Sendable, Equatable {
    /// A command that puts a load on the host.
    package var stress: String?
    package var probes: [String]

    package init(stress: String? = nil, probes: [String] = []) {
        self.stress = stress
        self.probes = probes
    }
}

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
    ///
    /// - Parameters:
    ///   - sample: Ids; none leaves it to patchflow, which takes lab assets that are offered the
    ///     patch, for each platform of the targets.
    ///   - trial: What it has to stand beside its installation.
    ///   - isSmoke: One lab host is enough, while an emergency is in force for the patch.
    package func test(
        _ id: String, sample: [String], trial: TrialRequest = TrialRequest(),
        isSmoke: Bool = false, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .startQualification) { return answer }
        let wanted = try await self.trial(trial)
        if sample.isEmpty {
            return try await send(
                .startQualification(
                    sample: try await chosenSample(of: patch, isSmoke: isSmoke),
                    targetStrata: [], trial: wanted, isSmoke: isSmoke),
                to: patch, order)
        }
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
            .startQualification(
                sample: hosts, targetStrata: [], trial: wanted, isSmoke: isSmoke), to: patch, order)
    }

    /// By the account's policy: a lab host is no place to loosen it.
    private func trial(_ request: TrialRequest) async throws -> QualificationTrial? {
        guard request != TrialRequest() else { return nil }
        let policy = try await rolloutPolicy(on: []).policy.health ?? HealthPolicy()
        do throws(PlanningError) {
            return try QualificationTrial(
                stress: request.stress, probes: request.probes, in: policy)
        } catch {
            throw InvalidInput(field: "trial", message: error.description)
        }
    }

    private func chosenSample(
        of patch: StreamID, isSmoke: Bool
    ) async throws -> [QualificationSample] {
        let state = try await bus.state(of: patch, as: PatchDecider.self).state
        guard let current = state.state else { throw NotFound(patch) }
        guard let assessment = state.assessment, let identification = state.identification else {
            throw PatchRejection.wrongState(current, needed: [.acquired])
        }
        let candidates = try await assetsOffered(identification.packages).compactMap { asset in
            let isLab = asset.registration.environment == .lab
            guard isLab, !asset.isHeld, let stratum = asset.stratum else {
                return SampleCandidate?.none
            }
            return SampleCandidate(
                QualificationSample(
                    host: asset.registration.host, stratum: stratum, environment: .lab,
                    site: asset.registration.site),
                packages: identification.packages.filter { asset.isOffered([$0]) }.map(\.name))
        }
        let chosen = SampleChoice.choose(
            candidates, covering: assessment.applicable.strata.map(\.stratum), of: patch)
        return isSmoke ? Array(chosen.prefix(1)) : chosen
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
