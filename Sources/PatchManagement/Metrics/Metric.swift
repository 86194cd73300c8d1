/// What reports measure (domain.md §6), each defined once.
package enum Metric: String, Codable, Sendable, CaseIterable {
    case timeToPatch
    case timeToAssess
    case timeToQualify
    case timeToApprove
    case slaCompliance
    case coverage
    case exposureDays
    case rollbackRate
    case changeFailureRate
    case firstAttemptSuccess
    case canaryCatchRate
    case pendingReboots
    case exceptionDebt
    case exceptionOverdue
    case inventoryFreshness
    case postponements
    case emergencyShare
    case regressionRate
    case exposureAvoided

    package enum Unit: String, Codable, Sendable, CaseIterable {
        case hours
        case days
        case percent
        case daysPerHour
        case count
    }

    package var unit: Unit {
        switch self {
        case .timeToPatch, .timeToAssess, .timeToQualify, .timeToApprove, .pendingReboots: .hours
        case .exposureDays, .exceptionOverdue: .days
        case .slaCompliance, .coverage, .rollbackRate, .changeFailureRate, .firstAttemptSuccess,
            .canaryCatchRate, .exceptionDebt, .inventoryFreshness, .emergencyShare,
            .regressionRate:
            .percent
        case .postponements: .count
        case .exposureAvoided: .daysPerHour
        }
    }

    /// What is divided by what, and what is unknown: shown wherever the figure is.
    package var definition: String {
        switch self {
        case .timeToPatch:
            "from the start of a finding's clock to the evidence that it is patched, over findings "
                + "patched in the period; unknown: patched without a clock"
        case .timeToAssess:
            "from a patch's identification to its first assessment, over patches assessed in the "
                + "period; unknown: not assessed yet"
        case .timeToQualify:
            "from a patch's first assessment to its first passed test, over patches that passed in "
                + "the period; unknown: assessed and not tested yet"
        case .timeToApprove:
            "from a patch's first passed test to its first approval, over patches approved in the "
                + "period; unknown: tested and not approved yet"
        case .slaCompliance:
            "findings patched in time ÷ (patched + open past their deadline); unknown: without a "
                + "deadline, disputed after they were closed, or open on an asset without an inventory "
                + "for 7 days (past its deadline it counts below the line nevertheless)"
        case .coverage:
            "assets whose findings are all verified as gone ÷ assets with a finding at any time in "
                + "the period; unknown, and counted below the line: no inventory for 7 days"
        case .exposureDays:
            "days in the period during which findings were there, from opening to evidence that "
                + "was not taken back, over those findings; unknown: disputed"
        case .rollbackRate:
            "deployments rolled back ÷ installations begun in the period; unknown: state in doubt"
        case .changeFailureRate:
            "rollouts with a tripped gate ÷ rollouts started in the period; unknown: still under "
                + "way without a trip"
        case .firstAttemptSuccess:
            "deployments that succeeded at their first attempt ÷ deployments with an installation "
                + "begun in the period that have ended; unknown: not ended"
        case .canaryCatchRate:
            "rollouts whose first tripped gate was the canary's ÷ rollouts with a tripped gate, "
                + "started in the period"
        case .pendingReboots:
            "time since the installation was found to need a reboot, over deployments that wait "
                + "for one at the end of the period"
        case .exceptionDebt:
            "findings that a live exception accepts or defers ÷ findings not closed at the end of "
                + "the period"
        case .exceptionOverdue:
            "days past their own deadline of findings that a live exception accepts or defers, over "
                + "those findings; "
                + "unknown: without a deadline"
        case .inventoryFreshness:
            "active assets with an inventory of the last 7 days ÷ active assets; unknown: never "
                + "reported"
        case .postponements: "postponements by owners in the period, per owner"
        case .emergencyShare: "emergency rollouts ÷ rollouts started in the period"
        case .regressionRate:
            "findings that came back after they were resolved ÷ findings resolved in the period"
        case .exposureAvoided:
            "days from evidence to the end of the period of findings patched in it ÷ estimated "
                + "hours of effort of the patches verified in it; no figure while any of them "
                + "has no estimate, and unknown says how many"
        }
    }
}
