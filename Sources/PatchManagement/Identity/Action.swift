/// Everything that can be asked of patchflow. Each needs a role: see `Authorisation`.
package enum Action: String, Codable, Sendable, CaseIterable {
    // Reading
    case readInventory, readPatches, readRollouts, readEvents, readActivities, readEvidence
    case readPeople, readProjections
    case readFindings, readExceptions, readControls, readReports

    // Feeds
    case readFeeds, watchFeed, watchInnerFeed, pinFeedKeys, takeFeed
    case recordFeedLook

    // Assets
    case importAssets, registerAsset, scanAsset, reportAsset, decommissionAsset
    case recordScan
    case reconcileCloud, forgetReportSource, replaceAsset, verifyImage, setAttributeRule
    case applyAttributeRules

    // Patches
    case identifyPatch, assessPatch, dismissPatch, acquirePatch, retryAcquisition
    case startQualification, cancelQualification, signOffPatch, submitPatch, approvePatch
    case rejectPatch, revokeApproval, reopenPatch, deferPatch, resumeDeferredPatch
    case withdrawPatch, reinstatePatch, supersedePatch, handPatchToOwner, documentPatch
    case recordQualificationWork, observeRollouts, firePatchTimer
    case observeFlaws, acceptFlaws, linkFlaws, groupPatches, observePatches

    case proposeStandingApproval, decideStandingApproval, revokeStandingApproval
    case useStandingApproval, fireStandingApprovalTimer

    // Emergencies and disasters
    case declareEmergency, declareBarredEmergency, endEmergency, reviewEmergency
    case fireEmergencyTimer
    case leadDisaster, finishDisasterStep, fireDisasterTimer

    // Rollouts
    case planRollout, requestRolloutApproval, approveRollout, rejectRollout, cancelRollout
    case startRollout, pauseRollout, resumeRollout, promoteRollout, abortRollout, rollBackRollout
    case observeDeployments, fireRolloutTimer, acknowledgeMiss

    // Schedules
    case makeSchedule, suspendSchedule, fireScheduleTimer, planBySchedule

    // Deployments
    case queueDeployment, recordDeploymentWork, cancelDeployment, orderDeploymentRollback
    case fireDeploymentTimer

    // Findings
    case openFinding, classifyFinding, correctFinding, treatFinding, disputeFinding
    case rejectDispute
    case resolveFinding, dismissFinding, reopenFinding, fireFindingTimer
    case placeForensicHold, collectForensicEvidence, decideForensicHold

    // Exceptions
    case requestException, decideException, revokeException, endException, fireExceptionTimer

    // Controls and baselines
    case registerControl, verifyControl, withdrawControl, fireControlTimer
    case setBaseline

    // Policies
    case readPolicies, proposePolicy, examinePolicy, publishPolicy, reviewPolicy, firePolicyTimer
    case statePolicyBuiltIn

    // Windows and freezes
    case createFreeze, liftFreeze, overrideFreeze
    case setCap, clearCap
    case postponeAsset

    // Identity
    case grantRole, revokeRole, issueToken, revokeToken
    case requestErasure, confirmErasure
}
