/// The values of a query as they go over the wire: each with its length in front, big-endian.
///
/// One flat array for all values, so a bind costs no allocation of its own.
package struct BindBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each value's length lies in `bytes`.
    private(set) var starts: [Int] = []
    private(set) var types: [UInt32] = []

    /// Adds one parameter.
    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        starts.append(bytes.count)
        types.append(Value.postgresType.id)
        value.encodeWithLength(into: &self)
    }

    /// Adds the parameters of `other` behind these.
    mutating func append(_ other: BindBuffer) {
        let offset = bytes.count
        bytes.append(contentsOf: other.bytes)
        starts.append(contentsOf: other.starts.map { $0 + offset })
        types.append(contentsOf: other.types)
    }

    // MARK: What encoders write

    package mutating func reserve(_ count: Int) {
        // Not reserveCapacity: it would grow to exactly the count, and so copy on every call.
        let needed = bytes.count + count
        if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
    }

    package mutating func write<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ raw: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: raw)
    }

    package mutating func write(_ raw: [UInt8]) {
        bytes.append(contentsOf: raw)
    }

    package mutating func write(utf8 text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    /// Writes what `body` writes, with its length in front.
    package mutating func writeWithLength(_ body: (inout BindBuffer) -> Void) {
        let start = bytes.count
        write(Int32(0))
        body(&self)
        let length = Int32(bytes.count - start - 4).bigEndian
        withUnsafeBytes(of: length) { raw in
            for index in 0..<4 { bytes[start + index] = raw[index] }
        }
    }

    package mutating func writeNull() {
        write(Int32(-1))
    }

    /// Hands the parameters over as libpq wants them: pointers (nil is NULL), lengths, types.
    func withParameters<R>(
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>, _ lengths: UnsafePointer<Int32>,
            _ formats: UnsafePointer<Int32>, _ types: UnsafePointer<UInt32>
        ) -> R
    ) -> R {
        let count = starts.count
        return bytes.withUnsafeBytes { raw in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count + 1) {
                values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count + 1) { numbers in
                    for (index, start) in starts.enumerated() {
                        let length = Int32(
                            bigEndian: raw.loadUnaligned(fromByteOffset: start, as: Int32.self))
                        let value = raw.baseAddress?.advanced(by: start + 4)
                        values[index] =
                            length < 0 ? nil : value?.assumingMemoryBound(to: CChar.self)
                        numbers[index] = length
                        numbers[count + index] = 1
                    }
                    return types.withUnsafeBufferPointer { types in
                        withUnsafePointer(to: UInt32(0)) { none in
                            body(
                                UnsafePointer(values.baseAddress.unsafelyUnwrapped),
                                UnsafePointer(numbers.baseAddress.unsafelyUnwrapped),
                                UnsafePointer(numbers.baseAddress.unsafelyUnwrapped + count),
                                types.baseAddress ?? none)
                        }
                    }
                }
            }
        }
    }
}
