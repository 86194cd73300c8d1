import Foundation
import PatchManagement
import Support
import Testing

@testable import Executors

/// By the real gpg's signatures.
@Suite("Signatures are checked by gpgv, with the pinned keys alone", .timeLimit(.minutes(2)))
struct SignatureCheckerTests {
    private let directory =
        FileManager.default.temporaryDirectory.path + "/patchflow-signatures-\(UUID().uuidString)"
    private let document = Array("an advisory".utf8)

    private func fault(
        _ signature: [UInt8], of bytes: [UInt8], _ keyring: FeedKeyring,
        program: String = "/usr/bin/gpgv"
    ) async throws -> FeedFetchFault? {
        var checker = SignatureChecker(directory: directory)
        checker.program = program
        do {
            try await checker.check(signature, of: bytes, by: keyring)
            return nil
        } catch let fault as FeedFetchFault {
            return fault
        }
    }

    private func keyring(_ key: SigningKey) throws -> FeedKeyring {
        let keys = try OpenPGPKeys(key.armoured)
        #expect(keys.fingerprints == [key.fingerprint], "read as gpg shows it")
        return FeedKeyring(packets: keys.packets, fingerprints: keys.fingerprints)
    }

    @Test("What the pinned key signed passes; a changed word, another key and no signature don't")
    func signatures() async throws {
        try await SigningKey.with { key in
            try await SigningKey.with("Somebody <else@example>") { other in
                let own = try keyring(key)
                let good = try await key.sign(document)
                #expect(try await fault(good, of: document, own) == nil)
                for (signature, bytes) in [
                    (good, Array("An advisory".utf8)), (try await other.sign(document), document),
                    ([], document), (Array("nonsense".utf8), document), (document, document),
                ] {
                    #expect(try await fault(signature, of: bytes, own)?.cause == .badSignature)
                }
                let both = try OpenPGPKeys(key.armoured + other.armoured)
                let mixed = FeedKeyring(packets: both.packets, fingerprints: [key.fingerprint])
                #expect(try await fault(good, of: document, mixed) == nil)
                let foreign = try await fault(other.sign(document), of: document, mixed)
                #expect(foreign?.detail.contains(other.fingerprint) == true, "it is not pinned")
            }
        }
    }

    @Test("A broken hash and a key whose time is over are refused with their reasons")
    func weakness() async throws {
        try await SigningKey.with(expires: "2025-02-01", at: "20250101T000000") { key in
            let found = try await fault(key.sign(document), of: document, keyring(key))
            #expect(found?.cause == .badSignature)
            #expect(found?.detail.contains("expired") == true)
        }
        try await SigningKey.with { key in
            let weak = try await key.sign(document, with: ["--digest-algo", "SHA1"])
            let found = try await fault(weak, of: document, try keyring(key))
            #expect(found?.cause == .badSignature)
            #expect(found?.detail.contains("hash that is broken") == true)
        }
    }

    @Test("Where there is no gpgv nothing passes, and the reason says what to install")
    func missing() async throws {
        let keyring = FeedKeyring(packets: [1], fingerprints: [])
        let found = try await fault([], of: document, keyring, program: "/usr/bin/no-gpgv")
        #expect(found?.cause == .unverified && found?.scope == .look)
        #expect(found?.detail.contains("gpgv") == true)
    }

    @Test("Nothing of keys, signatures and documents is left behind")
    func nothingIsLeft() async throws {
        try await SigningKey.with { key in
            _ = try await fault(key.sign(document), of: document, keyring(key))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        try FileManager.default.removeItem(atPath: directory)
    }
}
