internal import ArgumentParser
internal import Foundation

/// Held by one process of a worker's name at a time, until that process has ended, however it
/// ends: the operating system gives it back, never earlier.
final class WorkerLock: Sendable {
    private let descriptor: Int32

    /// - Throws: When another living process has that name.
    init(name: String, in directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let safe = name.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "_" }
        let path = "\(directory)/\(String(safe)).lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ValidationError("the worker's lock '\(path)' can't be opened: errno \(errno)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ValidationError(
                "--name '\(name)': a living process on this machine has that name; choose another")
        }
    }

    deinit { close(descriptor) }
}
