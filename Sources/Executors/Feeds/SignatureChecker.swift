private import Glibc
internal import PatchManagement
private import Subprocess
private import SystemPackage

/// Checks detached OpenPGP signatures by `gpgv`, as apt does: it knows no keys but those that it is
/// given, and neither writes nor asks anything.
///
/// Keys, signatures and documents are files without names, which it opens through this process: with
/// whichever of the two ends first, nothing is left.
struct SignatureChecker: Sendable {
    let directory: String
    var program = "/usr/bin/gpgv"
    var patience: Duration = .seconds(120)

    private static let mostStatus = 64 << 10

    /// - Parameter signed: A descriptor of the file that is signed.
    /// - Throws: `FeedFetchFault`, with the cause `badSignature` unless one of the keyring's keys has
    ///   signed it, and `unverified` when that can't be told; `CancellationError`.
    func check(
        _ signature: [UInt8], of signed: Int32, by keyring: FeedKeyring
    ) async throws {
        let keys = try file(with: keyring.packets)
        let signature = try file(with: signature)
        let words = [
            "--homedir", "/nonexistent", "--status-fd", "1", "--keyring",
            Self.path(keys.descriptor),
            "--", Self.path(signature.descriptor), Self.path(signed),
        ]
        defer { withExtendedLifetime((keys, signature)) {} }
        let status = try await run(words)
        switch SignatureVerdict(status: status, pinned: keyring.fingerprints) {
        case .good: return
        case .bad(let reason): throw FeedFetchFault(.badSignature, reason)
        }
    }

    /// - Parameter bytes: What is signed.
    func check(
        _ signature: [UInt8], of bytes: [UInt8], by keyring: FeedKeyring
    ) async throws {
        let signed = try file(with: bytes)
        defer { withExtendedLifetime(signed) {} }
        try await check(signature, of: signed.descriptor, by: keyring)
    }

    private func file(with bytes: [UInt8]) throws -> NamelessFile {
        let file = try NamelessFile(in: directory)
        try bytes.withUnsafeBytes { try file.write($0) }
        return file
    }

    private static func path(_ descriptor: Int32) -> String {
        "/proc/\(getpid())/fd/\(descriptor)"
    }

    /// - Returns: What it says on its status descriptor, whether it liked the signature or not.
    private func run(_ words: [String]) async throws -> String {
        guard access(program, X_OK) == 0 else {
            throw unverified("\(program) is not there: install Debian's package gpgv")
        }
        let status = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await output(words) }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let status else { throw unverified("gpgv took too long") }
        return status
    }

    private func output(_ words: [String]) async throws -> String {
        var platform = PlatformOptions()
        platform.createSession = true
        platform.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(words),
                environment: .custom(["PATH": "/usr/bin:/bin", "LC_ALL": "C"]),
                platformOptions: platform, input: .none,
                output: .string(limit: Self.mostStatus), error: .discarded)
            return result.standardOutput
        } catch {
            try Task.checkCancellation()
            throw unverified("gpgv could not be run: \(error)")
        }
    }

    private func unverified(_ reason: String) -> FeedFetchFault {
        FeedFetchFault(.unverified, reason, scope: .look)
    }
}
