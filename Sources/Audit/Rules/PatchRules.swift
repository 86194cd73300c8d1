internal import EventSourcing
internal import FoundationEssentials
internal import PatchManagement
internal import TransparencyLog

/// Approvals of patches, and the touches of lab hosts (I5, I14, I15).
struct PatchRules {
    private struct Intent: Hashable {
        let attempt: UUID
        let step: QualificationStep
    }

    private var patches: [StreamKey: Patch] = [:]
    private var intents: [StreamKey: Set<Intent>] = [:]

    func patch(_ key: StreamKey) -> Patch? { patches[key] }

    mutating func read(
        _ event: EntryView, _ people: PeopleRules, _ emergencies: EmergencyRules,
        _ standing: StandingApprovalRules, _ assets: inout AssetRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(PatchEvent.self, event) else { return }
        var patch = patches[event.stream] ?? PatchDecider.initialState
        switch read {
        case .approved(let approved):
            if let note = approved.standing {
                standing.check(note, approved, patch, event, people, &judgement)
            } else {
                check(approved, patch, event, people, &judgement)
            }
        case .emergencyBegun(let begun): emergencies.check(begun, patch, event, &judgement)
        case .flawsAccepted(let accepted):
            people.check(accepted.by, mayDo: [.acceptFlaws], event, &judgement)
        case .approvalGiven(let given):
            people.check(author: given.by, event, &judgement)
            let approval = checkApprover(
                given.by, given.digest, patch, event, people, &judgement)
            if let approval, !isNext(given, of: approval) {
                judgement.violation(
                    "I14", event, "\(approval.needed) people have to approve, and it counts others")
            }
        case .qualificationStarted(let started):
            checkCoverage(started, patch, event, &judgement)
            emergencies.check(started, patch, event, &judgement)
        case .signedOff(let signedOff):
            checkAge(patch, event, &judgement)
            if signedOff.evidence != patch.evidence?.digest {
                judgement.violation("I14", event, "the evidence is not that of the test")
            }
        case .approvalRequested(let requested):
            checkAge(patch, event, &judgement)
            if requested.digest != requested.binding.digest {
                judgement.violation("I14", event, "the digest is not that of the binding")
            }
            emergencies.check(requested, patch, event, &judgement)
        case .stepBegun(let begun):
            intents[event.stream, default: []].insert(
                Intent(attempt: begun.attempt, step: begun.step))
            assets.raise(
                assets.index(of: begun.asset), begun.fence, event, &judgement)
        case .checkRecorded(let recorded):
            let intent = Intent(attempt: recorded.attempt, step: recorded.check.step)
            // Without a claim there was no worker, and nothing was done.
            let isOrphan =
                recorded.fence > 0 && recorded.check.step.needsIntent
                && intents[event.stream]?.contains(intent) != true
            if isOrphan {
                judgement.violation(
                    "I15", event, "the step '\(intent.step.rawValue)' was never begun")
            }
        default: break
        }
        PatchDecider.evolve(&patch, read)
        patches[event.stream] = patch
    }

    private func isNext(_ given: PatchApprovalGiven, of approval: Approval) -> Bool {
        given.needed == approval.needed && given.given == approval.given.count + 1
            && given.given < given.needed
    }

    private func check(
        _ approved: PatchApproved, _ patch: Patch, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        guard
            let approval = checkApprover(
                approved.by, approved.digest, patch, event, people, &judgement)
        else { return }
        if approval.given.count + 1 < approval.needed {
            judgement.violation(
                "I14", event,
                "\(approval.needed) people have to approve, and \(approval.given.count + 1) did")
        }
        if approved.artefact != patch.artefact?.digest {
            judgement.violation("I14", event, "the artefact is not the one that was tested")
        }
        if approved.evidence != patch.evidence?.digest {
            judgement.violation("I14", event, "the evidence is not that of the test")
        }
        checkAge(patch, event, &judgement)
        if patch.signedOffBy == nil {
            judgement.violation("I14", event, "nobody signed the test off")
        }
    }

    /// The sample has a host of every platform that the assessment found, and the measure of it that
    /// was recorded is right.
    private func checkCoverage(
        _ started: QualificationStarted, _ patch: Patch, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let sampled = Set(started.hosts.map(\.sample.stratum))
        let targets = patch.assessment?.applicable.strata ?? []
        for stratum in Set(targets.map(\.stratum) + started.required).sorted()
        where started.smoke == nil && !sampled.contains(stratum) {
            judgement.violation("I13", event, "no host of the sample is \(stratum)")
        }
        guard let coverage = started.coverage else { return }
        let measured = SampleChoice.coverage(of: started.hosts.map(\.sample), over: targets)
        if measured.contains(where: { !coverage.contains($0) }) {
            judgement.violation("I13", event, "the measure of the sample is not that of its hosts")
        }
    }

    /// What the test showed is not older than the patch's policy allows.
    private func checkAge(_ patch: Patch, _ event: EntryView, _ judgement: inout Judgement) {
        guard let evidence = patch.evidence else { return }
        Deadline.check(
            evidence.gathered + .seconds(patch.policy.evidenceSeconds + 1), event, &judgement)
    }

    private func declarers(of patch: Patch) -> [(Actor?, String)] {
        (patch.emergency?.declarers ?? []).map { ($0, "declared the emergency") }
    }

    /// - Returns: What was asked for; nil when nothing was.
    private func checkApprover(
        _ by: Actor, _ digest: Digest, _ patch: Patch, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) -> Approval? {
        guard let approval = patch.approval, patch.decision == .awaitingApproval else {
            people.check(approver: by.id, role: by.role, event, &judgement)
            judgement.violation("I14", event, "nobody asked for an approval")
            return nil
        }
        if let role = approval.roles.first(where: { $0.rawValue == by.role }) {
            people.check(holding: role, by: by.id, event, &judgement)
        } else {
            people.check(approver: by.id, role: by.role, event, &judgement)
        }
        let isAwaited = approval.awaited.contains { $0.rawValue == by.role }
        if !isAwaited, !approval.given.contains(where: { $0.id == by.id }) {
            judgement.violation(
                "I14", event,
                "\(by.id) approves as '\(by.role)', as which nobody more is waited for")
        }
        let earlier = approval.given.map { (Optional($0), "approved it before") }
        for (actor, deed) in [
            (approval.requester, "asked for it"), (patch.evidence?.tester, "tested it"),
            (patch.signedOffBy, "signed the test off"), (patch.lastEditor, "edited it last"),
        ] + earlier + declarers(of: patch) {
            for person in by.people where actor?.people.contains(person) == true {
                judgement.violation("I14", event, "\(person) approves and \(deed)")
            }
        }
        let current = patch.binding(approval.binding.selector, approval.binding.targets)
        if digest != approval.binding.digest || digest != current?.digest {
            judgement.violation("I14", event, "the digest is not that of what was asked for")
        }
        if patch.lacksMatch {
            judgement.violation("I14", event, "the advisories were not matched with it")
        }
        Deadline.check(approval.expires, event, &judgement)
        return approval
    }
}

/// Whether something was decided while that was still allowed (I14).
enum Deadline {
    /// Between a decision and its record may lie a wait for the database.
    private static let slack = Duration.seconds(300)

    static func check(_ expires: Timestamp, _ event: EntryView, _ judgement: inout Judgement) {
        let isInTime =
            Timestamp(microseconds: event.occurredAt) < expires
            && Timestamp(microseconds: event.recordedAt) < expires + slack
        if !isInTime {
            judgement.violation("I14", event, "it comes after \(expires), when that had expired")
        }
    }
}
