internal import Audit
internal import EventSourcing
internal import Foundation
internal import PostgresStore
internal import Signing
internal import Synchronization
internal import TransparencyLog

/// The files of archived partitions in one directory, each a bundle as 'audit verify' reads it.
final class ArchiveDirectory: EntryArchive {
    let path: String
    /// Those that were opened; their indexes cost some hundred bytes for each 256 events.
    private let open = Mutex<[String: AuditBundle]>([:])

    /// Nothing is touched yet.
    init(_ path: String) { self.path = path }

    func bundle(_ index: Int64, of file: String) async throws -> EntryBundle {
        try await offThePool { [self] in
            do {
                return try archive(file).entries(index)
            } catch let error as BundleError {
                forget(file)
                throw unavailable(file, error)
            }
        }
    }

    func forget(_ file: String) {
        // Whoever reads it at this moment keeps it open.
        open.withLock { $0[file] = nil }
    }

    func digest(of file: String) async throws -> Digest {
        try await offThePool { [self] in
            do {
                return try FileBytes.with(checkedPlace(of: file)) { try $0.digest() }
            } catch let error as BundleError {
                throw unavailable(file, error)
            }
        }
    }

    func place(of file: String) -> String { "\(path)/\(file)" }

    private func archive(_ name: String) throws -> AuditBundle {
        if let found = open.withLock({ $0[name] }) { return found }
        let opened = try AuditBundle(OpenFile(checkedPlace(of: name)))
        return open.withLock { archives in
            if let first = archives[name] { return first }
            archives[name] = opened
            return opened
        }
    }

    /// Names come from the database: none of them leads out of the directory.
    private func checkedPlace(of file: String) throws(BundleError) -> String {
        guard !file.isEmpty, !file.contains("/"), !file.hasPrefix(".") else {
            throw .unreadable(reason: "'\(file)' is no name of an archive")
        }
        return place(of: file)
    }

    private func unavailable(_ file: String, _ error: BundleError) -> EventStoreError {
        EventStoreError(
            .archiveMissing,
            "the archive '\(file)' can't be read in '\(path)': \(error); bring it back, or say where "
                + "archives lie (--archive)")
    }
}

/// A file that is open as long as somebody holds this.
private final class OpenFile: ByteSource {
    private let file: FileBytes

    init(_ path: String) throws(BundleError) { file = try FileBytes.open(path) }

    deinit { file.close() }

    var length: Int64 { file.length }

    func read(at offset: Int64, count: Int) throws(BundleError) -> [UInt8] {
        try file.read(at: offset, count: count)
    }
}
