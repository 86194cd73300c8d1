package import Advisories

/// What sort of thing an asset is.
package enum AssetKind: String, Codable, Sendable, CaseIterable {
    case machine
    case networkDevice = "network-device"
    case embeddedDevice = "embedded-device"
    case cloudInstance = "cloud-instance"
    case application
    case firmware
    /// What instances are started from: it has an inventory of its own, which theirs follow.
    case image

    /// Whether an instance of a cloud can be one; what runs on an instance only shares its address.
    var canBeInstance: Bool {
        switch self {
        case .machine, .networkDevice, .embeddedDevice, .cloudInstance: true
        case .application, .firmware, .image: false
        }
    }
}

/// What is known of an asset besides its registration: nothing that patchflow needs to reach it.
/// Empty texts and lists are what nobody has said.
package struct AssetAttributes: Codable, Hashable, Sendable {
    package var kind: AssetKind
    package var location: String
    package var os: String
    package var osVersion: String
    package var architecture: String
    package var hardwareModel: String
    /// Where it answers besides the address of its registration; in the order given.
    package var addresses: [String]
    /// What fails together with it: a rack, a zone, a cluster.
    package var failureDomain: String
    /// Such as a payment zone; in the order given.
    package var complianceScopes: [String]
    /// What it was started from: `sha256:...` or the provider's id. Of an image, what it is called
    /// by itself. nil, as the two that follow, where nobody has said it.
    package var image: String?
    /// It is replaced rather than patched: what its image has is what it has.
    package var isEphemeral: Bool?
    package var firmwareVersion: String?

    package init(
        kind: AssetKind = .machine, location: String = "", os: String = "", osVersion: String = "",
        architecture: String = "", hardwareModel: String = "", addresses: [String] = [],
        failureDomain: String = "", complianceScopes: [String] = [], image: String? = nil,
        isEphemeral: Bool? = nil, firmwareVersion: String? = nil
    ) {
        self.kind = kind
        self.location = location
        self.os = os
        self.osVersion = osVersion
        self.architecture = architecture
        self.hardwareModel = hardwareModel
        self.addresses = addresses
        self.failureDomain = failureDomain
        self.complianceScopes = complianceScopes
        self.image = image
        self.isEphemeral = isEphemeral
        self.firmwareVersion = firmwareVersion
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, location, os
        case osVersion = "os_version"
        case architecture
        case hardwareModel = "hardware_model"
        case addresses
        case failureDomain = "failure_domain"
        case complianceScopes = "compliance_scopes"
        case image
        case isEphemeral = "ephemeral"
        case firmwareVersion = "firmware_version"
    }

    /// These, and for what they leave open what `known` says: a list that doesn't name a field takes
    /// nothing back.
    package func filled(from known: AssetAttributes) -> AssetAttributes {
        AssetAttributes(
            kind: kind == .machine ? known.kind : kind,
            location: location.isEmpty ? known.location : location,
            os: os.isEmpty ? known.os : os,
            osVersion: osVersion.isEmpty ? known.osVersion : osVersion,
            architecture: architecture.isEmpty ? known.architecture : architecture,
            hardwareModel: hardwareModel.isEmpty ? known.hardwareModel : hardwareModel,
            addresses: addresses.isEmpty ? known.addresses : addresses,
            failureDomain: failureDomain.isEmpty ? known.failureDomain : failureDomain,
            complianceScopes: complianceScopes.isEmpty ? known.complianceScopes : complianceScopes,
            image: image ?? known.image, isEphemeral: isEphemeral ?? known.isEphemeral,
            firmwareVersion: firmwareVersion ?? known.firmwareVersion)
    }

    /// As documents and lists call them.
    static let fieldNames = CodingKeys.allCases.map(\.rawValue)
    /// The system that it is described with; nil where nobody has said it.
    package var statedSystem: OperatingSystemRelease? {
        os.isEmpty ? nil : OperatingSystemRelease(id: os.lowercased(), version: osVersion)
    }

    /// Those that hold several texts.
    static let listNames = ["addresses", "compliance_scopes"]

    /// Everything in it that is outside a rule, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        for (field, value) in [
            ("location", location), ("os", os), ("os_version", osVersion),
            ("architecture", architecture), ("hardware_model", hardwareModel),
            ("firmware_version", firmwareVersion ?? ""),
        ] where value.utf8.count > 200 || value.unicodeScalars.contains(where: isControl) {
            faults.append(
                FieldFault(
                    field: field, value: value,
                    rule: "it has at most 200 bytes and no control characters"))
        }
        for address in addresses where HostLocation(address) == nil {
            faults.append(
                FieldFault(field: "addresses", value: address, rule: HostLocation.rule))
        }
        if !failureDomain.isEmpty, HostName(failureDomain) == nil {
            faults.append(
                FieldFault(field: "failure_domain", value: failureDomain, rule: Self.labelRule))
        }
        if let image, !CloudInstance.isImage(image) {
            faults.append(FieldFault(field: "image", value: image, rule: CloudInstance.imageRule))
        }
        if kind == .image, image == nil {
            faults.append(
                FieldFault(
                    field: "image", value: "",
                    rule: "an image is known by its digest or its provider's id: give it"))
        }
        for scope in complianceScopes where HostName(scope) == nil {
            faults.append(
                FieldFault(field: "compliance_scopes", value: scope, rule: Self.labelRule))
        }
        for (field, values) in [("addresses", addresses), ("compliance_scopes", complianceScopes)]
        where values.count > 100 || Set(values).count != values.count {
            faults.append(
                FieldFault(
                    field: field, value: "\(values.count) values",
                    rule: "it has at most 100 values, each once"))
        }
        return faults
    }

    private static let labelRule =
        "it has letters, digits, '.', '-' and '_', and begins and ends with a letter or a digit"
}

func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || (0x7F...0x9F).contains(scalar.value)
}

/// An asset as a list of assets describes it.
package struct ListedAsset: Hashable, Sendable {
    package var registration: AssetRegistration
    package var attributes: AssetAttributes

    package init(_ registration: AssetRegistration, _ attributes: AssetAttributes = .init()) {
        self.registration = registration
        self.attributes = attributes
    }
}
