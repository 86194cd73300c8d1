/// One value as the server sent it. Valid only while it is being decoded.
package struct Cell {
    /// nil for NULL.
    package let bytes: UnsafeRawBufferPointer?
    package let type: UInt32
}

/// Why a cell could not be read; `Row` adds the column's name.
package enum CellMismatch: Error {
    case unexpectedNull
    case wrongType(expected: String)
    case malformed(String)
}

/// A value that can be read from a column, in binary format.
package protocol PostgresDecodable: Sendable {
    static func decode(_ cell: Cell) throws(CellMismatch) -> Self

    /// Reads a whole array of these. Only bytes need their own (`bytea`).
    static func decodeArray(_ cell: Cell) throws(CellMismatch) -> [Self]
}

extension Cell {
    /// The bytes, if the cell isn't NULL and has one of `types`.
    package func content(
        _ types: PostgresType..., as expected: String
    ) throws(CellMismatch) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .unexpectedNull }
        for candidate in types where candidate.id == type { return bytes }
        throw .wrongType(expected: expected)
    }

    /// `offset` and the width are checked.
    package static func load<Integer: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, at offset: Int = 0, as: Integer.Type
    ) throws(CellMismatch) -> Integer {
        guard bytes.count - offset >= MemoryLayout<Integer>.size else {
            throw .malformed("\(bytes.count) bytes are too few")
        }
        return Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }
}

extension PostgresDecodable {
    package static func decodeArray(_ cell: Cell) throws(CellMismatch) -> [Self] {
        guard let bytes = cell.bytes else { throw .unexpectedNull }
        // A scalar would be misread as an array: its type must be one that the header agrees with.
        guard bytes.count >= 12 else { throw .wrongType(expected: "an array") }
        let dimensions = try Cell.load(bytes, as: Int32.self)
        let flags = try Cell.load(bytes, at: 4, as: Int32.self)
        let element = try Cell.load(bytes, at: 8, as: UInt32.self)
        guard (0...1).contains(dimensions), (0...1).contains(flags) else {
            throw .wrongType(expected: "an array with one dimension")
        }
        if dimensions == 0 { return [] }
        let count = Int(try Cell.load(bytes, at: 12, as: Int32.self))
        guard count >= 0, count <= bytes.count / 4 else {
            throw .malformed("an array of \(count) elements in \(bytes.count) bytes")
        }
        var values: [Self] = []
        values.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            let length = Int(try Cell.load(bytes, at: offset, as: Int32.self))
            offset += 4
            if length < 0 {
                values.append(try decode(Cell(bytes: nil, type: element)))
                continue
            }
            guard length <= bytes.count - offset else { throw .malformed("the array is cut off") }
            let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
            values.append(try decode(Cell(bytes: part, type: element)))
            offset += length
        }
        return values
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> [Element] {
        try Element.decodeArray(cell)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: Cell) throws(CellMismatch) -> Wrapped? {
        cell.bytes == nil ? nil : try Wrapped.decode(cell)
    }
}
