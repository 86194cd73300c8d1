internal import APIContract
package import JSON

/// What differs between two JSON values, member by member.
package struct JSONChange: Codable, Sendable, Equatable {
    /// Names joined by dots, places in brackets: `batches[0].state`. Empty for the whole.
    package let path: String
    /// nil where there was nothing.
    package let before: JSONValue?
    /// nil where nothing is left.
    package let after: JSONValue?

    package init(path: String, before: JSONValue?, after: JSONValue?) {
        self.path = path
        self.before = before
        self.after = after
    }

    /// The changes from one value to another: of objects by their members' names, of arrays by
    /// place. What came or went as a whole is one change.
    package static func all(from before: JSONValue?, to after: JSONValue?) -> [JSONChange] {
        var changes: [JSONChange] = []
        compare("", before, after, &changes)
        return changes
    }

    private static func compare(
        _ path: String, _ before: JSONValue?, _ after: JSONValue?, _ changes: inout [JSONChange]
    ) {
        if before == after { return }
        switch (before, after) {
        case (.object(let old)?, .object(let new)?):
            for name in Set(old.keys).union(new.keys).sorted() {
                compare(path.isEmpty ? name : "\(path).\(name)", old[name], new[name], &changes)
            }
        case (.array(let old)?, .array(let new)?):
            for place in 0..<max(old.count, new.count) {
                compare(
                    "\(path)[\(place)]", place < old.count ? old[place] : nil,
                    place < new.count ? new[place] : nil, &changes)
            }
        default: changes.append(JSONChange(path: path, before: before, after: after))
        }
    }
}

extension JSONChange {
    /// A line for people: `state: acquired → testing`, `+ batches[1]: {...}`, `- pause: "..."`.
    package var line: String {
        switch (before, after) {
        case (nil, let after?): "+ \(path): \(Self.brief(after))"
        case (let before?, nil): "- \(path): \(Self.brief(before))"
        case (let before, let after):
            "  \(path): \(before.map(Self.brief) ?? "") → \(after.map(Self.brief) ?? "")"
        }
    }

    /// A string as it is, all else as JSON, cut where it would fill lines.
    private static func brief(_ value: JSONValue) -> String {
        let text: String
        if case .string(let string) = value {
            text = string
        } else {
            text = (try? WireJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        }
        return Table.cut(text, to: 100)
    }
}
