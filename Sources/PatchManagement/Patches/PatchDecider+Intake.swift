import EventSourcing

/// From the vendor's announcement to pinned files.
extension PatchDecider {
    static func identify(
        _ identification: PatchIdentification, _ id: StreamID, _ policy: PatchPolicy,
        _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        if let id = patch.id {
            if patch.identification == identification { return [] }
            throw .alreadyIdentified(id)
        }
        if let fault = identification.faults.first { throw .badField(fault) }
        guard identification.supersedes != id else { throw .supersedesItself }
        guard identification.holds?.contains(id) != true else {
            throw .badField(
                FieldFault(field: "holds", value: id.text, rule: "it is the pack itself"))
        }
        return [
            .identified(
                PatchIdentified(
                    patch: id, identification: identification, policy: policy, by: context.actor))
        ]
    }

    static func assess(
        _ assessment: Assessment, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need(
            [
                .identified, .assessed, .notApplicable, .acquisitionFailed, .acquired, .testFailed,
                .testInconclusive, .tested, .signedOff, .awaitingApproval, .rejected,
            ], current)
        if let fault = assessment.faults.first { throw .badField(fault) }
        guard patch.assessment != assessment || current == .notApplicable else { return [] }
        let pack = assessment.riskClass == .nonCritical ? nil : patch.membership?.pack
        return [
            .assessed(PatchAssessed(assessment: assessment, by: context.actor, pack: pack))
        ]
    }

    static func dismiss(
        _ justification: Dismissal, _ reason: String, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.identified, .assessed], current)
        try PatchRejection.check(reason: reason)
        if justification == .noApplicableAsset, let count = patch.assessment?.applicable.count {
            throw .assetsApply(count)
        }
        return [.dismissed(PatchDismissed(justification: justification, reason: reason))]
    }

    static func acquire(
        _ host: HostAddress, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        if patch.isQuarantined, current == .acquisitionFailed { throw .quarantined }
        try need([.assessed, .acquisitionFailed], current)
        guard patch.acquisition == nil else { throw .acquisitionUnderWay }
        return [
            .acquisitionRequested(
                AcquisitionRequested(
                    host: host, packages: patch.identification?.packages ?? [], tries: 1,
                    delaySeconds: 0, spentFence: 0, by: context.actor))
        ]
    }

    /// A result that nobody waits for, or that was heard already, says nothing new.
    static func recordAcquisition(
        _ fence: Int64, _ result: WorkResult, _ patch: Patch
    ) -> [PatchEvent] {
        guard let acquisition = patch.acquisition, fence > acquisition.spentFence else { return [] }
        let wanted = patch.identification?.packages ?? []
        switch result {
        case .acquired(let pins): return [acquired(pins, wanted)]
        case .failed(let failure):
            let isPassing =
                switch failure.cause {
                case .unreachable, .lost, .timedOut, .lockHeld, .badAnswer: true
                case .hostKeyMismatch, .refusedByHost, .digestMismatch, .badSignature,
                    .notAvailable, .diskFull, .invalidOrder:
                    false
                }
            guard isPassing, acquisition.tries <= patch.policy.retries else {
                return [failed(failure.cause, failure.detail)]
            }
            return [
                .acquisitionRequested(
                    AcquisitionRequested(
                        host: acquisition.host, packages: wanted, tries: acquisition.tries + 1,
                        delaySeconds: patch.policy.retryDelaySeconds, spentFence: fence,
                        by: acquisition.by))
            ]
        case .inventory, .offers, .precheck, .backUp, .executed, .verification, .probe, .checked,
            .asked:
            return [failed(.badAnswer, "result '\(result.kind)' does not answer 'acquire'")]
        }
    }

    /// The files must be exactly those that the patch brings: nothing missing, nothing more.
    private static func acquired(
        _ pins: [PinnedPackage], _ wanted: [PackageSelection]
    ) -> PatchEvent {
        let got = pins.map {
            PackageSelection(name: $0.name, architecture: $0.architecture, version: $0.version)
        }
        if let missing = wanted.first(where: { !got.contains($0) }) {
            return failed(.notAvailable, "\(missing.name) \(missing.version) was not fetched")
        }
        if let extra = got.first(where: { !wanted.contains($0) }) {
            return failed(.badAnswer, "\(extra.name) \(extra.version) is not part of the patch")
        }
        guard got.count == wanted.count, pins.allSatisfy({ $0.size > 0 }) else {
            return failed(.badAnswer, "a file was named twice, or is empty")
        }
        let sorted = pins.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
        return .acquired(PatchAcquired(artefact: Digest(of: storedForm(sorted)), pins: sorted))
    }

    private static func failed(_ cause: WorkFailure.Cause, _ detail: String) -> PatchEvent {
        .acquisitionFailed(
            AcquisitionFailed(
                cause: cause, detail: String(detail.prefix(1000)),
                quarantined: cause == .digestMismatch || cause == .badSignature))
    }
}
