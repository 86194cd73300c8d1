private import Glibc
private import FoundationEssentials

/// Small files that are written whole or not at all, survive a power failure, and that only their
/// owner may read.
enum DurableFile {
    /// Bytes of a file at most.
    static let largest = 16_384

    /// - Returns: nil when there is no such file.
    /// - Throws: `SignerFileError` when it can't be read.
    static func read(_ path: String) throws(SignerFileError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SignerFileError(path, "can't be read", errno)
        }
        defer { close(descriptor) }
        // Keys and heads have a few hundred bytes.
        var bytes = [UInt8](repeating: 0, count: largest + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw SignerFileError(path, "can't be read", errno) }
        guard count <= largest else {
            throw SignerFileError(path, "has more than the \(largest) bytes that it may have")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Replaces the file: a fresh one is flushed, takes its name, and then the name is flushed.
    ///
    /// - Parameter isNew: Refuses to replace one that is there.
    static func write(
        _ text: String, to path: String, isNew: Bool = false
    ) throws(SignerFileError) {
        guard text.utf8.count <= largest else {
            throw SignerFileError(path, "may not have more than \(largest) bytes")
        }
        let fresh = "\(path).\(getpid())"
        unlink(fresh)
        let descriptor = open(fresh, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SignerFileError(path, "can't be written", errno) }
        let bytes = Array(text.utf8)
        let isWritten =
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let cause = errno
        close(descriptor)
        guard isWritten else {
            unlink(fresh)
            throw SignerFileError(path, "can't be written", cause)
        }
        // A link is refused where a rename would replace.
        guard (isNew ? link(fresh, path) : rename(fresh, path)) == 0 else {
            let cause = errno
            unlink(fresh)
            throw SignerFileError(path, "can't be written", cause)
        }
        if isNew { unlink(fresh) }
        try flushDirectory(of: path)
    }

    /// Takes the file away for good; one that isn't there is gone already.
    static func remove(_ path: String) throws(SignerFileError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw SignerFileError(path, "can't be removed", errno)
        }
        try flushDirectory(of: path)
    }

    /// Overwrites the file with zeros, durably, and takes it away for good.
    static func shred(_ path: String) throws(SignerFileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw SignerFileError(path, "can't be overwritten", errno)
        }
        var status = stat()
        var isDone = fstat(descriptor, &status) == 0
        let zeros = [UInt8](repeating: 0, count: min(Int(status.st_size), largest))
        isDone =
            isDone && Glibc.write(descriptor, zeros, zeros.count) == zeros.count
            && fsync(descriptor) == 0
        let cause = errno
        close(descriptor)
        guard isDone else { throw SignerFileError(path, "can't be overwritten", cause) }
        try remove(path)
    }

    /// Makes the directory, durably and for its owner alone, and those above it that are missing.
    static func makeDirectory(_ path: String) throws(SignerFileError) {
        var status = stat()
        if stat(path, &status) == 0 { return }
        if let above = path.lastIndex(of: "/").map({ String(path[..<$0]) }), !above.isEmpty {
            try makeDirectory(above)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SignerFileError(path, "can't be made", errno)
        }
        try flushDirectory(of: path)
    }

    private static func flushDirectory(of path: String) throws(SignerFileError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SignerFileError(directory, "can't be read", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw SignerFileError(directory, "can't be flushed", errno)
        }
    }

    /// Runs `body` while no other process is in here with the same path.
    static func withLock<R>(
        _ path: String, _ body: () throws -> R
    ) throws -> R {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SignerFileError(path, "can't be opened", errno) }
        // Closing ends the lock, as the end of the process does.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SignerFileError(path, "can't be locked", errno) }
        }
        return try body()
    }

    /// Whether others than its owner may read or change it.
    static func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }
}

/// A file with a key, or of a signer's memory, that can't be used, and what to do.
package struct SignerFileError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(_ path: String, _ reason: String, _ code: Int32? = nil) {
        self.path = path
        self.reason = code.map { "\(reason): \(String(cString: strerror($0)))" } ?? reason
    }

    package var description: String { "'\(path)' \(reason)" }
}
