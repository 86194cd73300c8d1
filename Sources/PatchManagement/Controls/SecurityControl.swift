package import EventSourcing
private import FoundationEssentials

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

    /// Whether such a control stands between an attacker and a flaw.
    ///
    /// What works on the network stands in the way of attacks that come over it, as one of the
    /// ratings has to say (CVSS AV:N or AV:A); all else works on the host, where every attack ends.
    func isOnPath(toFlawRatedBy ratings: [CVSSRating]) -> Bool {
        switch self {
        case .firewall, .webApplicationFirewall, .intrusionPrevention, .segmentation:
            ratings.contains { rating in
                rating.vector.split(separator: "/").contains { $0 == "AV:N" || $0 == "AV:A" }
            }
        case .antivirus, .endpointDetection, .hardening, .other: true
        }
    }
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

    /// The control's stream, which follows from its name: registered again, it is described anew.
    package var control: StreamID {
        StreamID(prefix: ControlDecider.prefix, .version5(namespace: Self.namespace, name: name))
    }

    private static let namespace = UUID(
        uuid: (
            0x51, 0xc0, 0x0b, 0x7e, 0x93, 0x1d, 0x5e, 0x42, 0xb6, 0x0f, 0x2a, 0x88, 0x6d, 0x34,
            0x7c, 0x04
        ))

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
