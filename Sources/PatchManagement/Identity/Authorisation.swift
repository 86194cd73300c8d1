/// Which role may ask for which action: deny by default, one row for each action.
///
/// This is the first of two doors. Which *person* may do it (requester is not approver, ...) is for
/// the deciders to say, on every path.
package enum Authorisation {
    package static func allows(_ role: Role, _ action: Action) -> Bool {
        roles(for: action).contains(role)
    }

    /// The first of `roles` that may do `action`, in their order: the role under which it is done
    /// and recorded. nil when none may.
    package static func role(among roles: [Role], for action: Action) -> Role? {
        roles.first { allows($0, action) }
    }

    package static func roles(for action: Action) -> [Role] {
        switch action {
        case .readInventory, .readPatches, .readRollouts, .readEvents, .readActivities,
            .readProjections, .readFeeds, .readFindings, .readExceptions, .readControls,
            .readPolicies, .readReports:
            everybodyWhoReads
        case .readEvidence: everybodyWhoReads
        case .readPeople: [.administrator, .auditor]
        case .importAssets, .registerAsset, .decommissionAsset, .replaceAsset,
            .applyAttributeRules:
            [.analyst, .releaseManager, .assetOwner]
        case .reconcileCloud, .verifyImage:
            [.analyst, .vendorWatch, .releaseManager, .assetOwner]
        // They reach assets of all owners.
        case .setAttributeRule: [.analyst, .releaseManager]
        // Findings end by it.
        case .forgetReportSource: [.analyst, .securityTester]
        case .reportAsset:
            [.analyst, .securityTester, .vendorWatch, .releaseManager, .assetOwner]
        case .watchFeed, .pinFeedKeys: [.vendorWatch, .administrator]
        // Its worker asks machines that aren't public.
        case .watchInnerFeed: [.administrator]
        case .takeFeed: [.vendorWatch, .monitor]
        case .scanAsset: [.vendorWatch, .analyst, .tester, .releaseManager, .monitor]
        case .recordScan, .recordQualificationWork, .recordDeploymentWork, .recordFeedLook:
            [.worker]
        case .grantRole, .issueToken: [.administrator, .installer]
        case .revokeRole, .revokeToken, .requestErasure: [.administrator]
        case .confirmErasure: [.administrator, .riskOwner]
        case .identifyPatch, .assessPatch, .dismissPatch, .acquirePatch, .retryAcquisition,
            .startQualification, .cancelQualification, .signOffPatch, .submitPatch, .approvePatch,
            .rejectPatch, .revokeApproval, .reopenPatch, .deferPatch, .resumeDeferredPatch,
            .withdrawPatch, .reinstatePatch, .supersedePatch, .handPatchToOwner, .documentPatch,
            .observeRollouts, .observeFlaws, .acceptFlaws, .linkFlaws, .groupPatches,
            .observePatches, .firePatchTimer:
            patchRoles(for: action)
        case .proposeStandingApproval, .decideStandingApproval, .revokeStandingApproval,
            .useStandingApproval, .fireStandingApprovalTimer, .declareEmergency,
            .declareBarredEmergency, .endEmergency, .reviewEmergency, .fireEmergencyTimer,
            .leadDisaster, .finishDisasterStep, .fireDisasterTimer:
            emergencyRoles(for: action)
        case .planRollout, .requestRolloutApproval, .approveRollout, .rejectRollout,
            .cancelRollout, .startRollout, .pauseRollout, .resumeRollout, .promoteRollout,
            .abortRollout, .rollBackRollout, .observeDeployments, .fireRolloutTimer,
            .queueDeployment, .cancelDeployment, .orderDeploymentRollback, .fireDeploymentTimer,
            .createFreeze, .liftFreeze, .overrideFreeze, .setCap, .clearCap,
            .postponeAsset, .acknowledgeMiss, .makeSchedule, .suspendSchedule,
            .fireScheduleTimer, .planBySchedule:
            rolloutRoles(for: action)
        case .openFinding, .classifyFinding, .correctFinding, .treatFinding, .disputeFinding,
            .rejectDispute,
            .resolveFinding, .dismissFinding, .reopenFinding, .fireFindingTimer,
            .placeForensicHold, .collectForensicEvidence, .decideForensicHold:
            findingRoles(for: action)
        case .requestException, .decideException, .revokeException, .endException,
            .fireExceptionTimer, .registerControl, .verifyControl, .withdrawControl,
            .fireControlTimer, .setBaseline:
            exceptionRoles(for: action)
        case .proposePolicy, .examinePolicy, .publishPolicy, .reviewPolicy, .firePolicyTimer,
            .statePolicyBuiltIn:
            policyRoles(for: action)
        }
    }

    private static func patchRoles(for action: Action) -> [Role] {
        switch action {
        case .identifyPatch, .withdrawPatch, .reinstatePatch, .supersedePatch: [.vendorWatch]
        case .assessPatch: [.analyst, .classifier]
        case .dismissPatch, .handPatchToOwner: [.analyst]
        case .acquirePatch, .retryAcquisition: [.analyst, .tester, .workflow]
        case .startQualification, .cancelQualification: [.tester]
        case .signOffPatch: [.securityTester]
        case .submitPatch: [.releaseManager]
        // A policy may ask for others beside the approvers; the decider holds each to that.
        case .approvePatch: [.approver] + ApproverRoleRule.roles
        case .revokeApproval: [.approver]
        case .rejectPatch: [.approver, .tester] + ApproverRoleRule.roles
        case .reopenPatch: [.analyst, .releaseManager]
        case .deferPatch, .resumeDeferredPatch: [.riskOwner]
        case .documentPatch: [.analyst, .workflow]
        case .observeRollouts: [.workflow]
        case .observeFlaws: [.monitor]
        case .acceptFlaws: [.riskOwner]
        case .linkFlaws: [.analyst, .vendorWatch]
        // A member that can't wait any longer leaves its bundle by itself.
        case .groupPatches: [.analyst, .releaseManager, .workflow]
        // What other patches and exceptions mean for one.
        case .observePatches: [.workflow]
        case .firePatchTimer: [.timer]
        default: []
        }
    }

    private static func rolloutRoles(for action: Action) -> [Role] {
        switch action {
        // By a schedule the workflow does, for whoever made it.
        case .planRollout, .requestRolloutApproval, .cancelRollout: [.releaseManager, .workflow]
        case .startRollout: [.releaseManager]
        // How much risk is borne, and for how long.
        case .acknowledgeMiss: [.riskOwner]
        case .makeSchedule: [.releaseManager]
        case .suspendSchedule: [.releaseManager, .incidentCommander]
        case .resumeRollout: [.releaseManager]
        case .approveRollout, .rejectRollout, .promoteRollout: [.approver]
        // Stopping is cheap to ask for and dear to miss: whoever watches may pause.
        case .pauseRollout:
            [.releaseManager, .approver, .incidentCommander, .analyst, .securityTester, .monitor]
        case .abortRollout, .rollBackRollout: [.releaseManager, .incidentCommander]
        // A freeze has to be quick, so that one person makes it.
        case .createFreeze, .liftFreeze, .setCap, .clearCap: [.releaseManager, .incidentCommander]
        case .overrideFreeze: [.incidentCommander]
        // The owner's wish, or what a release manager was told of it.
        case .postponeAsset: [.assetOwner, .releaseManager]
        case .observeDeployments, .queueDeployment, .cancelDeployment, .orderDeploymentRollback:
            [.workflow]
        case .fireRolloutTimer, .fireDeploymentTimer, .fireScheduleTimer: [.timer]
        case .planBySchedule: [.worker]
        default: []
        }
    }

    /// For what is approved beforehand, in a hurry, or after a disaster.
    private static func emergencyRoles(for action: Action) -> [Role] {
        switch action {
        case .proposeStandingApproval, .decideStandingApproval: [.approver]
        case .revokeStandingApproval: [.approver, .riskOwner, .incidentCommander]
        // They ask for it; it is the decision of the two who gave it.
        case .useStandingApproval: [.releaseManager]
        case .declareEmergency: [.incidentCommander, .releaseManager, .securityTester, .riskOwner]
        // While a review of the team's is overdue.
        case .declareBarredEmergency: [.riskOwner]
        case .endEmergency:
            [.incidentCommander, .releaseManager, .securityTester, .riskOwner, .approver]
        case .reviewEmergency: [.riskOwner, .incidentCommander, .securityTester, .analyst]
        case .leadDisaster: [.incidentCommander, .riskOwner]
        case .finishDisasterStep:
            [.incidentCommander, .riskOwner, .releaseManager, .analyst, .assetOwner]
        case .fireStandingApprovalTimer, .fireEmergencyTimer, .fireDisasterTimer: [.timer]
        default: []
        }
    }

    private static func findingRoles(for action: Action) -> [Role] {
        switch action {
        case .openFinding: [.classifier, .monitor, .analyst]
        case .classifyFinding: [.classifier, .monitor, .analyst]
        case .correctFinding: [.analyst, .riskOwner]
        // What stands in for a patch is decided elsewhere, by a grant or a verification; only the
        // workflow brings it here, so that nobody can name one that isn't there.
        case .treatFinding: [.workflow]
        case .disputeFinding: [.monitor, .analyst, .assetOwner]
        // By whoever looks into it, or the scanner itself; the owner of the asset may only doubt.
        case .rejectDispute: [.analyst, .monitor]
        case .resolveFinding: [.monitor, .workflow]
        case .dismissFinding: [.monitor, .analyst]
        // Whether an end was wrong is for a person to say; the monitor says what it sees.
        case .reopenFinding: [.analyst]
        case .placeForensicHold: [.incidentCommander, .analyst]
        case .collectForensicEvidence: [.incidentCommander, .securityTester]
        case .decideForensicHold: [.incidentCommander]
        case .fireFindingTimer: [.timer]
        default: []
        }
    }

    private static func exceptionRoles(for action: Action) -> [Role] {
        switch action {
        case .requestException: [.analyst, .assetOwner, .releaseManager, .riskOwner]
        case .decideException: [.riskOwner]
        case .revokeException: [.riskOwner, .incidentCommander]
        case .endException: [.workflow]
        case .registerControl: [.analyst, .securityTester]
        case .verifyControl: [.securityTester]
        case .withdrawControl: [.analyst, .securityTester, .incidentCommander, .monitor]
        case .setBaseline: [.analyst, .releaseManager]
        case .fireExceptionTimer, .fireControlTimer: [.timer]
        default: []
        }
    }

    private static func policyRoles(for action: Action) -> [Role] {
        switch action {
        case .proposePolicy: [.analyst, .releaseManager, .riskOwner]
        case .examinePolicy: [.analyst, .releaseManager, .riskOwner]
        // How much risk is borne, and for how long, is for the risk owner to say.
        case .publishPolicy, .reviewPolicy: [.riskOwner]
        case .firePolicyTimer: [.timer]
        // Whoever classifies by them.
        case .statePolicyBuiltIn: [.monitor]
        default: []
        }
    }

    private static let everybodyWhoReads: [Role] = [
        .viewer, .vendorWatch, .analyst, .tester, .securityTester, .approver, .releaseManager,
        .assetOwner, .riskOwner, .incidentCommander, .auditor, .administrator, .workflow, .monitor,
    ]
}
