package import FoundationEssentials

extension Bool: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Bool {
        try Cell.load(cell.content(.bool, as: "bool"), as: UInt8.self) != 0
    }
}

/// Alone a small integer; an array of them is read from one `bytea` (or json, jsonb, text).
extension UInt8: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> UInt8 {
        try narrowed(try wholeNumber(cell, as: "int2"), "int2")
    }

    package static func decodeArray(_ cell: Cell) throws(CellMismatch) -> [UInt8] {
        if cell.type == PostgresType.bytea.id, let bytes = cell.bytes { return [UInt8](bytes) }
        return [UInt8](try textContent(cell, as: "bytea"))
    }
}

extension Int16: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Int16 {
        try narrowed(try wholeNumber(cell, as: "int2"), "int2")
    }
}

extension Int32: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Int32 {
        try narrowed(try wholeNumber(cell, as: "int4"), "int4")
    }
}

/// From every integer type, and from whole numerics (`sum` of bigint is numeric).
extension Int64: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Int64 {
        try wholeNumber(cell, as: "int8")
    }
}

extension Int: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Int {
        Int(try wholeNumber(cell, as: "int8"))
    }
}

extension Double: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Double {
        switch cell.type {
        case PostgresType.float4.id:
            let bits = try Cell.load(cell.content(.float4, as: "float8"), as: UInt32.self)
            return Double(Float(bitPattern: bits))
        case PostgresType.numeric.id:
            return try Numeric(cell.content(.numeric, as: "float8")).double
        case PostgresType.float8.id:
            return Double(
                bitPattern: try Cell.load(cell.content(.float8, as: "float8"), as: UInt64.self))
        default:
            return Double(try wholeNumber(cell, as: "float8"))
        }
    }
}

/// From text of any kind, json and jsonb, and from enums and other types of the database's own.
extension String: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> String {
        let content = try textContent(cell, as: "text")
        guard let text = String(validating: content.bindMemory(to: UInt8.self), as: UTF8.self)
        else { throw .malformed("it is not UTF-8") }
        return text
    }
}

extension JSONText: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> JSONText {
        JSONText(bytes: [UInt8](try textContent(cell, as: "json")))
    }
}

extension UUID: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> UUID {
        let content = try cell.content(.uuid, as: "uuid")
        guard content.count == 16 else { throw .malformed("\(content.count) bytes, not 16") }
        return UUID(uuid: content.loadUnaligned(as: uuid_t.self))
    }
}

/// Infinite timestamps stay the extremes of Int64.
extension PostgresTimestamp: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> PostgresTimestamp {
        let since2000 = try Cell.load(
            cell.content(.timestamptz, .timestamp, as: "timestamptz"), as: Int64.self)
        let (sum, overflow) = since2000.addingReportingOverflow(epochOffset)
        return PostgresTimestamp(
            microseconds: overflow || since2000 == .min ? since2000 : sum)
    }
}

private func wholeNumber(_ cell: Cell, as expected: String) throws(CellMismatch) -> Int64 {
    guard let bytes = cell.bytes else { throw .unexpectedNull }
    switch cell.type {
    case PostgresType.int8.id, PostgresType.pgLSN.id, PostgresType.xid8.id:
        return try Cell.load(bytes, as: Int64.self)
    case PostgresType.int4.id: return Int64(try Cell.load(bytes, as: Int32.self))
    case PostgresType.int2.id: return Int64(try Cell.load(bytes, as: Int16.self))
    case PostgresType.oid.id: return Int64(try Cell.load(bytes, as: UInt32.self))
    case PostgresType.numeric.id: return try Numeric(bytes).whole
    default: throw .wrongType(expected: expected)
    }
}

private func narrowed<Integer: FixedWidthInteger>(
    _ value: Int64, _ expected: String
) throws(CellMismatch) -> Integer {
    guard let narrow = Integer(exactly: value) else {
        throw .malformed("\(value) does not fit into \(expected)")
    }
    return narrow
}

private let firstOwnType: UInt32 = 16_384

private func textContent(
    _ cell: Cell, as expected: String
) throws(CellMismatch) -> UnsafeRawBufferPointer {
    guard let bytes = cell.bytes else { throw .unexpectedNull }
    switch cell.type {
    case PostgresType.text.id, PostgresType.varchar.id, PostgresType.bpchar.id,
        PostgresType.name.id, PostgresType.json.id, 18, 705:
        return bytes
    case PostgresType.jsonb.id:
        guard bytes.first == 1 else { throw .malformed("jsonb of an unknown version") }
        return UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    case firstOwnType...: return bytes
    default: throw .wrongType(expected: expected)
    }
}
