package import FoundationEssentials
internal import JSON

/// The one JSON codec of the API: keys in snake_case, sorted, so that the same value is always the
/// same text. (What is stored and digested is `CanonicalJSON`'s business.)
package enum WireJSON {
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(value)
    }

    /// Reads an answer: fields that this version doesn't know are passed over.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws
        -> Value
    {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }

    /// Reads a request: a field that the type doesn't have is refused by its path.
    ///
    /// - Throws: `Problem` with code `malformed-body`, `invalid-field` or `unknown-field`.
    package static func decodeStrictly<Value: Codable>(
        _ type: Value.Type, from data: Data
    ) throws(Problem) -> Value {
        do {
            let value = try decode(type, from: data)
            let given = try decode(JSONValue.self, from: data)
            let known = try decode(JSONValue.self, from: encode(value))
            if let path = firstUnknown(in: given, beside: known, at: "") {
                throw Problem(
                    .unknownField, "the field '\(path)' is not known here; leave it out",
                    errors: [FieldProblem(field: path, detail: "is not known")])
            }
            return value
        } catch let problem as Problem {
            throw problem
        } catch let error as DecodingError {
            throw Problem(error)
        } catch {
            throw Problem(.malformedBody, "the body can't be read as JSON")
        }
    }

    /// What was given is known when it is still there after decoding and encoding. A null that
    /// vanished says nothing, so it is let pass.
    private static func firstUnknown(
        in given: JSONValue, beside known: JSONValue, at path: String
    ) -> String? {
        switch (given, known) {
        case (.object(let given), .object(let known)):
            for (key, value) in given.sorted(by: { $0.key < $1.key }) where value != .null {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                guard let other = known[key] else { return inner }
                if let found = firstUnknown(in: value, beside: other, at: inner) { return found }
            }
            return nil
        case (.array(let given), .array(let known)):
            for (index, (value, other)) in zip(given, known).enumerated() {
                if let found = firstUnknown(in: value, beside: other, at: "\(path)[\(index)]") {
                    return found
                }
            }
            return nil
        default:
            return nil
        }
    }
}

extension Problem {
    /// Says which field of a request is missing or of a wrong kind.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = Self.field(context.codingPath + [key], "is missing")
        case .typeMismatch(let type, let context):
            self = Self.field(context.codingPath, "must be \(Self.words(for: type))")
        case .valueNotFound(let type, let context):
            self = Self.field(
                context.codingPath, "may not be null; it must be \(Self.words(for: type))")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self = Self.field(context.codingPath, context.debugDescription)
        case .dataCorrupted:
            self.init(.malformedBody, "the body is not JSON")
        @unknown default:
            self.init(.malformedBody, "the body can't be read")
        }
    }

    private static func field(_ path: [any CodingKey], _ detail: String) -> Problem {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + snakeCase(key.stringValue)
            }
        }
        if text.isEmpty { return Problem(.malformedBody, "the body \(detail)") }
        return Problem(
            .invalidField, "the field '\(text)' \(detail)",
            errors: [FieldProblem(field: text, detail: detail)])
    }

    private static func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            text += character.isUppercase ? "_\(character.lowercased())" : String(character)
        }
    }

    private static func words(for type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Bool.Type: "true or false"
        default: "\(type)".hasPrefix("Array") ? "an array" : "an object"
        }
    }
}
