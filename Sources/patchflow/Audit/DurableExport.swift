internal import Audit
internal import CommandLineClient
internal import Foundation

/// Writes bundles into files.
enum DurableExport {
    /// The file is there whole, on the disk, or not at all; one that was there is replaced.
    ///
    /// - Returns: How many bytes it has.
    static func write(
        _ export: BundleExport, from log: some BundleSource, to path: String
    ) async throws -> Int {
        try await write(export, from: log, beside: path) { partial in
            guard rename(partial, path) == 0 else { throw failure("written", path) }
            try flushDirectory(of: path)
        }
    }

    /// The same where a file that is there stays as it is.
    ///
    /// - Parameter check: Of the file that was written, before it takes its name.
    /// - Returns: Whether it is the one that was written now.
    static func writeNew(
        _ export: BundleExport, from log: some BundleSource, to path: String,
        check: (_ path: String) throws -> Void
    ) async throws -> Bool {
        var isNew = true
        _ = try await write(export, from: log, beside: path) { partial in
            try check(partial)
            // A link is refused where a rename would replace.
            if link(partial, path) != 0 {
                guard errno == EEXIST else { throw failure("written", path) }
                isNew = false
            }
            try flushDirectory(of: path)
        }
        return isNew
    }

    private static func write(
        _ export: BundleExport, from log: some BundleSource, beside path: String,
        _ publish: (_ partial: String) throws -> Void
    ) async throws -> Int {
        let partial = "\(path).partial-\(getpid())"
        guard
            FileManager.default.createFile(
                atPath: partial, contents: nil, attributes: [.posixPermissions: 0o640]),
            let handle = FileHandle(forWritingAtPath: partial)
        else {
            throw ClientFailure.usage("'\(partial)' can't be written; is its directory there?")
        }
        defer { try? FileManager.default.removeItem(atPath: partial) }
        var written = 0
        try await export.write(from: log) { bytes in
            try handle.write(contentsOf: bytes)
            written += bytes.count
        }
        try handle.synchronize()
        try handle.close()
        try publish(partial)
        return written
    }

    private static func failure(_ what: String, _ path: String) -> ClientFailure {
        .usage("'\(path)' can't be \(what): \(String(cString: strerror(errno)))")
    }

    /// The name is on the disk too.
    private static func flushDirectory(of path: String) throws {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw failure("flushed", directory) }
    }
}
