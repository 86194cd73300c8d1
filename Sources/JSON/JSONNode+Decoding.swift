private import FoundationEssentials

extension JSONDocument {
    /// Reads `bytes` as a `Value`.
    ///
    /// - Throws: A `DecodingError` whose coding path leads to what is missing or of a wrong kind; for
    ///   a text that is no JSON, `.dataCorrupted` with the `JSONSyntaxError` below it.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws -> Value {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes, limits: limits)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [], debugDescription: "\(error)", underlyingError: error))
        }
        return try document.root.decode(type)
    }
}

extension JSONNode {
    /// This value as a `Value`, in the form that `Codable` gives it. Numbers are read exactly: one
    /// with a fraction or an exponent is no integer. Texts become a `UUID` in either case.
    ///
    /// - Throws: A `DecodingError` whose coding path begins at the document's root.
    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == JSONValue.self, let value = value as? Value { return value }
        if type == UUID.self {
            var text = try text()
            guard let id = text.withUTF8({ Self.uuid($0) }), let value = id as? Value else {
                throw corrupted("it is not a UUID")
            }
            return value
        }
        return try Value(from: JSONNodeDecoder(node: self))
    }

    /// What `UUID(uuidString:)` reads. By hand: that goes through `sscanf`, which took a seventh of
    /// the time in which events were decoded.
    private static func uuid(_ text: UnsafeBufferPointer<UInt8>) -> UUID? {
        guard text.count == 36 else { return nil }
        var id: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isRight = withUnsafeMutableBytes(of: &id) { bytes in
            var place = 0
            for index in bytes.indices {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard text[place] == UInt8(ascii: "-") else { return false }
                    place += 1
                }
                guard let high = JSONText.hexadecimal(text[place]),
                    let low = JSONText.hexadecimal(text[place + 1])
                else { return false }
                bytes[index] = UInt8(high << 4 | low)
                place += 2
            }
            return true
        }
        return isRight ? UUID(uuid: id) : nil
    }

    func text() throws -> String {
        guard let string else { throw mismatch(String.self) }
        return string
    }

    func truth() throws -> Bool {
        guard let bool else { throw mismatch(Bool.self) }
        return bool
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard entry.form == .integer else { throw mismatch(type) }
        let start = Int(entry.start)
        var magnitude: Value = 0
        var bytes = tape.bytes[start..<(start + Int(entry.length))]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        for byte in bytes {
            let digit = Value(truncatingIfNeeded: byte - UInt8(ascii: "0"))
            let (tens, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, more) =
                isNegative
                ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if overflow || more { throw corrupted("the number \(scalar) doesn't fit in \(type)") }
            magnitude = sum
        }
        return magnitude
    }

    func floating<Value: BinaryFloatingPoint>(_ type: Value.Type) throws -> Value {
        guard let number else { throw mismatch(type) }
        return Value(number)
    }

    func mismatch(_ type: Any.Type) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "it is \(words), not \(type)")
        return isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    func corrupted(_ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: reason))
    }

    var codingPath: [any CodingKey] {
        steps.map { step in
            switch step {
            case .name(let name): JSONKey(stringValue: name)
            case .index(let number): JSONKey(intValue: number)
            }
        }
    }

    private var words: String {
        switch kind {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A name or an index on the way to a value.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }
}
