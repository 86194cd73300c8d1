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
        // One byte more, so that what goes on is seen.
        let (unpacked, status, left) = inflate(&stream, packed[...], room: size + 1)
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
        var unpacked: [UInt8] = []
        var offset = 0
        repeat {
            var stream = z_stream()
            guard patchflow_inflate_init(&stream, 15 + 16) == Z_OK else {
                throw ArchiveFault(at: .byte(offset), .damaged)
            }
            defer { inflateEnd(&stream) }
            var isOver = false
            while !isOver {
                let packed = try source.bytes(
                    at: offset, count: min(piece, source.count - offset))
                var rest = packed[...]
                repeat {
                    let (more, status, left) = inflate(&stream, rest, room: room)
                    unpacked += more
                    rest = packed.suffix(left)
                    let read = offset + packed.count - left
                    try limits.check(unpacked.count, from: read, at: .archive)
                    isOver = status == Z_STREAM_END
                    guard isOver || status == Z_OK || status == Z_BUF_ERROR else {
                        throw ArchiveFault(at: .byte(read), .damaged)
                    }
                    // All that came has been read, and all that it gives been taken.
                    if more.count < room { break }
                } while !isOver
                offset += packed.count - rest.count
                if !isOver, offset >= source.count {
                    throw ArchiveFault(at: .byte(offset), .cutOff)
                }
            }
        } while offset < source.count
        return unpacked
    }

    private static let piece = 1 << 18
    private static let room = 1 << 18

    /// - Returns: What came out, at most `room` bytes; zlib's status; how many bytes of `packed`
    ///   it has not read.
    private static func inflate(
        _ stream: inout z_stream, _ packed: ArraySlice<UInt8>, room: Int
    ) -> (unpacked: [UInt8], status: Int32, left: Int) {
        var status = Z_OK
        var left = packed.count
        let unpacked = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            packed.withUnsafeBufferPointer { input in
                // zlib never writes to its input; its header lacks the word.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                status = CZLib.inflate(&stream, Z_NO_FLUSH)
                left = Int(stream.avail_in)
                filled = buffer.count - Int(stream.avail_out)
                stream.next_in = nil
                stream.next_out = nil
            }
        }
        return (unpacked, status, left)
    }

    /// The sum that a ZIP archive gives of a member.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer {
            UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
    }
}
