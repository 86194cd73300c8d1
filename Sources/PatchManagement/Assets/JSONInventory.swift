private import JSON

/// A JSON array of objects with the fields of `AssetRegistration` and `AssetAttributes`; all but
/// `name` may be left out.
enum JSONInventory {
    static func entries(
        _ text: String, _ faults: inout [InventoryFault]
    ) throws(InventoryImportError) -> [InventoryImport.Entry] {
        let elements: JSONNode.Elements?
        let reason: String
        do {
            elements = try JSONDocument(parsing: Array(text.utf8)).root.elements
            reason = ""
        } catch {
            elements = nil
            reason = ": \(error)"
        }
        guard let elements else {
            throw InventoryImportError(faults: [
                InventoryFault(
                    place: .entry(1), field: "inventory", value: String(text.prefix(40)),
                    problem: "it is not a JSON array of objects\(reason)")
            ])
        }
        var entries: [InventoryImport.Entry] = []
        for (index, element) in elements.enumerated() {
            let place = InventoryFault.Place.entry(index + 1)
            guard let members = element.members else {
                faults.append(
                    InventoryFault(
                        place: place, field: "entry", value: "", problem: "it is not an object"))
                continue
            }
            var entry = InventoryImport.Entry(place: place)
            let known = faults.count
            for (name, value) in members {
                guard InventoryImport.fieldNames.contains(name) else {
                    faults.append(
                        InventoryFault(
                            place: place, field: name, value: "",
                            problem: "there is no such field: use "
                                + InventoryImport.fieldNames.joined(separator: ", ")))
                    continue
                }
                if let text = fieldText(name, value) {
                    entry.fields[name] = (text, place)
                } else {
                    faults.append(
                        InventoryFault(
                            place: place, field: name, value: "",
                            problem: name == "port"
                                ? "it is not a number"
                                : AssetAttributes.listNames.contains(name)
                                    ? "it is not an array of texts" : "it is not a text"))
                }
            }
            entry.isDoubtful = faults.count > known
            entries.append(entry)
        }
        return entries
    }

    /// What field `name` says; nil when its value is of another kind than the field's.
    private static func fieldText(_ name: String, _ value: JSONNode) -> String? {
        if name == "port", let number = value.integer { return String(number) }
        if name == "ephemeral", let flag = value.bool { return String(flag) }
        if AssetAttributes.listNames.contains(name), let elements = value.elements {
            var texts: [String] = []
            for element in elements {
                guard let text = element.string else { return nil }
                texts.append(text)
            }
            return texts.joined(separator: ";")
        }
        return value.string
    }
}
