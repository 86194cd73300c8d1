private import CZLib

/// Deflated bytes, unpacked by zlib in memory that a limit bounds.
enum Inflation {
    /// Bare deflate as ZIP archives hold it.
    ///
    /// - Parameter size: That it says it has; anything else is refused.
    static func member(
        _ packed: [UInt8], size: Int, at place: ArchiveFault.Place
    ) throws(ArchiveFault) -> [UInt8] {
        var stream = z_stream()
        guard patchflow_inflate_init(&stream, -15) == Z_OK else {
            throw ArchiveFault(at: place, .damaged)
        }
        defer { inflateEnd(&stream) }
        var (status, left) = (Z_OK, 0)
        // One byte more, so that what goes on is seen.
        let unpacked = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, filled in
            (filled, status, left) = inflate(&stream, packed[...], into: buffer)
        }
        switch status {
        case Z_STREAM_END where unpacked.count != size:
            throw ArchiveFault(at: place, .wrongSize)
        case Z_STREAM_END where left > 0: throw ArchiveFault(at: place, .trailingBytes)
        case Z_STREAM_END: return unpacked
        case Z_OK, Z_BUF_ERROR:
            throw ArchiveFault(at: place, unpacked.count > size ? .wrongSize : .cutOff)
        default: throw ArchiveFault(at: place, .damaged)
        }
    }

    /// - Returns: How many bytes of `out` were filled; zlib's status; how many bytes of `packed` it
    ///   has not read.
    fileprivate static func inflate(
        _ stream: inout z_stream, _ packed: ArraySlice<UInt8>,
        into out: UnsafeMutableBufferPointer<UInt8>
    ) -> (filled: Int, status: Int32, left: Int) {
        packed.withUnsafeBufferPointer { input in
            // zlib never writes to its input; its header lacks the word.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            stream.next_out = out.baseAddress
            stream.avail_out = UInt32(out.count)
            let status = CZLib.inflate(&stream, Z_NO_FLUSH)
            stream.next_in = nil
            stream.next_out = nil
            return (out.count - Int(stream.avail_out), status, Int(stream.avail_in))
        }
    }

    /// The sum that a ZIP archive gives of a member.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
    }
}

/// A gzip file, unpacked piece by piece; it may consist of several members one behind the other. The
/// sums at their ends are checked.
final class GzipPieces<Source: ByteSource> {
    private let source: Source
    private let limits: ArchiveLimits
    /// Its address has to stay, which zlib compares.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isOpen = false
    private var out = [UInt8](repeating: 0, count: ArchiveLimits.piece)
    /// Read and not yet unpacked, up to `offset`.
    private var packed: ArraySlice<UInt8> = []
    private var (offset, members, unpacked) = (0, 0, 0)

    init(_ source: Source, _ limits: ArchiveLimits) throws(ArchiveFault) {
        guard source.count <= 2 * ArchiveLimits.mostPacked(limits.memberBytes) else {
            throw ArchiveFault(at: .archive, .tooLarge(limit: limits.memberBytes))
        }
        self.source = source
        self.limits = limits
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deallocate()
    }

    /// - Returns: The next bytes, never none; nil at the end.
    func next() throws(ArchiveFault) -> [UInt8]? {
        while true {
            if Task.isCancelled { throw ArchiveFault(at: .byte(place), .cancelled) }
            if !isOpen {
                if members > 0, packed.isEmpty, offset == source.count { return nil }
                try open()
            }
            if packed.isEmpty { try fill() }
            let (filled, status, left) = out.withUnsafeMutableBufferPointer {
                Inflation.inflate(&stream.pointee, packed, into: $0)
            }
            let isStuck = filled == 0 && left == packed.count
            packed = packed.suffix(left)
            unpacked += filled
            try limits.check(unpacked, from: place, at: .archive)
            if status == Z_STREAM_END {
                inflateEnd(stream)
                isOpen = false
            } else if isStuck || status != Z_OK && status != Z_BUF_ERROR {
                throw ArchiveFault(at: .byte(place), .damaged)
            }
            if filled > 0 { return Array(out[..<filled]) }
        }
    }

    /// In the file: how far it has been unpacked.
    private var place: Int { offset - packed.count }

    private func open() throws(ArchiveFault) {
        members += 1
        guard members <= limits.gzipMembers else {
            throw ArchiveFault(at: .archive, .tooMany(members: limits.gzipMembers))
        }
        stream.initialize(to: z_stream())
        guard patchflow_inflate_init(stream, 15 + 16) == Z_OK else {
            throw ArchiveFault(at: .byte(place), .damaged)
        }
        isOpen = true
    }

    private func fill() throws(ArchiveFault) {
        guard offset < source.count else { throw ArchiveFault(at: .byte(offset), .cutOff) }
        packed = try source.bytes(
            at: offset, count: min(ArchiveLimits.piece, source.count - offset))[...]
        offset += packed.count
    }
}
