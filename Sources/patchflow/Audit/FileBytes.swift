internal import Audit
internal import Crypto
internal import EventSourcing
internal import Foundation
internal import SystemPackage

/// A file that is read in pieces, so that one of any size needs little memory.
struct FileBytes: ByteSource {
    private let descriptor: FileDescriptor
    let length: Int64

    /// Opens the file at `path` while `body` reads it.
    ///
    /// - Throws: `BundleError.unreadable`, and what `body` throws.
    static func with<Result>(_ path: String, _ body: (FileBytes) throws -> Result) throws -> Result
    {
        let descriptor = try opened(path)
        return try descriptor.closeAfter {
            try body(FileBytes(descriptor: descriptor, length: try size(descriptor, path)))
        }
    }

    /// The same for a `body` that waits.
    static func whileOpen<Result>(
        _ path: String, _ body: (FileBytes) async throws -> Result
    ) async throws -> Result {
        let descriptor = try opened(path)
        defer { try? descriptor.close() }
        return try await body(FileBytes(descriptor: descriptor, length: try size(descriptor, path)))
    }

    /// Opens the file at `path` until `close`.
    ///
    /// - Throws: `BundleError.unreadable`.
    static func open(_ path: String) throws(BundleError) -> FileBytes {
        let descriptor = try opened(path)
        do {
            return FileBytes(descriptor: descriptor, length: try size(descriptor, path))
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    func close() { try? descriptor.close() }

    private static func opened(_ path: String) throws(BundleError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
        } catch {
            throw .unreadable(reason: "\(path): \(error)")
        }
    }

    /// The SHA-256 of all of it.
    func digest() throws(BundleError) -> EventSourcing.Digest {
        var hash = SHA256()
        var offset: Int64 = 0
        while offset < length {
            let piece = try read(at: offset, count: Int(min(1 << 20, length - offset)))
            hash.update(data: piece)
            offset += Int64(piece.count)
        }
        guard let digest = EventSourcing.Digest(bytes: Array(hash.finalize())) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }

    private static func size(
        _ descriptor: FileDescriptor, _ path: String
    ) throws(BundleError) -> Int64 {
        do {
            return try descriptor.seek(offset: 0, from: .end)
        } catch {
            throw .unreadable(reason: "\(path): \(error)")
        }
    }

    func read(at offset: Int64, count: Int) throws(BundleError) -> [UInt8] {
        var failure: BundleError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do {
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
                    let read = try descriptor.read(
                        fromAbsoluteOffset: offset + Int64(filled), into: rest)
                    guard read > 0 else {
                        failure = .unreadable(reason: "it became shorter while it was read")
                        return
                    }
                    filled += read
                }
            } catch {
                failure = .unreadable(reason: "\(error)")
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
