package import EventSourcing
private import Advisories

package enum PatchKind: String, Codable, Sendable, CaseIterable {
    case patch, hotfix, update, servicePack, firmware
}

package enum PatchPurpose: String, Codable, Sendable, CaseIterable {
    case security, bugFix, feature
}

extension PatchKind {
    /// Whether a patch of this kind may wait until others are deployed with it: a hotfix for security
    /// goes alone, in the next window after its qualification.
    package func mayWaitForOthers(_ purpose: PatchPurpose) -> Bool {
        !(self == .hotfix && purpose == .security)
    }
}

/// What the vendor ships.
package struct PatchIdentification: Codable, Hashable, Sendable {
    /// The vendor's own name for it, such as an advisory's id or `curl 7.88.1-10+deb12u8`.
    package let vendorID: String
    package let title: String
    package let kind: PatchKind
    package let purpose: PatchPurpose
    package let sourcePackage: String
    /// The packages and versions that it brings.
    package internal(set) var packages: [PackageSelection]
    /// Where it comes from, such as `Debian:12.10/stable-security`.
    package let origin: String
    package let supersedes: StreamID?
    /// The patches that a service pack holds, sorted; nil for none.
    package let holds: [StreamID]?
    /// The patches that a vendor's set was put together from; nil for a patch of its own.
    package let parts: [PatchPart]?
    /// The patches that are deployed together by a bundle; nil for a patch of its own.
    package internal(set) var members: [PatchPart]?

    package init(
        vendorID: String, title: String, kind: PatchKind, purpose: PatchPurpose,
        sourcePackage: String, packages: [PackageSelection], origin: String,
        supersedes: StreamID? = nil, holds: [StreamID] = [], parts: [PatchPart] = [],
        members: [PatchPart] = []
    ) {
        self.vendorID = vendorID
        self.title = title
        self.kind = kind
        self.purpose = purpose
        self.sourcePackage = sourcePackage
        self.packages = packages
        self.origin = origin
        self.supersedes = supersedes
        self.holds = holds.isEmpty ? nil : Set(holds).sorted()
        self.parts = parts.isEmpty ? nil : parts
        self.members = members.isEmpty ? nil : members
    }

    private enum CodingKeys: String, CodingKey {
        case vendorID = "vendor_id"
        case title, kind, purpose
        case sourcePackage = "source_package"
        case packages, origin, supersedes, holds, parts, members
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        for (field, value) in [("vendor_id", vendorID), ("title", title), ("origin", origin)] {
            if let fault = FieldFault.inText(field, value, longest: 500) { faults.append(fault) }
        }
        if PackageName(sourcePackage) == nil {
            faults.append(
                FieldFault(field: "source_package", value: sourcePackage, rule: PackageName.rule))
        }
        if packages.isEmpty || packages.count > 200 {
            faults.append(
                FieldFault(
                    field: "packages", value: "\(packages.count)",
                    rule: "a patch brings 1 to 200 packages"))
        }
        var seen: [String] = []
        for package in packages {
            faults += package.faults
            let key = "\(package.name):\(package.architecture)"
            if seen.contains(key) {
                faults.append(
                    FieldFault(field: "packages", value: key, rule: "a package is named once"))
            }
            seen.append(key)
        }
        return faults + holdFaults + memberFaults
    }

    private var holdFaults: [FieldFault] {
        guard let holds else { return [] }
        var faults: [FieldFault] = []
        if kind != .servicePack {
            faults.append(
                FieldFault(
                    field: "holds", value: "\(holds.count)",
                    rule: "a \(kind.rawValue) holds no other patches: only a servicePack does"))
        }
        if holds.count > 200 {
            faults.append(
                FieldFault(
                    field: "holds", value: "\(holds.count)",
                    rule: "a service pack holds at most 200 patches"))
        }
        for id in holds where id.prefix != PatchDecider.prefix[...] {
            faults.append(
                FieldFault(field: "holds", value: id.text, rule: "it is not the id of a patch"))
        }
        return faults
    }
}

extension PackageSelection {
    var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if PackageName(name) == nil {
            faults.append(FieldFault(field: "package", value: name, rule: PackageName.rule))
        }
        if PackageArchitecture(architecture) == nil {
            faults.append(
                FieldFault(
                    field: "architecture", value: architecture, rule: PackageArchitecture.rule))
        }
        do {
            _ = try DebianVersion(version)
        } catch {
            faults.append(
                FieldFault(field: "version", value: version, rule: error.problem.rawValue))
        }
        return faults
    }
}

extension FieldFault {
    /// What is wrong with a text that people write and read.
    static func inText(_ field: String, _ value: String, longest: Int) -> FieldFault? {
        if isBlank(value) {
            return FieldFault(field: field, value: value, rule: "it is empty: say something")
        }
        let isPlain = value.unicodeScalars.allSatisfy {
            ($0.value >= 32 && !(0x7f...0x9f).contains($0.value)) || $0 == "\n"
        }
        guard isPlain, value.utf8.count <= longest else {
            return FieldFault(
                field: field, value: value,
                rule: "at most \(longest) bytes without control characters")
        }
        return nil
    }
}

/// The numbers by which a patch is decided. Copied into its first event, so that a later change of
/// policy never alters what was decided.
package struct PatchPolicy: Codable, Hashable, Sendable {
    /// The longest life of an approval.
    package var approvalSeconds = 30 * 86_400
    /// How old the evidence may be when it is signed off, submitted and approved.
    package var evidenceSeconds = 30 * 86_400
    package var longestDeferralSeconds = 180 * 86_400
    /// How long a qualification may take.
    package var qualificationSeconds = 4 * 3600
    /// Tries of a step after the first, when nothing had begun.
    package var retries = 4
    package var retryDelaySeconds = 15
    /// Probes of a step in doubt.
    package var probes = 20
    package var probeDelaySeconds = 15
    /// nil stands for `ApproversByClass()`.
    package var approvers: ApproversByClass?
    /// nil stands for `ApproverRolesByClass()`.
    package var approverRoles: ApproverRolesByClass?
    /// Nothing is submitted or approved before the advisories were matched with the new version. nil
    /// in the streams of patches from before that was asked for, and stands for false.
    package var needsMatch: Bool?
    /// Which classes may have a standing approval; nil stands for `StandingPolicy()`.
    package var standing: StandingPolicy?

    package init() {}

    /// How many people have to approve a patch of that class.
    package func approvers(of riskClass: RiskClass) -> Int {
        let approvers = approvers ?? ApproversByClass()
        return switch riskClass {
        case .urgent: approvers.urgent
        case .important: approvers.important
        case .nonCritical: approvers.nonCritical
        }
    }

    private enum CodingKeys: String, CodingKey {
        case approvalSeconds = "approval_seconds"
        case evidenceSeconds = "evidence_seconds"
        case longestDeferralSeconds = "longest_deferral_seconds"
        case qualificationSeconds = "qualification_seconds"
        case retries
        case retryDelaySeconds = "retry_delay_seconds"
        case probes
        case probeDelaySeconds = "probe_delay_seconds"
        case approvers
        case approverRoles = "approver_roles"
        case needsMatch = "needs_match"
        case standing
    }
}

/// How many people have to approve a patch, by its class.
package struct ApproversByClass: Codable, Hashable, Sendable {
    package var urgent = 1
    package var important = 1
    package var nonCritical = 1

    package static let most = 5

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case urgent, important
        case nonCritical = "non_critical"
    }
}
