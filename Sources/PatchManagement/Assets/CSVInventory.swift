private import Advisories

/// Comma-separated values with the fields of `AssetRegistration` and `AssetAttributes` as columns,
/// in any order; an empty field says nothing. Several texts in one stand between semicolons.
enum CSVInventory {
    static func entries(
        _ text: String, _ faults: inout [InventoryFault]
    ) throws(InventoryImportError) -> [InventoryImport.Entry] {
        var values = CommaSeparatedValues(longestRow: 64 << 10)
        values.append(text.utf8)
        values.finish()
        var header: CommaSeparatedHeader?
        var entries: [InventoryImport.Entry] = []
        while true {
            do {
                guard let row = try values.next() else { break }
                if let header {
                    try header.check(row)
                    entries.append(entry(row, header))
                } else {
                    header = try self.header(row, &faults)
                }
            } catch {
                faults.append(
                    InventoryFault(
                        place: .line(error.line),
                        field: error.field.map { "column \($0)" } ?? "row", value: "",
                        problem: error.reason))
                // Without the names of the columns no row says anything.
                if header == nil { throw InventoryImportError(faults: faults.sorted()) }
            }
        }
        return entries
    }

    private static func header(
        _ row: CommaSeparatedValues.Row, _ faults: inout [InventoryFault]
    ) throws(CommaSeparatedError) -> CommaSeparatedHeader {
        let names = row.fields.map {
            $0.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
        }
        let header = try CommaSeparatedHeader(
            CommaSeparatedValues.Row(line: row.line, fields: names))
        for name in names where !InventoryImport.fieldNames.contains(name) {
            faults.append(
                InventoryFault(
                    place: .line(row.line), field: "column", value: name,
                    problem: "there is no such field: use "
                        + InventoryImport.fieldNames.joined(separator: ", ")))
        }
        if header.place(of: "name") == nil {
            faults.append(
                InventoryFault(
                    place: .line(row.line), field: "column", value: "name",
                    problem: "it is missing: the first line names the columns"))
        }
        return header
    }

    private static func entry(
        _ row: CommaSeparatedValues.Row, _ header: CommaSeparatedHeader
    ) -> InventoryImport.Entry {
        var entry = InventoryImport.Entry(place: .line(row.line))
        for (name, value) in zip(header.names, row.fields) where !value.isEmpty {
            entry.fields[name] = (value, .line(row.line))
        }
        return entry
    }
}
