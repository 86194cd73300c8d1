private import Foundation
private import Subprocess
private import SystemPackage

/// An OpenPGP key that gpg makes for a test, in a directory of its own.
package struct SigningKey: Sendable {
    /// 40 hexadecimal digits, in capitals.
    package let fingerprint: String
    /// The public key, in armour.
    package let armoured: [UInt8]
    private let home: String
    /// What gpg takes for now; nothing for the real time.
    private let time: [String]

    /// Keys and their agent go with the directory.
    ///
    /// - Parameter time: When it is made and used, such as `20250101T000000`.
    package static func with(
        _ owner: String = "Vendor <security@vendor.example>", expires: String = "never",
        at time: String? = nil, _ body: (SigningKey) async throws -> Void
    ) async throws {
        // The path of the agent's socket may not be long.
        let home =
            FileManager.default.temporaryDirectory.path + "/pgp-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let outcome: Result<Void, any Error>
        do {
            let words = time.map { ["--faked-system-time", $0] } ?? []
            try await body(try await make(in: home, owner, expires, words))
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        _ = try? await run(home, "/usr/bin/gpgconf", ["--kill", "all"], [])
        try? FileManager.default.removeItem(atPath: home)
        try outcome.get()
    }

    private static func make(
        in home: String, _ owner: String, _ expires: String, _ time: [String]
    ) async throws -> SigningKey {
        try await gpg(
            home,
            time + ["--passphrase", "", "--quick-generate-key", owner, "ed25519", "sign", expires])
        let listing = String(
            decoding: try await gpg(home, ["--list-keys", "--with-colons"]), as: UTF8.self)
        let line = listing.split(separator: "\n").first { $0.hasPrefix("fpr:") } ?? ""
        return SigningKey(
            fingerprint: String(line.split(separator: ":").last ?? ""),
            armoured: try await gpg(home, ["--armor", "--export"]), home: home, time: time)
    }

    /// The detached signature of `bytes`.
    package func sign(_ bytes: [UInt8], with words: [String] = []) async throws -> [UInt8] {
        try await Self.gpg(home, time + words + ["--armor", "--detach-sign"], bytes)
    }

    @discardableResult
    private static func gpg(
        _ home: String, _ words: [String], _ input: [UInt8] = []
    ) async throws -> [UInt8] {
        try await run(
            home, "/usr/bin/gpg",
            ["--batch", "--quiet", "--no-tty", "--yes", "--pinentry-mode", "loopback"] + words,
            input)
    }

    private static func run(
        _ home: String, _ program: String, _ words: [String], _ input: [UInt8]
    ) async throws -> [UInt8] {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words),
            environment: .custom(["GNUPGHOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C"]),
            input: .array(input), output: .bytes(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw ProgramFailure(
                description: "\(program) \(words.joined(separator: " ")): "
                    + "\(result.standardError)")
        }
        return result.standardOutput
    }
}
