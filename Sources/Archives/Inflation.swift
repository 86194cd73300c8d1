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

    /// A whole gzip file, which may consist of several members one behind the other. The sums at
    /// their ends are checked.
    static func gzip(
        _ source: some ByteSource, _ limits: ArchiveLimits
    ) throws(ArchiveFault) -> [UInt8] {
        guard source.count <= 2 * ArchiveLimits.mostPacked(limits.memberBytes) else {
            throw ArchiveFault(at: .archive, .tooLarge(limit: limits.memberBytes))
        }
        var unpacked: [UInt8] = []
        var out = [UInt8](repeating: 0, count: room)
        // Read and not yet unpacked, up to `offset`.
        var packed: ArraySlice<UInt8> = []
        var (offset, members) = (0, 0)
        repeat {
            members += 1
            guard members <= limits.gzipMembers else {
                throw ArchiveFault(at: .archive, .tooMany(members: limits.gzipMembers))
            }
            var stream = z_stream()
            guard patchflow_inflate_init(&stream, 15 + 16) == Z_OK else {
                throw ArchiveFault(at: .byte(offset - packed.count), .damaged)
            }
            defer { inflateEnd(&stream) }
            var isOver = false
            while !isOver {
                if Task.isCancelled {
                    throw ArchiveFault(at: .byte(offset - packed.count), .cancelled)
                }
                if packed.isEmpty {
                    guard offset < source.count else {
                        throw ArchiveFault(at: .byte(offset), .cutOff)
                    }
                    packed = try source.bytes(
                        at: offset, count: min(piece, source.count - offset))[...]
                    offset += packed.count
                }
                let (filled, status, left) = out.withUnsafeMutableBufferPointer {
                    inflate(&stream, packed, into: $0)
                }
                let isStuck = filled == 0 && left == packed.count
                unpacked += out[..<filled]
                packed = packed.suffix(left)
                try limits.check(unpacked.count, from: offset - left, at: .archive)
                isOver = status == Z_STREAM_END
                guard isOver || !isStuck && (status == Z_OK || status == Z_BUF_ERROR) else {
                    throw ArchiveFault(at: .byte(offset - left), .damaged)
                }
            }
        } while !packed.isEmpty || offset < source.count
        return unpacked
    }

    private static let piece = 1 << 18
    private static let room = 1 << 18

    /// - Returns: How many bytes of `out` were filled; zlib's status; how many bytes of `packed` it
    ///   has not read.
    private static func inflate(
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
