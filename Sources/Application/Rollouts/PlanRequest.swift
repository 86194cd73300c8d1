internal import EventSourcing
package import PatchManagement

/// What somebody wants a rollout to be.
package struct PlanRequest: Sendable, Equatable {
    /// The id of the patch.
    package var patch: String
    package var selection: AssetSelection
    /// Such as `1,5%,25%,rest`; nil takes the policy's for the class of the patch.
    package var batches: String?
    /// Of every batch; nil takes the policy's for the class of the patch, batch by batch.
    package var soakSeconds: Int?
    package var gate = GateChanges()
    /// How many assets may be under way at once; nil takes the policy's.
    package var capacity: Int?
    /// nil takes the policy's.
    package var rebootPolicy: RebootPolicy?
    /// Tries after the first one, and the seconds before the first of them; nil takes the policy's.
    package var retries: Int?
    package var firstRetryDelaySeconds: Int?
    /// Names of the policy's probes by which its hosts are asked for their health; none for not at
    /// all.
    package var probes: [String] = []
    /// The rollout whose failures it takes up again.
    var retryOf: StreamID?
    /// The tick that it is planned by.
    var schedule: PlanSchedule?

    package init(
        patch: String, selection: AssetSelection, batches: String? = nil, soakSeconds: Int? = nil
    ) {
        self.patch = patch
        self.selection = selection
        self.batches = batches
        self.soakSeconds = soakSeconds
    }
}

/// Numbers of the gate that differ from the policy's.
package struct GateChanges: Sendable, Equatable {
    package var maxFailures: Int?
    package var maxPercent: Int?
    package var minSuccessPercent: Int?
    package var maxAbsentPercent: Int?
    package var maxTotalFailures: Int?
    package var onTrip: GateSettings.OnTrip?

    package init() {}

    func applied(to settings: GateSettings) -> GateSettings {
        var changed = settings
        changed.maxFailures = maxFailures ?? settings.maxFailures
        changed.maxPercent = maxPercent ?? settings.maxPercent
        changed.minSuccessPercent = minSuccessPercent ?? settings.minSuccessPercent
        changed.maxAbsentPercent = maxAbsentPercent ?? settings.maxAbsentPercent
        changed.maxTotalFailures = maxTotalFailures ?? settings.maxTotalFailures
        changed.onTrip = onTrip ?? settings.onTrip
        return changed
    }
}

extension PlanRequest {
    static let longestSoakSeconds = 90 * 86_400
    static let largestCapacity = 10_000

    /// - Throws: `InvalidInput` for a number that nobody can mean, or a wish that isn't fulfilled.
    func check() throws(InvalidInput) {
        if let soakSeconds, !(0...Self.longestSoakSeconds).contains(soakSeconds) {
            throw InvalidInput(
                field: "soak_seconds",
                message: "\(soakSeconds) is not between 0 and \(Self.longestSoakSeconds), 90 days")
        }
        if let capacity, !(1...Self.largestCapacity).contains(capacity) {
            throw InvalidInput(
                field: "caps.total",
                message: "\(capacity) is not between 1 and \(Self.largestCapacity)")
        }
        if let retries, !(0...100).contains(retries) {
            throw InvalidInput(
                field: "retries.count", message: "\(retries) is not between 0 and 100")
        }
        if let delay = firstRetryDelaySeconds, !(1...86_400).contains(delay) {
            throw InvalidInput(
                field: "retries.first_delay_seconds",
                message: "\(delay) is not between 1 and 86400, a day")
        }
        guard rebootPolicy != .deferToWindow else {
            throw InvalidInput(
                field: "reboot_policy",
                message: "'deferToWindow' can't be carried out by itself: give 'ifRequired', which "
                    + "waits for the asset's window as well, or 'never'")
        }
    }
}
