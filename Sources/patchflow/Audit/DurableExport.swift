internal import Audit
internal import CommandLineClient
internal import Foundation

/// Writes bundles into files.
enum DurableExport {
    /// The file is there whole, on the disk, or not at all.
    ///
    /// - Returns: How many bytes it has.
    static func write(
        _ export: BundleExport, from log: some BundleSource, to path: String
    ) async throws -> Int {
        let partial = path + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
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
        guard rename(partial, path) == 0 else {
            throw ClientFailure.usage(
                "'\(path)' can't be written: \(String(cString: strerror(errno)))")
        }
        try flushDirectory(of: path)
        return written
    }

    /// The name is on the disk too.
    private static func flushDirectory(of path: String) throws {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw ClientFailure.usage(
                "'\(directory)' can't be flushed: \(String(cString: strerror(errno)))")
        }
    }
}
