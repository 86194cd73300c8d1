/// The parts of a policy, each for decisions of one kind. A part's version rises only when it
/// changes, so that a new gate classifies no finding anew.
package enum PolicySection: String, Codable, Sendable, CaseIterable {
    /// Classes and deadlines of findings.
    case classification
    /// How a patch is tested and approved, and for how long that counts.
    case patch
    /// Batches, gates, retries and approvals of rollouts.
    case rollout
    case exceptions
    /// Which feeds open findings.
    case tracks
    /// When assets may be touched, and when not.
    case windows
    /// For how long what happened is kept where.
    case retention
    /// When the policy itself is to be looked at again.
    case review
}

/// Every number that a policy can set, by its path in the document. The paths are those of the
/// stored forms of `ClassificationPolicy`, `PatchPolicy`, `Policy` and `ExceptionPolicy`, so that a
/// document is laid over them as it is. Lists stand in the place of those above as a whole.
package enum PolicyField: String, Sendable, CaseIterable {
    case slaUrgent = "classification.sla.urgent_seconds"
    case slaImportant = "classification.sla.important_seconds"
    case slaImportantByScore = "classification.sla.important_by_score_seconds"
    case slaNonCritical = "classification.sla.non_critical_seconds"
    case slaNextUpgrade = "classification.sla.next_upgrade_seconds"
    case warningPercent = "classification.warning_percent"
    case holdSeconds = "classification.hold_seconds"
    case epssGeneral = "classification.epss.general"
    case epssModels = "classification.epss.models"
    case cvssFloor = "classification.cvss_floor_tenths"
    case cvssVersions = "classification.cvss_versions"
    case cvssSources = "classification.cvss_sources"
    case defaultExposure = "classification.defaults.exposure"
    case defaultCriticality = "classification.defaults.criticality"
    case defaultVector = "classification.defaults.cvss_vector"

    case patchApproval = "patch.approval_seconds"
    case patchEvidence = "patch.evidence_seconds"
    case patchDeferral = "patch.longest_deferral_seconds"
    case patchQualification = "patch.qualification_seconds"
    case patchRetries = "patch.retries"
    case patchRetryDelay = "patch.retry_delay_seconds"
    case patchProbes = "patch.probes"
    case patchProbeDelay = "patch.probe_delay_seconds"
    case approversUrgent = "patch.approvers.urgent"
    case approversImportant = "patch.approvers.important"
    case approversNonCritical = "patch.approvers.non_critical"
    case approverRolesUrgent = "patch.approver_roles.urgent"
    case approverRolesImportant = "patch.approver_roles.important"
    case approverRolesNonCritical = "patch.approver_roles.non_critical"
    case standingUrgent = "patch.standing.urgent"
    case standingImportant = "patch.standing.important"
    case standingNonCritical = "patch.standing.non_critical"
    case standingLongest = "patch.standing.longest_seconds"

    case rolloutApproval = "rollout.approval_expiry_seconds"
    case batchesUrgent = "rollout.batches.urgent"
    case batchesImportant = "rollout.batches.important"
    case batchesNonCritical = "rollout.batches.non_critical"
    case soakUrgent = "rollout.soak.urgent_seconds"
    case soakImportantFirst = "rollout.soak.important_first_seconds"
    case soakImportant = "rollout.soak.important_seconds"
    case soakNonCritical = "rollout.soak.non_critical_seconds"
    case gateMaxFailures = "rollout.gate.max_failures"
    case gateMaxPercent = "rollout.gate.max_percent"
    case gateMinSuccess = "rollout.gate.min_success_percent"
    case gateMaxAbsent = "rollout.gate.max_absent_percent"
    case gateMaxTotal = "rollout.gate.max_total_failures"
    case gateNeedsHealth = "rollout.gate.needs_health"
    case gateOnTrip = "rollout.gate.on_trip"
    case progressDeadline = "rollout.progress_deadline_seconds"
    case rolloutCapacity = "rollout.rollout_capacity"
    case predictedSeconds = "rollout.predicted_seconds_per_asset"
    case retries = "rollout.retries.retries"
    case retryFirstDelay = "rollout.retries.first_delay_seconds"
    case retryLongestDelay = "rollout.retries.longest_delay_seconds"
    case retryProbeDeadline = "rollout.retries.probe_deadline_seconds"
    case healthProbes = "rollout.health.probes"
    case healthInterval = "rollout.health.interval_seconds"
    case healthSample = "rollout.health.sample_hosts"
    case healthAnswers = "rollout.health.min_answers"
    case rebootPolicy = "rollout.reboot.policy"
    case rebootReturn = "rollout.reboot.return_seconds"
    case snapshotCommand = "rollout.snapshot.command"
    case snapshotLimit = "rollout.snapshot.limit_seconds"
    case snapshotNeededFor = "rollout.snapshot.needed_for"

    case exceptionLongest = "exceptions.longest_seconds"
    case exceptionReminders = "exceptions.reminder_seconds"

    case trackOS = "tracks.os"
    case trackThirdParty = "tracks.third_party"

    case maintenanceWindows = "windows.maintenance"
    case freezes = "windows.freezes"

    case retentionOnline = "retention.online_seconds"
    case retentionEvidence = "retention.evidence_seconds"

    case reviewInterval = "review.interval_seconds"

    /// The names of the members that lead to it.
    package var path: [String] { rawValue.split(separator: ".").map(String.init) }

    package var section: PolicySection {
        guard let section = PolicySection(rawValue: path[0]) else {
            preconditionFailure("\(rawValue) begins with no section of a policy")
        }
        return section
    }
}
