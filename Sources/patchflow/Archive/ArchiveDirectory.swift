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
    private let open = Mutex<[String: OpenArchive]>([:])

    private struct OpenArchive: Sendable {
        let bundle: AuditBundle
        let file: FileBytes
    }

    /// Nothing is touched yet.
    init(_ path: String) { self.path = path }

    func bundle(_ index: Int64, of file: String) async throws -> EntryBundle {
        try await offThePool { [self] in
            do {
                return try archive(file).bundle.entries(index)
            } catch let error as BundleError {
                throw unavailable(file, error)
            }
        }
    }

    func digest(of file: String) async throws -> Digest {
        try await offThePool { [self] in
            do {
                return try FileBytes.with(place(of: file)) { try $0.digest() }
            } catch let error as BundleError {
                throw unavailable(file, error)
            }
        }
    }

    func place(of file: String) -> String { "\(path)/\(file)" }

    private func archive(_ name: String) throws -> OpenArchive {
        if let found = open.withLock({ $0[name] }) { return found }
        let file = try FileBytes.open(place(of: name))
        let opened = OpenArchive(bundle: try AuditBundle(file), file: file)
        return open.withLock { archives in
            if let first = archives[name] { return first }
            archives[name] = opened
            return opened
        }
    }

    private func unavailable(_ file: String, _ error: BundleError) -> EventStoreError {
        EventStoreError(
            .archiveMissing,
            "the archive '\(file)' can't be read in '\(path)': \(error); bring it back, or say where "
                + "archives lie (--archive)")
    }
}
