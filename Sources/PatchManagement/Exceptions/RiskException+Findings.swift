extension RiskException {
    /// What the findings in its scope are told of it; nil while nothing is granted, and after a
    /// denial.
    ///
    /// A deferral gives time. The acceptance of the risk, and a compensating control that a risk
    /// owner counts on, stop the clock until they end.
    package var findingCommand: FindingCommand? {
        guard let id, let request, let until else { return nil }
        switch phase {
        case .granted:
            let restart = restart ?? .keeps
            switch request.kind {
            case .acceptRisk, .compensatingControl:
                return .accept(exception: id, until: until, restart: restart)
            case .defer:
                return .moveDeadline(
                    exception: id, until: until, restart: restart, reason: request.reason)
            }
        case .expired where granted != nil:
            return .endTreatment(by: id, reason: "the exception has ended")
        case .revoked: return .endTreatment(by: id, reason: "the exception was revoked")
        case .requested, .denied, .expired, nil: return nil
        }
    }
}
