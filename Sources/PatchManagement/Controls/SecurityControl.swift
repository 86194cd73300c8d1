package import EventSourcing

/// What a security control is.
package enum ControlKind: String, Codable, Sendable, CaseIterable {
    case firewall
    case webApplicationFirewall
    case intrusionPrevention
    case antivirus
    case endpointDetection
    case segmentation
    case hardening
    case other
}

/// A security control, and the assets that it protects.
package struct ControlRegistration: Codable, Hashable, Sendable {
    package let name: String
    package let kind: ControlKind
    package let description: String
    /// Sorted, without doubles.
    package let assets: [StreamID]
    /// Assets by environment, site and group; those that come later are protected as well.
    package let group: TargetSelector?

    package init(
        name: String, kind: ControlKind, description: String, assets: [StreamID] = [],
        group: TargetSelector? = nil
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.assets = Set(assets).sorted()
        self.group = group
    }

    package func protects(_ asset: StreamID, _ registration: AssetRegistration) -> Bool {
        assets.contains(asset) || (group?.matches(registration) ?? false)
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        for (field, value, longest) in [("name", name, 200), ("description", description, 4000)] {
            if let fault = FieldFault.inText(field, value, longest: longest) {
                faults.append(fault)
            }
        }
        if assets.count > 500 {
            faults.append(
                FieldFault(
                    field: "assets", value: "\(assets.count)",
                    rule: "at most 500: name a group instead"))
        }
        for asset in assets where asset.prefix != AssetDecider.prefix[...] {
            faults.append(
                FieldFault(
                    field: "assets", value: asset.text,
                    rule: "it does not begin with '\(AssetDecider.prefix)_'"))
        }
        if assets.isEmpty, group == nil {
            faults.append(
                FieldFault(
                    field: "assets", value: "", rule: "it protects nothing: name assets or a group")
            )
        }
        for name in (group?.sites ?? []) + (group?.groups ?? []) where HostName(name) == nil {
            faults.append(FieldFault(field: "group", value: name, rule: HostName.rule))
        }
        if let group, group.environments.isEmpty {
            faults.append(
                FieldFault(
                    field: "group", value: "", rule: "it names no environment: name one"))
        }
        return faults
    }
}

/// A security control, as its events leave it.
package struct SecurityControl: Sendable, Equatable {
    package var id: StreamID?
    package var registration: ControlRegistration?
    /// nil before it was registered.
    package var phase: ControlPhase?
    /// The last verification; of a control that lapsed, the one that lapsed.
    package var verification: ControlVerified?

    package init() {}

    /// Whether it may be counted on at `moment`.
    package func holds(at moment: Timestamp) -> Bool {
        phase == .verified && verification.map { moment < $0.until } ?? false
    }

    /// What a classification is told of it, for a flaw that it stands in the way of.
    package var onPath: ControlOnPath? {
        id.map {
            ControlOnPath(
                control: $0, verifiedUntil: phase == .verified ? verification?.until : nil)
        }
    }
}

package enum ControlPhase: String, Codable, Sendable, CaseIterable {
    /// Never verified, or changed since.
    case registered
    case verified
    case lapsed
}
