import Testing
import TransparencyLog

/// Keys and notes that others have published.
enum PublishedNotes {
    // golang.org/x/mod/sumdb/note
    static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let peterSecret =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    static let peterLine =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUg"
        + "YN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    static let enochLine =
        "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+"
        + "vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

    // C2SP signed-note, Verifier keys, Example
    static let foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let fooNote = """
        This is an example message.

        \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3m\
        FXmRKuwHjG1Yu72IneyaQM=

        """
}

@Suite("Keys: C2SP signed-note")
struct KeyTests {
    @Test("Published keys are read and written back")
    func published() throws {
        for text in [PublishedNotes.peter, PublishedNotes.enoch, PublishedNotes.foo] {
            #expect(try VerifierKey(text).description == text)
        }
        let peter = try VerifierKey(PublishedNotes.peter)
        #expect(peter.name == "PeterNeumann")
        #expect(peter.keyHash == 0xC74F_20A3)
        #expect(peter.algorithm == .ed25519)
        let secret = try SignerKey(secretText: PublishedNotes.peterSecret)
        #expect(secret.verifier == peter)
        #expect(secret.secretText == PublishedNotes.peterSecret)
    }

    @Test("A witness's published key is one of cosignatures")
    func witness() throws {
        let key = try VerifierKey(
            "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")
        #expect(key.algorithm == .cosignature)
    }

    @Test("A signer says who it is, and nothing of its secret")
    func secrecy() throws {
        let key = try SignerKey(secretText: PublishedNotes.peterSecret)
        #expect("\(key)" == "the signer of \(PublishedNotes.peter)")
        #expect(!String(reflecting: key).contains("AYEKFALV"))
    }

    @Test(
        "No part of a key and no key with another character is a key",
        arguments: [PublishedNotes.peter, PublishedNotes.peterSecret])
    func mangled(text: String) throws {
        func isKey(_ bytes: some Collection<UInt8>) -> Bool {
            let text = String(decoding: bytes, as: UTF8.self)
            return (try? VerifierKey(text)) != nil || (try? SignerKey(secretText: text)) != nil
        }
        let bytes = Array(text.utf8)
        #expect(isKey(bytes))
        for start in bytes.indices {
            for end in (start + 1)...bytes.count where end - start < bytes.count {
                #expect(!isKey(bytes[start..<end]))
            }
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] += 1
            #expect(!isKey(changed))
        }
    }

    @Test(
        "A key that is wrong says why",
        arguments: [
            ("PeterNeumann+c74f20a3", .malformed),
            ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .malformed),
            ("PeterNeumann+74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .malformed),
            ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
            ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .invalidName),
            (
                "Peter\u{a0}Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                .invalidName
            ),
            ("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", .wrongHash),
            (
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
                .malformed
            ),
            (
                "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                .wrongAlgorithm(0x65)
            ),
            ("PeterNeumann+c74f20a3+AQ==", .invalidKey), ("PeterNeumann+c74f20a3+", .malformed),
        ] as [(String, KeyError)])
    func wrong(text: String, error: KeyError) {
        #expect(throws: error) { try VerifierKey(text) }
    }

    @Test("A key is 32 bytes")
    func seeds() throws {
        let seed = Array(UInt8(0)..<32)
        let signer = try SignerKey(name: "log.example", algorithm: .ed25519, seed: seed)
        let cosigner = try SignerKey(name: "log.example", algorithm: .cosignature, seed: seed)
        #expect(signer.verifier.publicKey == cosigner.verifier.publicKey)
        #expect(signer.verifier.keyHash != cosigner.verifier.keyHash, "one key, two purposes")
        #expect(throws: KeyError.invalidKey) {
            try SignerKey(name: "log.example", algorithm: .ed25519, seed: seed.dropLast())
        }
        #expect(throws: KeyError.invalidName) {
            try SignerKey(name: "log+example", algorithm: .ed25519, seed: seed)
        }
    }
}
