internal import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// What an analyst says of a patch.
package struct AssessmentByHand: Sendable, Equatable {
    /// nil takes the class of the findings that the patch mends; a class of theirs can be raised,
    /// not lowered.
    package let riskClass: RiskClass?
    /// Ids of the assets that it applies to; nil means those that are offered it.
    package let assets: [String]?
    package let services: [String]
    package let expectedDowntimeSeconds: Int
    package let isRebootExpected: Bool
    package let effortMinutes: Int
    package let checks: VerificationChecks
    /// Assets, by id, and services that depend on what the patch touches.
    package let dependents: [String]

    package init(
        riskClass: RiskClass?, assets: [String]? = nil, services: [String] = [],
        expectedDowntimeSeconds: Int = 0, isRebootExpected: Bool = false, effortMinutes: Int = 0,
        checks: VerificationChecks, dependents: [String] = []
    ) {
        self.riskClass = riskClass
        self.assets = assets
        self.services = services
        self.expectedDowntimeSeconds = expectedDowntimeSeconds
        self.isRebootExpected = isRebootExpected
        self.effortMinutes = effortMinutes
        self.checks = checks
        self.dependents = dependents
    }
}

extension UseCases {
    /// Records a vendor's fix. Its stream follows from the vendor's name for it, so that no fix
    /// can be recorded twice, by people and feeds at the same time either.
    ///
    /// What it supersedes is told of its successor.
    package func identify(
        _ identification: PatchIdentification, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .identifyPatch)
        let patch = Self.patch(ofVendorID: identification.vendorID)
        // A patch is decided for all sites together: the account's policy counts.
        let policy = try await policy(on: PolicyPath()).patch
        let command = PatchCommand.identify(identification, patch: patch, policy: policy)
        guard let predecessor = identification.supersedes else {
            return try await record(command, identification, patch, order)
        }
        guard try await bus.state(of: predecessor, as: PatchDecider.self).version > 0 else {
            throw InvalidInput(
                field: "supersedes",
                message: "there is no patch '\(predecessor)'; list the patches")
        }
        let written = try await record(command, identification, patch, order)
        _ = try await write(
            .supersede(by: patch), to: predecessor, as: PatchDecider.self, order, .supersedePatch,
            part: "supersede", options: partOptions(order),
            state: { $0.state?.rawValue })
        return written
    }

    static func patch(ofVendorID name: String) -> StreamID {
        StreamID(prefix: PatchDecider.prefix, .version5(namespace: vendors, name: name))
    }

    private static let vendors = UUID(
        uuid: (
            0x1c, 0x7a, 0x3f, 0x90, 0x44, 0x61, 0x5d, 0x0e, 0x8f, 0x25, 0x6b, 0x0a, 0x2d, 0x93,
            0x5e, 0x17
        ))

    /// Says how urgent the patch is, which assets it applies to and how it is verified.
    package func assess(
        _ id: String, _ assessment: AssessmentByHand, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .assessPatch) { return answer }
        let state = try await bus.state(of: patch, as: PatchDecider.self).state
        guard let packages = state.identification?.packages else { throw NotFound(patch) }
        let assets: [AssetFacts]
        if let named = assessment.assets {
            assets = try await facts(ofNamed: named, field: "assets")
            if let other = assets.first(where: { !$0.isOffered(packages) }) {
                throw InvalidInput(
                    field: "assets",
                    message: "'\(other.registration.name)' is not offered this patch; scan it for "
                        + "updates, or leave it out")
            }
        } else {
            assets = try await assetsOffered(packages)
        }
        let applicable = try assets.map {
            (asset: $0.id, stratum: try stratum(of: $0, field: "assets"))
        }
        let dependents = try await dependents(assessment.dependents)
        let urgency = try await urgency(
            assessment.riskClass, packages, on: Set(assets.map(\.id)),
            atLeast: try await highestClass(in: state.identification?.inside ?? []))
        let command = PatchCommand.assess(
            Assessment(
                riskClass: urgency.riskClass, reason: urgency.reason,
                applicable: ApplicableAssets(applicable), services: assessment.services,
                expectedDowntimeSeconds: assessment.expectedDowntimeSeconds,
                reboot: assessment.isRebootExpected ? .expected : .none,
                effortMinutes: assessment.effortMinutes, checks: assessment.checks,
                dependents: dependents))
        return try await send(
            command, to: patch, order,
            documents: [ApplicableAssets.document(of: assets.map(\.id))])
    }

    /// What was named, once each. Whoever names an asset names one that is there.
    private func dependents(_ named: [String]) async throws -> [String] {
        var dependents: [String] = []
        for name in named where !dependents.contains(name) { dependents.append(name) }
        let assets = dependents.filter { $0.hasPrefix(AssetDecider.prefix + "_") }
        if !assets.isEmpty { _ = try await facts(ofNamed: assets, field: "dependents") }
        return dependents
    }

    /// Says that the patch applies to nothing here: since no asset is offered it, or though some
    /// are.
    package func dismiss(_ id: String, reason: String, _ order: Order) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .dismissPatch) { return answer }
        let state = try await bus.state(of: patch, as: PatchDecider.self).state
        guard let packages = state.identification?.packages else { throw NotFound(patch) }
        var justification = Dismissal.notAffected
        if state.assessment == nil, try await assetsOffered(packages).isEmpty {
            justification = .noApplicableAsset
        }
        return try await send(.dismiss(justification, reason: reason), to: patch, order)
    }
}
