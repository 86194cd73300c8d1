import FoundationEssentials
import Testing
import TransparencyLog

@Suite("Cosignatures: C2SP tlog-cosignature, version 1")
struct CosignatureTests {
    private let text =
        "example.com/behind-the-sofa\n20852163\n"
        + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    private func cosigner(_ name: String = "witness.example/w1") throws -> SignerKey {
        try SignerKey(name: name, algorithm: .cosignature, seed: Array(UInt8(32)..<64))
    }

    /// A cosignature that a witness of the Android transparency log has made. Its key is published
    /// without the name it used, so the key hash in the line is the one of the name used here.
    @Test("A witness's cosignature of a real checkpoint is right")
    func published() throws {
        let checkpoint =
            "developers.google.com/android/binary_transparency/google1p/0\n5\n"
            + "xqaCEZhTGZUuKNA7MpSyxe1WXiiESB2p+crAyzM+Vxo=\n"
        let published = try #require(
            Data(
                base64Encoded:
                    "r0xBJQAAAABnkyoLuHgN5KlIUUpZV9hulwsFcgqV5v1CyeIhBZWdkfOJT0ims1LqbYygO5ME"
                    + "l91CGha5sP79K57P7lIGrz7Qtx8eBw=="))
        let spki = try #require(
            Data(base64Encoded: "MCowBQYDK2VwAyEApTPPKyRu6Q3PoMkeY+/sNni0biF4vnVTYRHbVNA31mY="))
        let key = try VerifierKey(
            name: "witness.example", algorithm: .cosignature, publicKey: Array(spki.suffix(32)))
        let hash = (0..<4).map { UInt8(truncatingIfNeeded: key.keyHash >> (24 - 8 * $0)) }
        let line = Data(hash + published.dropFirst(4)).base64EncodedString()
        let note = try SignedNote(
            Array((checkpoint + "\n\u{2014} witness.example \(line)\n").utf8))
        let verified = try note.verified(by: [key])
        #expect(verified.map(\.key) == [key])
        #expect(verified.map(\.cosignedAt) == [1_737_697_803])
        let later = try SignedNote(text: checkpoint + "more\n", signatures: note.signatures)
        #expect(throws: NoteError.wrongSignature(name: "witness.example")) {
            try later.verified(by: [key])
        }
    }

    @Test("The message is a header, the time and the checkpoint's whole text")
    func message() throws {
        let cosigner = try cosigner()
        let seconds: Int64 = 1_679_315_147
        let cosignature = cosigner.cosign(text, at: seconds)
        #expect(cosignature.bytes.prefix(8) == [0, 0, 0, 0, 0x64, 0x18, 0x50, 0xCB])
        #expect(cosignature.bytes.count == 72)
        // The same key as a plain signer of the message as it is written in the specification.
        let plain = try SignerKey(
            name: "plain", algorithm: .ed25519, seed: Array(UInt8(32)..<64))
        let signature = plain.sign("cosignature/v1\ntime \(seconds)\n" + text)
        #expect(Array(cosignature.bytes.dropFirst(8)) == signature.bytes)
    }

    @Test("It tells when the witness saw the checkpoint, and nothing of it can be changed")
    func verifying() throws {
        let cosigner = try cosigner()
        let log = try SignerKey(
            name: "log.example", algorithm: .ed25519, seed: Array(UInt8(0)..<32))
        let note = try SignedNote(text: text, signatures: [log.sign(text)])
            .adding([cosigner.cosign(text, at: 1000), cosigner.cosign(text, at: 3000)])
            .adding([cosigner.cosign(text, at: 2000)])
        let verified = try note.verified(by: [log.verifier, cosigner.verifier])
        #expect(verified.map(\.key) == [log.verifier, cosigner.verifier])
        #expect(verified.map(\.cosignedAt) == [nil, 3000])

        let otherText = text.replacing("20852163", with: "20852164")
        let line = cosigner.cosign(text, at: 1000).line
        var otherTime = Array(cosigner.cosign(text, at: 1000).bytes)
        otherTime[7] ^= 1
        let hash = (0..<4).map {
            UInt8(truncatingIfNeeded: cosigner.verifier.keyHash >> (24 - 8 * $0))
        }
        let otherLine =
            "\u{2014} witness.example/w1 \(Data(hash + otherTime).base64EncodedString())\n"
        for note in ["\(otherText)\n\(line)", "\(text)\n\(otherLine)"] {
            let forged = try SignedNote(Array(note.utf8))
            #expect(throws: NoteError.wrongSignature(name: "witness.example/w1")) {
                try forged.verified(by: [cosigner.verifier])
            }
        }
    }

    @Test("A cosigner's key doesn't verify plain signatures, nor a log's key cosignatures")
    func separation() throws {
        let seed = Array(UInt8(32)..<64)
        let plain = try SignerKey(name: "witness.example/w1", algorithm: .ed25519, seed: seed)
        let cosigner = try cosigner()
        let note = try SignedNote(text: text, signatures: [plain.sign(text)])
        #expect(throws: NoteError.unknownSigners) { try note.verified(by: [cosigner.verifier]) }
        let cosigned = try SignedNote(text: text, signatures: [cosigner.cosign(text, at: 1)])
        #expect(throws: NoteError.unknownSigners) { try cosigned.verified(by: [plain.verifier]) }
    }

    @Test("A cosigner's keys are read and written back")
    func keys() throws {
        let cosigner = try cosigner()
        #expect(try VerifierKey(cosigner.verifier.description) == cosigner.verifier)
        #expect(try SignerKey(secretText: cosigner.secretText).verifier == cosigner.verifier)
    }
}
