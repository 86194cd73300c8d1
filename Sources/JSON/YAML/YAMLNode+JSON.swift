extension YAMLNode {
    /// The same as JSON: a text without quotes that is a whole number, `true` or `false` is that.
    ///
    /// A fraction stays the text that it is, since stored numbers have none; so do `yes`, `on` and
    /// what looks like a date.
    /// Source: the core schema of YAML 1.2.2, §10.3.
    package var json: JSONValue {
        switch content {
        case .null: .null
        case .scalar(let text): isPlain ? Self.resolved(text) : .string(text)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.json) }))
        }
    }

    private static func resolved(_ text: String) -> JSONValue {
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
            let isWhole =
                !digits.isEmpty
                && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isWhole, let number = Int64(text) else { return .string(text) }
            return .integer(number)
        }
    }
}
