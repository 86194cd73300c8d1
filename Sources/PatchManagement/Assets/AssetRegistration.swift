package import EventSourcing
private import FoundationEssentials

/// An asset as its owner describes it.
package struct AssetRegistration: Codable, Hashable, Sendable {
    package var name: String
    package var address: String
    package var port: Int
    package var user: String
    package var site: String
    package var environment: Environment
    package var group: String
    package var criticality: Criticality
    package var exposure: Exposure
    package var owner: String

    package init(
        name: String, address: String, port: Int = 22, user: String = "root",
        site: String = "default", environment: Environment = .production,
        group: String = "ungrouped", criticality: Criticality = .medium,
        exposure: Exposure = .internal, owner: String = ""
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.site = site
        self.environment = environment
        self.group = group
        self.criticality = criticality
        self.exposure = exposure
        self.owner = owner
    }

    /// The asset's stream, which follows from its name: importing an inventory twice meets the same
    /// assets, and no two can bear one name.
    package var asset: StreamID {
        StreamID(prefix: "as", .version5(namespace: Self.namespace, name: name))
    }

    package var host: HostAddress {
        HostAddress(asset: asset, name: name, address: address, port: port, user: user)
    }

    /// Everything in it that is outside an allow-list, in the order of the fields; empty when it
    /// may be registered.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if HostName(name) == nil {
            faults.append(FieldFault(field: "name", value: name, rule: HostName.rule))
        }
        if HostLocation(address) == nil {
            faults.append(FieldFault(field: "address", value: address, rule: HostLocation.rule))
        }
        if !(1...65_535).contains(port) {
            faults.append(
                FieldFault(field: "port", value: "\(port)", rule: "a port is between 1 and 65535"))
        }
        if UserName(user) == nil {
            faults.append(FieldFault(field: "user", value: user, rule: UserName.rule))
        }
        for (field, value) in [("site", site), ("group", group)] where HostName(value) == nil {
            faults.append(FieldFault(field: field, value: value, rule: Self.labelRule))
        }
        if owner.utf8.count > 200 || owner.unicodeScalars.contains(where: { $0.value < 32 }) {
            faults.append(
                FieldFault(
                    field: "owner", value: owner,
                    rule: "an owner has at most 200 bytes and no control characters"))
        }
        if owner.contains("@") {
            // Nothing of an asset is encrypted: what is registered here can't be erased.
            faults.append(
                FieldFault(
                    field: "owner", value: owner,
                    rule: "an owner is a team, or a person by its id (pe_…): an address would stay "
                        + "in the log for good"))
        }
        return faults
    }

    private static let labelRule =
        "it has letters, digits, '.', '-' and '_', and begins and ends with a letter or a digit"
    private static let namespace = UUID(
        uuid: (
            0x6f, 0x1d, 0x0c, 0x52, 0x8e, 0x0b, 0x5a, 0x35, 0x9b, 0x6e, 0x0e, 0x3a, 0x55, 0xa1,
            0x70, 0x01
        ))
}

/// A value that a rule does not allow.
package struct FieldFault: Hashable, Sendable, CustomStringConvertible {
    package let field: String
    package let value: String
    package let rule: String

    package init(field: String, value: String, rule: String) {
        self.field = field
        self.value = value
        self.rule = rule
    }

    package var description: String { "\(field) '\(printable(value))': \(rule)" }
}

/// `text` with control characters as `\u{..}` and at most `longest` characters, so that a hostile
/// value can't draw on a terminal.
func printable(_ text: String, longest: Int = 120) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(longest) {
        let isControl = scalar.value < 32 || (0x7f...0x9f).contains(scalar.value)
        if isControl {
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return text.unicodeScalars.count > longest ? shown + "..." : shown
}
