internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Nothing reboots that no scan asked for, and nothing counts as done before the boot that it needs.
extension DeploymentRules {
    /// A reboot is begun only where a scan found it due.
    func checkReboot(
        _ deployed: inout Deployed, _ data: inout JSONMembers, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        if !deployed.awaitsBoot {
            judgement.violation("I15", event, "no scan found a reboot due")
        }
        if deployed.isInDoubt { judgement.violation("I7", event, "rebooted without a probe") }
        deployed.steps.insert(.reboot)
        deployed.bootBefore = data.text("boot_id").map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func reboot(
        _ index: Int, _ kind: DeploymentKind, _ data: inout JSONMembers, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard kind == .rebootConfirmed else {
            if all[index].installFinishedBy == nil {
                judgement.violation("I15", event, "there is no installation before this scan")
            }
            return all[index].awaitsBoot = true
        }
        guard let after = data.text("boot_id") else { return judgement.unreadable(event) }
        if all[index].bootBefore == String(decoding: after, as: UTF8.self) {
            judgement.violation("I13", event, "the host shows the boot id that it had before")
        }
        all[index].awaitsBoot = false
        all[index].bootBefore = nil
        // What became of the order to reboot is known by the boot that was seen.
        if all[index].steps.contains(.reboot) { all[index].isInDoubt = false }
    }
}
