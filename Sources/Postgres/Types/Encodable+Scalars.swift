package import struct FoundationEssentials.UUID

extension Bool: PostgresEncodable {
    package static var postgresType: PostgresType { .bool }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(UInt8(self ? 1 : 0))
    }
}

/// Alone a small integer; an array of them is one `bytea`.
extension UInt8: PostgresEncodable {
    package static var postgresType: PostgresType { .int2 }
    package static var typeOfArray: PostgresType { .bytea }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(Int16(self))
    }

    package static func encodeArray(_ values: [UInt8], into buffer: inout BindBuffer) {
        buffer.write(values)
    }
}

extension Int16: PostgresEncodable {
    package static var postgresType: PostgresType { .int2 }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(self)
    }
}

extension Int32: PostgresEncodable {
    package static var postgresType: PostgresType { .int4 }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(self)
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.write(Int32(4))
        buffer.write(self)
    }
}

extension Int64: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(self)
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.write(Int32(8))
        buffer.write(self)
    }
}

/// Always `bigint`; bind an `Int32` where the database wants an `integer`.
extension Int: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(Int64(self))
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.write(Int32(8))
        buffer.write(Int64(self))
    }
}

extension Double: PostgresEncodable {
    package static var postgresType: PostgresType { .float8 }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(bitPattern)
    }
}

/// Bound as `text`: cast in SQL where another type is wanted, `\(name)::citext`.
extension String: PostgresEncodable {
    package static var postgresType: PostgresType { .text }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(utf8: self)
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.write(Int32(utf8.count))
        buffer.write(utf8: self)
    }
}

extension JSONText: PostgresEncodable {
    package static var postgresType: PostgresType { .json }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(bytes)
    }
}

extension UUID: PostgresEncodable {
    package static var postgresType: PostgresType { .uuid }

    package func encode(into buffer: inout BindBuffer) {
        withUnsafeBytes(of: uuid) { buffer.write($0) }
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.write(Int32(16))
        withUnsafeBytes(of: uuid) { buffer.write($0) }
    }
}

extension PostgresTimestamp: PostgresEncodable {
    package static var postgresType: PostgresType { .timestamptz }

    package func encode(into buffer: inout BindBuffer) {
        buffer.write(microseconds - Self.epochOffset)
    }
}
