import Testing

@testable import PatchManagement

/// A key that gpg made for these tests; its secret half is gone.
enum SampleKey {
    static let fingerprint = "3A02280CC6F3416D0E0C11E1B237BDDA901E2576"
    static let armoured = """
        -----BEGIN PGP PUBLIC KEY BLOCK-----

        mDMEawxFqBYJKwYBBAHaRw8BAQdAl+LXXudeOnfJUvIc+VyCyaZxwTVi/ywmgYoh
        tCn1Ymu0IFZlbmRvciA8c2VjdXJpdHlAdmVuZG9yLmV4YW1wbGU+iJAEExYIADgW
        IQQ6AigMxvNBbQ4MEeGyN73akB4ldgUCawxFqAIbAwULCQgHAgYVCgkICwIEFgID
        AQIeAQIXgAAKCRCyN73akB4ldgCaAQDJNRurkst2fMrKtD7qGvtAzOhZ0QJy/iVo
        v7kVcCE0GwEAxTHM1nzcCcRomwExEZ2/WvTq07nw9Z0Xt3mFypfFrQY=
        =+73Q
        -----END PGP PUBLIC KEY BLOCK-----

        """
}

@Suite("Public keys of OpenPGP are read for what identifies them")
struct OpenPGPKeysTests {
    private func keys(_ text: String) throws(OpenPGPFault) -> OpenPGPKeys {
        try OpenPGPKeys(Array(text.utf8))
    }

    @Test("Armoured or not, with headers or without, a key has the fingerprint that gpg shows")
    func fingerprints() throws {
        let key = try keys(SampleKey.armoured)
        #expect(key.fingerprints == [SampleKey.fingerprint])
        #expect(try OpenPGPKeys(key.packets) == key)
        let headed = SampleKey.armoured.replacing(
            "BLOCK-----\n\n", with: "BLOCK-----\nComment: a key\n\n")
        #expect(try keys(headed) == key)
        let dense = SampleKey.armoured.replacing("BLOCK-----\n\n", with: "BLOCK-----\n")
        #expect(try keys(dense) == key)
        #expect(try keys(SampleKey.armoured.replacing("\n", with: "\r\n")) == key)
    }

    @Test("A secret key is refused with a warning, whatever it is packed in")
    func secrets() {
        let armoured = SampleKey.armoured.replacing("PUBLIC", with: "PRIVATE")
        for bytes in [Array(armoured.utf8), [0x95, 0, 1, 4], [0xC5, 1, 4]] {
            do throws(OpenPGPFault) {
                _ = try OpenPGPKeys(bytes)
                Issue.record("it was taken")
            } catch {
                #expect(error.description.contains("secret key"), "\(error)")
            }
        }
    }

    @Test(
        "What is no public key is refused",
        arguments: [
            "", "hello", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEawxF",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n",
            "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n",
            SampleKey.armoured + SampleKey.armoured,
        ])
    func refusals(text: String) {
        #expect(throws: OpenPGPFault.self) { try keys(text) }
    }

    @Test("A key that is cut off anywhere is refused, or ends between two packets")
    func cutOff() throws {
        let packets = try keys(SampleKey.armoured).packets
        for count in 0..<packets.count {
            do throws(OpenPGPFault) {
                #expect(
                    try OpenPGPKeys(Array(packets[..<count])).fingerprints
                        == [SampleKey.fingerprint])
            } catch {
                continue
            }
        }
    }
}

@Suite("What gpgv says of a signature")
struct SignatureVerdictTests {
    private let pinned = [SampleKey.fingerprint]

    private func verdict(_ lines: String...) -> SignatureVerdict {
        let status = lines.map { "[GNUPG:] \($0)\n" }.joined()
        return SignatureVerdict(status: status, pinned: pinned)
    }

    private func valid(_ key: String, hash: Int = 10) -> String {
        "VALIDSIG 0123 2026-11-29 1795965722 0 4 0 22 \(hash) 00 \(key)"
    }

    @Test("One good signature of a pinned key is enough, beside those of others")
    func good() {
        let good = SignatureVerdict.good(by: SampleKey.fingerprint)
        #expect(verdict("NEWSIG", "GOODSIG B2 Vendor", valid(pinned[0])) == good)
        #expect(
            verdict(
                "NEWSIG", "ERRSIG AA 1 10 00 1 9 -", "NO_PUBKEY AA", "NEWSIG",
                "GOODSIG B2 Vendor", valid(pinned[0])) == good)
    }

    @Test("Everything else is bad, with its reason")
    func bad() {
        let other = String(repeating: "A", count: 40)
        let cases: [([String], String)] = [
            (["NEWSIG", "BADSIG B2 V"], "not what came"),
            (
                ["NEWSIG", "GOODSIG B2 V", valid(pinned[0]), "NEWSIG", "BADSIG B2 V"],
                "not what came"
            ),
            (["NEWSIG", "GOODSIG AA V", valid(other)], "is not pinned"),
            (["NEWSIG", "EXPKEYSIG B2 V", valid(pinned[0])], "expired"),
            (["NEWSIG", "EXPSIG B2 V", valid(pinned[0])], "expired"),
            (["NEWSIG", "REVKEYSIG B2 V", valid(pinned[0])], "revoked"),
            (["NEWSIG", "GOODSIG B2 V", valid(pinned[0], hash: 2)], "hash that is broken"),
            (["NEWSIG", "GOODSIG B2 V"], "no good signature"),
            ([valid(pinned[0])], "no good signature"),
            (["NODATA 1"], "no signature"), ([], "no signature"),
            (["NEWSIG", "ERRSIG AA 1 10 00 1 9 -", "NO_PUBKEY AA"], "AA that signed it"),
        ]
        for (lines, reason) in cases {
            let status = lines.map { "[GNUPG:] \($0)\n" }.joined()
            guard case .bad(let found) = SignatureVerdict(status: status, pinned: pinned) else {
                Issue.record("\(lines) is good")
                continue
            }
            #expect(found.contains(reason), "\(lines): \(found)")
        }
    }

    @Test("A user id can't say that its signature is good")
    func userIDs() {
        #expect(
            verdict("NEWSIG", "ERRSIG AA GOODSIG B2 VALIDSIG \(pinned[0])")
                != .good(by: pinned[0]))
        #expect(
            SignatureVerdict(
                status: "gpgv: [GNUPG:] GOODSIG B2\nNEWSIG\n\(valid(pinned[0]))\n", pinned: pinned)
                != .good(by: pinned[0]))
    }
}
