import EventSourcing
import Foundation

/// The stored forms as files in `Golden`: what was written once must be read for ever.
///
/// `PATCHFLOW_WRITE_GOLDEN=1` writes the files that are missing. A file that is there is never
/// written again: a changed format is a new schema version with a file of its own.
enum GoldenFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden")

    static var isWriting: Bool {
        ProcessInfo.processInfo.environment["PATCHFLOW_WRITE_GOLDEN"] == "1"
    }

    static func url(_ name: String) -> URL { folder.appending(path: "\(name).json") }

    /// The bytes of `name`; nil when there is no such file. A line's end at the end isn't counted.
    static func bytes(_ name: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: url(name).path) else { return nil }
        var bytes = Array(try Data(contentsOf: url(name)))
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return bytes
    }

    static func writeIfMissing(_ name: String, _ bytes: [UInt8]) throws {
        guard isWriting, try self.bytes(name) == nil else { return }
        try Data(bytes + [UInt8(ascii: "\n")]).write(to: url(name))
    }

    static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }
        }
    }
}
