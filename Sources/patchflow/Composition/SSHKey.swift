internal import ArgumentParser
internal import Foundation
internal import Subprocess

/// A key pair for reaching hosts.
enum SSHKey {
    /// Makes the pair at `path` (and `path`.pub), and an empty file of known hosts.
    static func make(at path: String, knownHosts: String) async throws {
        let directory = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let result = try await Subprocess.run(
            .name("ssh-keygen"),
            arguments: ["-q", "-t", "ed25519", "-N", "", "-C", "patchflow", "-f", path],
            output: .string(limit: 4096), error: .combinedWithOutput)
        guard result.terminationStatus.isSuccess else {
            throw ValidationError("ssh-keygen failed: \(result.standardOutput)")
        }
        if !FileManager.default.fileExists(atPath: knownHosts) {
            try PrivateFile.write("", to: knownHosts)
        }
    }
}

/// A file that only its owner may read, written whole or not at all.
enum PrivateFile {
    static func write(_ text: String, to path: String) throws {
        let fresh = "\(path).\(getpid())"
        let descriptor = open(fresh, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ValidationError("'\(path)' can't be written: errno \(errno)")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
        try file.close()
        guard rename(fresh, path) == 0 else {
            throw ValidationError("'\(path)' can't be written: errno \(errno)")
        }
    }
}
