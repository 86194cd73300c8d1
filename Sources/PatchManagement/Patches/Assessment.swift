package import EventSourcing

package enum RebootNeed: String, Codable, Sendable, CaseIterable {
    case none, expected, unknown
}

/// What a patch means for the fleet, as the analyst sees it. Shown at the approval, which binds it.
package struct Assessment: Codable, Hashable, Sendable {
    package let riskClass: RiskClass
    /// Why this class.
    package let reason: String
    package let applicable: ApplicableAssets
    /// Services that the installation touches.
    package let services: [String]
    package let expectedDowntimeSeconds: Int
    package let reboot: RebootNeed
    package let effortMinutes: Int
    package let checks: VerificationChecks
    /// Assets, by id, and services that depend on what the patch touches, in the order given; nil
    /// for none.
    package let dependents: [String]?

    package init(
        riskClass: RiskClass, reason: String, applicable: ApplicableAssets, services: [String],
        expectedDowntimeSeconds: Int, reboot: RebootNeed, effortMinutes: Int,
        checks: VerificationChecks, dependents: [String] = []
    ) {
        self.riskClass = riskClass
        self.reason = reason
        self.applicable = applicable
        self.services = services
        self.expectedDowntimeSeconds = expectedDowntimeSeconds
        self.reboot = reboot
        self.effortMinutes = effortMinutes
        self.checks = checks
        self.dependents = dependents.isEmpty ? nil : dependents
    }

    private enum CodingKeys: String, CodingKey {
        case riskClass = "risk_class"
        case reason, applicable, services
        case expectedDowntimeSeconds = "expected_downtime_seconds"
        case reboot
        case effortMinutes = "effort_minutes"
        case checks, dependents
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if let fault = FieldFault.inText("reason", reason, longest: 2000) { faults.append(fault) }
        if applicable.count < 1 {
            faults.append(
                FieldFault(
                    field: "applicable", value: "\(applicable.count)",
                    rule: "at least one asset must offer the patch: scan for updates, or dismiss it"
                ))
        }
        for service in services + checks.services where ServiceName(service) == nil {
            faults.append(FieldFault(field: "service", value: service, rule: ServiceName.rule))
        }
        for name in checks.packages where PackageName(name) == nil {
            faults.append(FieldFault(field: "checks.package", value: name, rule: PackageName.rule))
        }
        if services.count > 100 || checks.services.count > 100 || checks.packages.count > 200 {
            faults.append(
                FieldFault(
                    field: "services", value: "\(max(services.count, checks.services.count))",
                    rule: "at most 100 services and 200 packages are checked"))
        }
        if let command = checks.command, command.utf8.count > 4000 || command.contains("\0") {
            faults.append(
                FieldFault(
                    field: "checks.command", value: command,
                    rule: "a check command has at most 4000 bytes, none of them zero"))
        }
        faults += dependentFaults
        let numbers = [
            ("expected_downtime_seconds", expectedDowntimeSeconds),
            ("effort_minutes", effortMinutes),
        ]
        for (field, value) in numbers where !(0...10_000_000).contains(value) {
            faults.append(
                FieldFault(
                    field: field, value: "\(value)", rule: "it is not between 0 and 10000000"))
        }
        return faults
    }

    private var dependentFaults: [FieldFault] {
        guard let dependents else { return [] }
        var faults: [FieldFault] = []
        if dependents.count > 100 || Set(dependents).count != dependents.count {
            faults.append(
                FieldFault(
                    field: "dependents", value: "\(dependents.count)",
                    rule: "at most 100 are named, each once"))
        }
        for name in dependents {
            if let fault = FieldFault.inText("dependents", name, longest: 200) {
                faults.append(fault)
            }
        }
        return faults
    }
}

/// A set of assets: how many, on which platforms, and the digest of their ids, which are a
/// document.
package struct ApplicableAssets: Codable, Hashable, Sendable {
    package struct Stratum: Codable, Hashable, Sendable {
        package let stratum: PlatformStratum
        package let assets: Int
    }

    package let count: Int
    /// Digest of the sorted ids.
    package let assets: Digest
    /// Sorted by stratum.
    package let strata: [Stratum]

    /// - Parameter assets: In any order; an asset that comes twice counts once.
    package init(_ assets: [(asset: StreamID, stratum: PlatformStratum)]) {
        var sorted: [(asset: StreamID, stratum: PlatformStratum)] = []
        for next in assets.sorted(by: { $0.asset < $1.asset })
        where next.asset != sorted.last?.asset {
            sorted.append(next)
        }
        count = sorted.count
        self.assets = Digest(of: storedForm(sorted.map(\.asset)))
        var strata: [Stratum] = []
        for stratum in sorted.map(\.stratum).sorted() {
            if let last = strata.last, last.stratum == stratum {
                strata[strata.count - 1] = Stratum(stratum: stratum, assets: last.assets + 1)
            } else {
                strata.append(Stratum(stratum: stratum, assets: 1))
            }
        }
        self.strata = strata
    }

    /// The document behind `assets`: the sorted ids.
    package static func document(of assets: [StreamID]) -> Document {
        Document(
            mediaType: "application/json", bytes: storedForm(Array(Set(assets)).sorted()))
    }
}
