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
        case .signedOff(let signedOff):
            if signedOff.evidence != patch.evidence?.digest {
                judgement.violation("I14", event, "the evidence is not that of the test")
            }
        case .approvalRequested(let requested):
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
        if patch.signedOffBy == nil {
            judgement.violation("I14", event, "nobody signed the test off")
        }
    }

    private func declarers(of patch: Patch) -> [(Actor?, String)] {
        (patch.emergency?.declarers ?? []).map { ($0, "declared the emergency") }
    }

    /// - Returns: What was asked for; nil when nothing was.
    private func checkApprover(
        _ by: Actor, _ digest: Digest, _ patch: Patch, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) -> Approval? {
        people.check(approver: by.id, role: by.role, event, &judgement)
        guard let approval = patch.approval, patch.decision == .awaitingApproval else {
            judgement.violation("I14", event, "nobody asked for an approval")
            return nil
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
