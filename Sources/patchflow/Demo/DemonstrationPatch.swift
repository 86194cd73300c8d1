internal import Application
internal import PatchManagement
internal import SimulatedFleet

/// A patch of the demonstration: an update of the simulated archive.
struct DemonstrationPatch {
    /// The package that it updates.
    let name: String
    let riskClass: RiskClass
    /// What must run after it.
    let services: [String]
    let effortMinutes: Int

    /// Goes well, up to its evidence.
    static let documented = DemonstrationPatch(
        name: "pf-demo", riskClass: .important, services: ["pf-demo"], effortMinutes: 30)
    /// Stops cron on some hosts, which a gate finds.
    static let halted = DemonstrationPatch(
        name: "pf-floods", riskClass: .urgent, services: ["cron"], effortMinutes: 45)
    /// Waits for the visitor to approve it.
    static let waiting = DemonstrationPatch(
        name: "pf-slow", riskClass: .nonCritical, services: [], effortMinutes: 15)

    var identification: PatchIdentification {
        get throws {
            guard let update = SimulatedArchive.updates.first(where: { $0.name == name }) else {
                throw DemonstrationFailure("the simulated archive has no update of \(name)")
            }
            return PatchIdentification(
                vendorID: "simulated/\(name)/\(update.version)",
                title: "[simulated] \(name) \(update.version)", kind: .update, purpose: .security,
                sourcePackage: update.source, packages: [update.selection],
                origin: "Simulated:demonstration")
        }
    }

    var assessment: AssessmentByHand {
        AssessmentByHand(
            riskClass: riskClass, services: services, effortMinutes: effortMinutes,
            checks: VerificationChecks(packages: [name], services: services, command: nil))
    }
}
