/// Bytes that can be read from any place, without waiting for anyone: a file, or memory.
package protocol ByteSource: Sendable {
    /// How many there are.
    var length: Int64 { get }

    /// The `count` bytes from `offset` on; all of them lie within `length`.
    ///
    /// - Throws: `BundleError.unreadable` when they can't be had after all.
    func read(at offset: Int64, count: Int) throws(BundleError) -> [UInt8]
}

/// Bytes in memory.
package struct MemoryBytes: ByteSource {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var length: Int64 { Int64(bytes.count) }

    package func read(at offset: Int64, count: Int) throws(BundleError) -> [UInt8] {
        Array(bytes[Int(offset)..<(Int(offset) + count)])
    }
}
