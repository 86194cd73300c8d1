package import EventSourcing

package enum PatchRejection: DomainRejection {
    case unknown
    case alreadyIdentified(StreamID)
    case badField(FieldFault)
    case reasonMissing
    /// - needed: The states in which it can be done.
    case wrongState(PatchState, needed: [PatchState])
    case assetsApply(Int)
    case acquisitionUnderWay
    case quarantined
    case strataMissing([StratumCoverage])
    case sampleEmpty
    case sampleTooLarge(Int)
    case notALabHost(String, Environment)
    case sampledTwice(String)
    case noSuchSampleHost(StreamID)
    case stepNotDue(QualificationStep, asset: StreamID)
    case stepNotBegun(QualificationStep, asset: StreamID)
    case stepUnderWay(QualificationStep, asset: StreamID)
    case staleFence(Int64, latest: Int64)
    case wrongResult(String, step: String)
    case staleEvidence(given: Digest, current: Digest)
    case evidenceTooOld(gathered: Timestamp, oldest: Timestamp)
    case expiryOutOfRange(Timestamp, earliest: Timestamp, latest: Timestamp)
    case noTargets
    case targetsNotCovered([PlatformStratum])
    case staleBinding(given: Digest, current: Digest)
    case mayNotApprove(String, ApprovalBar)
    /// - missing: How many other people are waited for.
    case alreadyApproved(String, missing: Int)
    case approverRoleNeeded(String)
    /// Whoever approves in that role has done so.
    case otherRoleAwaited(Role, [Role])
    case approvalExpired(Timestamp)
    case urgentNeedsException
    case rolloutsOpen(Int)
    case notDueYet(PatchTimer, Timestamp)
    case supersedesItself
    case evidenceMissing([EvidenceItem])
    case findingsDisputed([StreamID])
    case knownFlaws([KnownFlaw])
    /// The advisories were not matched with the artefact yet.
    case notMatched(Digest)
    case noFlaws
    case staleFlaws(given: Digest, current: Digest)
    case introducedFlaws([String])
    case noSuchFlaw(String, known: [String])
    case mendsItself
    case standingDoesNotFit(StreamID, StandingMisfit)
    case alreadyInEmergency(StreamID)
    case smokeNeedsEmergency
    case smokeOfOtherPlatforms([PlatformStratum])
    /// The emergency is over, or isn't for these assets.
    case smokeIsNotEnough(StreamID)

    package var kind: RejectionKind {
        switch self {
        case .unknown, .noSuchSampleHost: .notFound
        case .mayNotApprove, .alreadyApproved, .approverRoleNeeded, .otherRoleAwaited: .notAllowed
        case .staleFence, .staleEvidence, .staleBinding, .evidenceTooOld, .staleFlaws: .stale
        case .badField, .reasonMissing, .strataMissing, .sampleEmpty, .sampleTooLarge,
            .notALabHost, .sampledTwice, .wrongResult, .expiryOutOfRange, .noTargets,
            .smokeOfOtherPlatforms, .targetsNotCovered, .supersedesItself, .noSuchFlaw,
            .mendsItself:
            .invalid
        case .alreadyIdentified, .wrongState, .assetsApply, .acquisitionUnderWay, .quarantined,
            .stepNotDue, .stepNotBegun, .stepUnderWay, .approvalExpired, .urgentNeedsException,
            .rolloutsOpen, .notDueYet, .evidenceMissing, .findingsDisputed, .knownFlaws, .noFlaws,
            .notMatched, .introducedFlaws, .standingDoesNotFit, .alreadyInEmergency,
            .smokeNeedsEmergency, .smokeIsNotEnough:
            .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-patch"
        case .alreadyIdentified: "already-identified"
        case .badField(let fault):
            "bad-\(fault.field.replacing("_", with: "-").replacing(".", with: "-"))"
        case .reasonMissing: "reason-missing"
        case .wrongState: "wrong-state"
        case .assetsApply: "assets-apply"
        case .acquisitionUnderWay: "acquisition-under-way"
        case .quarantined: "quarantined"
        case .strataMissing: "strata-missing"
        case .sampleEmpty: "sample-empty"
        case .sampleTooLarge: "sample-too-large"
        case .notALabHost: "not-a-lab-host"
        case .sampledTwice: "sampled-twice"
        case .noSuchSampleHost: "no-such-sample-host"
        case .stepNotDue: "step-not-due"
        case .stepNotBegun: "step-not-begun"
        case .stepUnderWay: "step-under-way"
        case .staleFence: "stale-fence"
        case .wrongResult: "wrong-result"
        case .staleEvidence: "stale-evidence"
        case .evidenceTooOld: "evidence-too-old"
        case .expiryOutOfRange: "expiry-out-of-range"
        case .noTargets: "no-targets"
        case .targetsNotCovered: "targets-not-covered"
        case .staleBinding: "stale-approval"
        case .mayNotApprove(_, let bar): bar.code
        case .alreadyApproved: "already-approved"
        case .approverRoleNeeded: "approver-role-needed"
        case .otherRoleAwaited: "other-role-awaited"
        case .approvalExpired: "approval-expired"
        case .urgentNeedsException: "urgent-needs-exception"
        case .rolloutsOpen: "rollouts-open"
        case .notDueYet: "not-due-yet"
        case .supersedesItself: "supersedes-itself"
        case .evidenceMissing: "evidence-missing"
        case .findingsDisputed: "findings-disputed"
        case .knownFlaws: "known-flaws"
        case .noFlaws: "no-known-flaws"
        case .notMatched: "not-matched"
        case .staleFlaws: "stale-flaws"
        case .introducedFlaws: "introduced-flaws"
        case .noSuchFlaw: "no-such-flaw"
        case .mendsItself: "mends-itself"
        case .standingDoesNotFit: "standing-does-not-fit"
        case .alreadyInEmergency: "already-in-emergency"
        case .smokeNeedsEmergency: "smoke-needs-emergency"
        case .smokeOfOtherPlatforms: "smoke-of-other-platforms"
        case .smokeIsNotEnough: "smoke-is-not-enough"
        }
    }
}

extension PatchRejection {
    package var message: String {
        switch self {
        case .unknown: "there is no such patch: identify it first, or list the patches"
        case .alreadyIdentified(let id): "patch \(id) is identified already: assess it"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .wrongState(let state, let needed):
            "the patch is \(state.rawValue): this needs "
                + needed.map(\.rawValue).joined(separator: ", ")
        case .assetsApply(let count):
            "\(count) assets offer this patch: dismiss it as notAffected, or assess it anew"
        case .acquisitionUnderWay: "the patch is being acquired already: wait for the result"
        case .quarantined:
            "the files that were fetched are in quarantine: find out why, then reopen the patch"
        case .supersedesItself: "successor is the patch itself: name another patch"
        case .noTargets: "targets is empty: choose a selector that matches at least one asset"
        case .urgentNeedsException:
            "the patch is urgent: it can only be put off by an exception of the risk owner"
        case .rolloutsOpen(let count):
            "\(count) rollouts of it are open: cancel or abort them first"
        case .notDueYet(let timer, let due): "timer '\(timer.rawValue)' is due at \(due): wait"
        case .evidenceMissing(let items):
            "evidence is missing: " + items.map(\.rawValue).joined(separator: ", ")
                + ": complete it, then document again"
        default: flawMessage
        }
    }

    private var flawMessage: String {
        switch self {
        case .findingsDisputed(let findings):
            "somebody still finds what this patch is to have mended: "
                + findings.prefix(5).map(\.text).joined(separator: ", ")
                + (findings.count > 5 ? " and \(findings.count - 5) more" : "")
                + ": look into it, then reopen these findings or reject the disputes"
        case .knownFlaws(let flaws):
            "the new version is known to have "
                + flaws.prefix(5).map { "\($0.vulnerability) (\($0.riskClass.rawValue))" }.joined(
                    separator: ", ") + (flaws.count > 5 ? " and \(flaws.count - 5) more" : "")
                + ", worse than what it mends: take a newer one, or let the risk owner accept it"
        case .notMatched(let artefact):
            "the advisories were not matched with the new version yet: wait for the finding monitor, "
                + "which looks within seconds; or let the risk owner take it without (accept-flaws "
                + "with the artefact's digest, \(artefact))"
        case .noFlaws: "no flaw is known that would have to be accepted: go on"
        case .staleFlaws(let given, let current):
            "what you saw, \(given), is not what is known now, \(current): look at it again"
        case .introducedFlaws(let flaws):
            "it introduced "
                + flaws.prefix(5).map { printable($0) }.joined(separator: ", ")
                + (flaws.count > 5 ? " and \(flaws.count - 5) more" : "")
                + ", worse than what it mends: link the hotfix that mends it, or let the risk owner "
                + "accept it"
        case .noSuchFlaw(let flaw, let known):
            "flaw '\(printable(flaw))' is not linked to this patch: "
                + (known.isEmpty
                    ? "link it first"
                    : "name one of "
                        + known.prefix(5).map { "'\(printable($0))'" }.joined(separator: ", "))
        case .mendsItself: "the hotfix is the patch itself: name the patch that mends the flaw"
        default: qualificationMessage
        }
    }

    private var qualificationMessage: String {
        switch self {
        case .strataMissing(let strata):
            "the sample lacks "
                + strata.map { "\($0.stratum) with \($0.targets) of the targets" }
                .joined(separator: ", ") + ": add a lab host for each"
        case .sampleEmpty: "sample is empty: name at least one lab host"
        case .sampleTooLarge(let count): "sample has \(count) hosts: name 50 at most"
        case .notALabHost(let name, let environment):
            "host '\(printable(name))' is in \(environment.rawValue): only lab hosts are tested on"
        case .sampledTwice(let name): "host '\(printable(name))' is named twice: name it once"
        case .noSuchSampleHost(let asset):
            "\(asset) is not a host of the running test: look at the patch's sample"
        case .stepNotDue(let step, let asset):
            "step '\(step.rawValue)' of \(asset) is not due: drop this work"
        case .stepNotBegun(let step, let asset):
            "step '\(step.rawValue)' of \(asset) was not begun under this claim: begin it first"
        case .stepUnderWay(let step, let asset):
            "step '\(step.rawValue)' of \(asset) is under way with another worker: wait"
        case .staleFence(let fence, let latest):
            "fence \(fence) is not above \(latest): the lease was lost, drop this work"
        case .wrongResult(let kind, let step):
            "result '\(kind)' does not answer '\(step)': report it as a bug"
        case .smokeNeedsEmergency:
            "a smoke sample is for emergencies, and none is in force for the patch: declare one, or "
                + "cover every platform"
        case .smokeOfOtherPlatforms(let strata):
            "the smoke sample has none of the targets' platforms: name a lab host with one of "
                + named(strata)
        default: approvalMessage
        }
    }

    private var approvalMessage: String {
        switch self {
        case .staleEvidence(let given, let current):
            "evidence \(given) is not the present one, \(current): look at it again"
        case .evidenceTooOld(let gathered, let oldest):
            "the evidence is from \(gathered), before \(oldest): test the patch again"
        case .expiryOutOfRange(let expiry, let earliest, let latest):
            "expires '\(expiry)' is not after \(earliest) and by \(latest): choose another time"
        case .targetsNotCovered(let strata):
            "the tests did not cover \(named(strata)) of the targets: test there, or narrow the "
                + "selector"
        case .staleBinding(let given, let current):
            "what you saw, \(given), is not what waits now, \(current): look at it again"
        case .mayNotApprove(let person, let bar):
            "'\(printable(person))' \(bar.rawValue): another person has to approve"
        case .alreadyApproved(let person, let missing):
            "'\(printable(person))' has approved it: \(missing) other people have to as well"
        case .approverRoleNeeded(let role):
            "role '\(printable(role))' does not approve it: use a token with the role approver, or "
                + "with one that its request for approval names"
        case .otherRoleAwaited(let role, let awaited):
            "enough people have approved it as \(role.rawValue): it waits for somebody as "
                + awaited.map(\.rawValue).joined(separator: " and as ")
        case .approvalExpired(let moment):
            "the request ended at \(moment): reopen the patch and submit it again"
        case .standingDoesNotFit(let standing, let misfit):
            "standing approval \(standing) does not fit: \(misfit.words); let a person approve it"
        case .alreadyInEmergency(let id):
            "the patch is under emergency \(id) already: end that one first"
        case .smokeIsNotEnough(let id):
            "the test was a smoke test for emergency \(id), which is over or for other assets: test "
                + "every platform"
        default: code
        }
    }

    private func named(_ strata: [PlatformStratum]) -> String {
        strata.map(\.description).joined(separator: ", ")
    }
}
