private import Advisories
internal import JSON

/// The instances of whatever isn't one of the large clouds: a JSON array of objects, or CSV with a
/// header. Fields: `id`, `name`, `address` (several between semicolons, in JSON also as an array),
/// `state` (running, stopped, terminated), `image`, `group`, `region`, `tags`. All but `id` may be
/// left out; tags are passed over.
enum GenericInstanceList {
    private static let fields = [
        "id", "name", "address", "state", "image", "group", "region", "tags",
    ]

    static func read(_ root: JSONNode, _ draft: inout CloudListDraft) {
        guard let elements = root.elements else {
            return draft.fault(.entry(1), "list", "", "it is not an array of objects")
        }
        for (index, element) in elements.enumerated() {
            let place = InventoryFault.Place.entry(index + 1)
            guard let members = element.members else {
                draft.fault(place, "entry", "", "it is not an object")
                continue
            }
            var entry: [String: String] = [:]
            var isRight = true
            for (name, value) in members {
                guard fields.contains(name) else {
                    draft.fault(place, name, "", unknown)
                    isRight = false
                    continue
                }
                if name == "tags" { continue }
                if let text = value.string {
                    entry[name] = text
                } else if name == "address", let addresses = value.elements {
                    entry[name] = addresses.compactMap(\.string).joined(separator: ";")
                } else if !value.isNull {
                    draft.fault(place, name, "", "it is not a text")
                    isRight = false
                }
            }
            if isRight { add(entry, place, &draft) }
        }
    }

    static func readCSV(_ bytes: [UInt8], _ draft: inout CloudListDraft) {
        var values = CommaSeparatedValues(longestRow: 64 << 10)
        values.append(bytes)
        values.finish()
        var header: CommaSeparatedHeader?
        do {
            while let row = try values.next() {
                if let header {
                    try header.check(row)
                    let pairs = zip(header.names, row.fields).filter { !$0.1.isEmpty }
                    add(Dictionary(pairs) { first, _ in first }, .line(row.line), &draft)
                    continue
                }
                let names = row.fields.map { $0.lowercased() }
                for name in names where !fields.contains(name) {
                    draft.fault(.line(row.line), "column", name, unknown)
                }
                header = try CommaSeparatedHeader(
                    CommaSeparatedValues.Row(line: row.line, fields: names))
            }
            if header == nil {
                draft.fault(.line(1), "list", "", "it is empty: the first line names the columns")
            }
        } catch {
            draft.fault(
                .line(error.line), error.field.map { "column \($0)" } ?? "row", "", error.reason)
        }
    }

    private static let unknown = "there is no such field: use " + fields.joined(separator: ", ")

    private static func add(
        _ entry: [String: String], _ place: InventoryFault.Place, _ draft: inout CloudListDraft
    ) {
        func text(_ field: String) -> String? {
            entry[field].flatMap { $0.isEmpty ? nil : $0 }
        }
        let state: CloudInstance.State
        switch text("state") {
        case nil: state = .unknown
        case "running"?: state = .running
        case "stopped"?, "terminated"?: state = .stopped
        case .some(let word):
            return draft.fault(place, "state", word, "it is one of running, stopped, terminated")
        }
        let addresses = (text("address") ?? "").split { $0 == ";" || $0.isWhitespace }
        draft.add(
            CloudInstance(
                id: text("id") ?? "", name: text("name"), state: state,
                addresses: addresses.map(String.init), hostNames: text("name").map { [$0] } ?? [],
                image: text("image"), group: text("group"), zone: text("region")),
            isEnded: text("state") == "terminated", at: place)
    }
}
