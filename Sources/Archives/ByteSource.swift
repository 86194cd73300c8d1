/// Bytes that can be read from anywhere, such as a file: an archive's table of contents is at its
/// end.
package protocol ByteSource: Sendable {
    var count: Int { get }

    /// The bytes of `range`, which lies within `count`.
    ///
    /// - Throws: `ArchiveFault` when they can't be had.
    func read(_ range: Range<Int>) throws(ArchiveFault) -> [UInt8]
}

extension ByteSource {
    /// - Throws: `ArchiveFault` when `range` goes beyond the end.
    func bytes(at offset: Int, count wanted: Int) throws(ArchiveFault) -> [UInt8] {
        guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else {
            throw ArchiveFault(at: .byte(max(0, offset)), .cutOff)
        }
        return try read(offset..<(offset + wanted))
    }
}

/// Bytes in memory.
package struct HeldBytes: ByteSource {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var count: Int { bytes.count }

    package func read(_ range: Range<Int>) throws(ArchiveFault) -> [UInt8] {
        Array(bytes[range])
    }
}
