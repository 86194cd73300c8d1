private import Glibc

/// A file that is open for reading, closed with the last reference to it. It may have lost its name.
package final class OpenFile: ByteSource {
    /// For handing the file to a child process, while this is referred to.
    package let descriptor: Int32
    package let count: Int

    /// - Throws: `ArchiveFault` when it can't be opened or is no regular file.
    package convenience init(path: String) throws(ArchiveFault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ArchiveFault(at: .archive, .unreadable(errno: errno))
        }
        try self.init(adopting: descriptor)
    }

    /// Takes over `descriptor`, and closes it also when this fails.
    package init(adopting descriptor: Int32) throws(ArchiveFault) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let code = errno
            close(descriptor)
            throw ArchiveFault(at: .archive, .unreadable(errno: code))
        }
        self.descriptor = descriptor
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }

    package func read(_ range: Range<Int>) throws(ArchiveFault) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count, let start = buffer.baseAddress {
                let got = pread(
                    descriptor, start + filled, range.count - filled, range.lowerBound + filled)
                if got < 0, errno == EINTR { continue }
                if got <= 0 {
                    failure = got < 0 ? errno : 0
                    return
                }
                filled += got
            }
        }
        if failure != 0 {
            throw ArchiveFault(at: .byte(range.lowerBound), .unreadable(errno: failure))
        }
        guard bytes.count == range.count else {
            throw ArchiveFault(at: .byte(range.lowerBound), .cutOff)
        }
        return bytes
    }
}
