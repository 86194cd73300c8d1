package import EventSourcing

/// One patch of a bundle in the order of a deployment.
package struct DeploymentItem: Codable, Hashable, Sendable {
    package let patch: StreamID
    /// Names of its packages.
    package let packages: [String]

    package init(patch: StreamID, packages: [String]) {
        self.patch = patch
        self.packages = packages
    }
}

/// What became of one patch of a bundle on one host, as a scan has shown it.
package struct ItemOutcome: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case installed
        /// In effect after a reboot.
        case installedPendingReboot
        case alreadyInstalled
        /// None of its packages is on the host.
        case notApplicable
        case verificationFailed
    }

    package let patch: StreamID
    package let outcome: Outcome

    package init(patch: StreamID, outcome: Outcome) {
        self.patch = patch
        self.outcome = outcome
    }
}

/// What a scan of a host says.
package struct ItemEvidence: Sendable {
    /// What the host was to get.
    let pins: [PinnedPackage]
    let before: [PackageSelection]
    let after: [PackageSelection]
    /// The services run and the check command is content.
    var isHealthy = true
    var isRebootDue = false

    package init(
        pins: [PinnedPackage], before: [PackageSelection], after: [PackageSelection],
        isHealthy: Bool = true, isRebootDue: Bool = false
    ) {
        self.pins = pins
        self.before = before
        self.after = after
        self.isHealthy = isHealthy
        self.isRebootDue = isRebootDue
    }
}

extension DeploymentOrder {
    /// The outcome of each item; nil where the order is for one patch alone.
    package func outcomes(by evidence: ItemEvidence) -> [ItemOutcome]? {
        items?.map { ItemOutcome(patch: $0.patch, outcome: outcome(of: $0, evidence)) }
    }

    private func outcome(of item: DeploymentItem, _ evidence: ItemEvidence) -> ItemOutcome.Outcome {
        let own = evidence.pins.filter { item.packages.contains($0.name) }
        guard !own.isEmpty else { return .notApplicable }
        guard own.areReached(by: evidence.after) else { return .verificationFailed }
        if own.areReached(by: evidence.before) { return .alreadyInstalled }
        guard evidence.isHealthy else { return .verificationFailed }
        return evidence.isRebootDue ? .installedPendingReboot : .installed
    }
}

extension [PinnedPackage] {
    /// Each of them is there, in its version or a later one.
    package func areReached(by installed: [PackageSelection]) -> Bool {
        allSatisfy { pin in
            installed.contains {
                pin.isAnother(versionOf: $0) && isAtLeast($0.version, pin.version)
            }
        }
    }
}
