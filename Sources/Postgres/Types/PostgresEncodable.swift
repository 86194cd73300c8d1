/// A value that can be bound to a parameter of a query, alone and in arrays, in binary format.
///
/// A type of another module conforms by naming its type and writing its bytes, for example a
/// timestamp by handing on to `PostgresTimestamp`. Source of the formats: the `*_send` and
/// `*_recv` functions of PostgreSQL.
package protocol PostgresEncodable: Sendable {
    static var postgresType: PostgresType { get }

    /// Writes the value without its length. Not called for NULL.
    func encode(into buffer: inout BindBuffer)

    /// Writes the value with its length in front. Only optionals need their own.
    func encodeWithLength(into buffer: inout BindBuffer)

    /// The type of an array of these. Only bytes need their own (`bytea`).
    static var typeOfArray: PostgresType { get }

    /// Writes an array of these without its length. As a witness it is compiled for the concrete
    /// type, so the loop over the elements makes no indirect calls.
    static func encodeArray(_ values: [Self], into buffer: inout BindBuffer)
}

extension PostgresEncodable {
    package static var typeOfArray: PostgresType {
        PostgresType(id: postgresType.arrayID, arrayID: 0)
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        buffer.writeWithLength { encode(into: &$0) }
    }

    package static func encodeArray(_ values: [Self], into buffer: inout BindBuffer) {
        buffer.reserve(20 + values.count * 12)
        writeArrayHeader(count: values.count, element: postgresType, into: &buffer)
        for value in values { value.encodeWithLength(into: &buffer) }
    }
}

/// One dimension from 1 to `count`; an empty array has no dimension. Nulls need no flag here,
/// since the server looks for them itself.
private func writeArrayHeader(
    count: Int, element: PostgresType, into buffer: inout BindBuffer
) {
    buffer.write(Int32(count == 0 ? 0 : 1))
    buffer.write(Int32(0))
    buffer.write(element.id)
    guard count > 0 else { return }
    buffer.write(Int32(count))
    buffer.write(Int32(1))
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    package static var postgresType: PostgresType { Element.typeOfArray }

    package func encode(into buffer: inout BindBuffer) {
        Element.encodeArray(self, into: &buffer)
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }

    package func encode(into buffer: inout BindBuffer) {
        self?.encode(into: &buffer)
    }

    package func encodeWithLength(into buffer: inout BindBuffer) {
        if let self {
            self.encodeWithLength(into: &buffer)
        } else {
            buffer.writeNull()
        }
    }
}
