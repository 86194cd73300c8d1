internal import Application
internal import EventSourcing
internal import PatchManagement

extension PatchWork {
    /// One step of a test on a lab host.
    func runQualification(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
        let asset = task.host.asset
        let patch = try await bus.state(of: activity.stream, as: PatchDecider.self).state
        let isProbe = if case .probe = task.work { true } else { false }
        var right: DispatchRight?
        if task.step.needsIntent, !isProbe {
            right = try await begin(task.step, activity, asset, patch.permit(for: asset))
            guard right != nil else { return }
        }
        do {
            try await perform(activity, order(activity, task.host, task.work), right) { result in
                var options = using(activity, .complete)
                options.documents = [PatchDecider.document(of: result)]
                try await settle(
                    activity, PatchDecider.self,
                    .recordResult(task.step, asset: asset, fence: activity.claim.fence, result),
                    context(activity, "result"), options)
            }
        } catch is NotBegun {
            try await loseQualification(task.step, activity, asset, .complete)
        }
    }

    private func begin(
        _ step: QualificationStep, _ activity: ClaimedActivity, _ asset: StreamID,
        _ permit: Permit?
    ) async throws -> DispatchRight? {
        guard let permit else {
            try await drop(activity)
            return nil
        }
        var options = using(activity, .hold)
        options.permit = permit
        let asked = surroundings.instant()
        do {
            _ = try await bus.send(
                .beginStep(
                    step, asset: asset, worker: activity.claim.worker,
                    fence: activity.claim.fence),
                to: activity.stream, as: PatchDecider.self, context(activity, "begin"), options)
            return right(activity, permit, asked: asked) {
                // Other hosts' results move the stream as well.
                let (patch, version) = try await bus.state(
                    of: activity.stream, as: PatchDecider.self)
                guard patch.permit(for: asset)?.attempt == permit.attempt else { return nil }
                return StreamGuard(stream: activity.stream, version: version)
            }
        } catch let refusal as AppendRefusal {
            throw refusal.asPutBack ?? refusal
        } catch is PatchRejection {
            try await loseQualification(step, activity, asset, .complete)
            return nil
        }
    }

    private func loseQualification(
        _ step: QualificationStep, _ activity: ClaimedActivity, _ asset: StreamID,
        _ mode: ClaimUse.Mode
    ) async throws {
        try await settle(
            activity, PatchDecider.self,
            .loseLease(step, asset: asset, fence: activity.claim.fence),
            context(activity, "lost"), using(activity, mode))
    }

    func rescueQualification(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
        try await loseQualification(task.step, activity, task.host.asset, .rescue)
    }

    // MARK: Acquisition

    func runAcquisition(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(ScanTask.self, from: activity.data)
        try await perform(activity, order(activity, task.host, task.work)) { result in
            try await settle(
                activity, PatchDecider.self,
                .recordAcquisition(fence: activity.claim.fence, result),
                context(activity, "result"), using(activity, .complete))
        }
    }

    func rescueAcquisition(_ activity: ClaimedActivity) async throws {
        let lost = WorkFailure(.lost, "the worker that fetched the packages is gone")
        try await settle(
            activity, PatchDecider.self,
            .recordAcquisition(fence: activity.claim.fence, .failed(lost)),
            context(activity, "lost"), using(activity, .rescue))
    }

    // MARK: Evidence

    /// Compiles the evidence pack from the log and asks the patch to be documented by it.
    func compileEvidence(_ activity: ClaimedActivity) async throws {
        let pack = try await evidence.compile(activity.stream)
        var options = using(activity, .complete)
        options.documents = [pack.document]
        try await settle(
            activity, PatchDecider.self,
            .document(
                items: pack.present, pack: pack.document.digest,
                disputed: try await evidence.disputed(activity.stream)),
            context(activity, "document", role: .workflow), options)
    }
}
