internal import EventSourcing
private import FoundationEssentials
private import JSON

/// Reads a list of hosts that somebody keeps elsewhere: an Ansible inventory in INI form, or a JSON
/// array of objects.
///
/// Everything wrong is reported at once, and nothing is registered while anything is wrong.
package enum InventoryImport {
    /// - Returns: The hosts in the order of their first mention.
    /// - Throws: `InventoryImportError` with every fault and where it stands.
    package static func read(_ text: String) throws(InventoryImportError) -> [AssetRegistration] {
        let entries: [Entry]
        var faults: [InventoryFault] = []
        if text.first(where: { !$0.isWhitespace }) == "[", isJSON(text) {
            entries = try JSONInventory.entries(text, &faults)
        } else {
            var inventory = AnsibleInventory()
            inventory.read(text)
            faults = inventory.faults
            entries = inventory.entries()
        }
        var registrations: [AssetRegistration] = []
        var addresses: [String: String] = [:]
        for entry in entries {
            let registration = entry.registration(&faults)
            faults += registration.faults.map {
                InventoryFault(
                    place: entry.place(of: $0.field), field: $0.field, value: $0.value,
                    problem: $0.rule)
            }
            let key = "\(registration.address) \(registration.port)"
            if let other = addresses[key] {
                faults.append(
                    InventoryFault(
                        place: entry.place(of: "address"), field: "address",
                        value: registration.address,
                        problem: "host '\(printable(other))' has it already: one host is one asset"
                    ))
            }
            addresses[key] = registration.name
            registrations.append(registration)
        }
        if registrations.isEmpty, faults.isEmpty {
            faults.append(
                InventoryFault(
                    place: .line(1), field: "inventory", value: "",
                    problem: "there is no host in it: name one host a line"))
        }
        guard faults.isEmpty else { throw InventoryImportError(faults: faults.sorted()) }
        return registrations
    }

    private static func isJSON(_ text: String) -> Bool {
        let rest = text.drop(while: \.isWhitespace).dropFirst().drop(while: \.isWhitespace)
        return rest.first == "{" || rest.first == "]"
    }

    /// One host, with the text of its fields and where each was written.
    struct Entry {
        var fields: [String: (value: String, place: InventoryFault.Place)] = [:]
        var place: InventoryFault.Place

        func place(of field: String) -> InventoryFault.Place { fields[field]?.place ?? place }

        func registration(_ faults: inout [InventoryFault]) -> AssetRegistration {
            let name = fields["name"]?.value ?? ""
            var registration = AssetRegistration(
                name: name, address: fields["address"]?.value ?? name)
            if let (value, place) = fields["port"] {
                if let port = Int(value) {
                    registration.port = port
                } else {
                    faults.append(
                        InventoryFault(
                            place: place, field: "port", value: value,
                            problem: "a port is a whole number between 1 and 65535"))
                }
            }
            if let value = fields["user"]?.value { registration.user = value }
            if let value = fields["site"]?.value { registration.site = value }
            if let value = fields["group"]?.value { registration.group = value }
            if let value = fields["owner"]?.value { registration.owner = value }
            choose("environment", &registration.environment, &faults)
            choose("criticality", &registration.criticality, &faults)
            choose("exposure", &registration.exposure, &faults)
            return registration
        }

        private func choose<Choice: RawRepresentable<String> & CaseIterable>(
            _ field: String, _ choice: inout Choice, _ faults: inout [InventoryFault]
        ) {
            guard let (value, place) = fields[field] else { return }
            if let known = Choice(rawValue: value) {
                choice = known
            } else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                faults.append(
                    InventoryFault(
                        place: place, field: field, value: value, problem: "it is one of \(known)"))
            }
        }
    }

    static let fieldNames = [
        "name", "address", "port", "user", "site", "environment", "group", "criticality",
        "exposure", "owner",
    ]
}

/// What is wrong in an inventory, and where.
package struct InventoryFault: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Place: Sendable, Hashable {
        /// The first line is 1.
        case line(Int)
        /// The first element of the array is 1.
        case entry(Int)

        var number: Int {
            switch self {
            case .line(let number), .entry(let number): number
            }
        }
    }

    package let place: Place
    package let field: String
    package let value: String
    package let problem: String

    package var description: String {
        let shown = "\(field) '\(printable(value))': \(problem)"
        return switch place {
        case .line(let number): "line \(number): \(shown)"
        case .entry(let number): "entry \(number): \(shown)"
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.place.number, left.field, left.value) < (right.place.number, right.field, right.value)
    }
}

package struct InventoryImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order of their places.
    package let faults: [InventoryFault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// A JSON array of objects with the fields of `AssetRegistration`; all but `name` may be left out.
enum JSONInventory {
    static func entries(
        _ text: String, _ faults: inout [InventoryFault]
    ) throws(InventoryImportError) -> [InventoryImport.Entry] {
        let elements: [JSONValue]
        do {
            elements = try JSONDecoder().decode([JSONValue].self, from: Data(text.utf8))
        } catch {
            throw InventoryImportError(faults: [
                InventoryFault(
                    place: .entry(1), field: "inventory", value: String(text.prefix(40)),
                    problem: "it is not a JSON array of objects")
            ])
        }
        var entries: [InventoryImport.Entry] = []
        for (index, element) in elements.enumerated() {
            let place = InventoryFault.Place.entry(index + 1)
            guard case .object(let members) = element else {
                faults.append(
                    InventoryFault(
                        place: place, field: "entry", value: "", problem: "it is not an object"))
                continue
            }
            var entry = InventoryImport.Entry(place: place)
            for name in members.keys.sorted() {
                guard InventoryImport.fieldNames.contains(name) else {
                    faults.append(
                        InventoryFault(
                            place: place, field: name, value: "",
                            problem: "there is no such field: use "
                                + InventoryImport.fieldNames.joined(separator: ", ")))
                    continue
                }
                switch members[name] {
                case .string(let value): entry.fields[name] = (value, place)
                case .integer(let value) where name == "port":
                    entry.fields[name] = (String(value), place)
                default:
                    faults.append(
                        InventoryFault(
                            place: place, field: name, value: "",
                            problem: name == "port" ? "it is not a number" : "it is not a text"))
                }
            }
            entries.append(entry)
        }
        return entries
    }
}
