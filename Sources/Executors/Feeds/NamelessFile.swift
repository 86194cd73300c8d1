internal import Archives
private import Foundation
private import Glibc
private import PatchManagement

/// A file being written that has no name any more: it goes with this process, however that ends.
final class NamelessFile {
    private(set) var descriptor: Int32
    private(set) var count = 0

    /// - Throws: `FeedFetchFault` when none can be made.
    init(in directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let path = "\(directory)/incoming-\(UUID().uuidString)"
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.fault(errno, directory) }
        unlink(path)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count, let start = bytes.baseAddress {
            let more = Glibc.write(descriptor, start + written, bytes.count - written)
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw Self.fault(errno, "what comes") }
            written += more
        }
        count += written
    }

    /// The file for reading; nothing is written to it after this.
    func opened() throws(ArchiveFault) -> OpenFile {
        defer { descriptor = -1 }
        return try OpenFile(adopting: descriptor)
    }

    private static func fault(_ code: Int32, _ what: String) -> FeedFetchFault {
        FeedFetchFault(
            .unreachable, "there is no room for \(what) here (errno \(code)): see to the disk")
    }
}
