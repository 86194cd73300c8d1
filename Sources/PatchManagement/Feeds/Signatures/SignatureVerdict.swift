/// What `gpgv` says of a detached signature, on its status descriptor.
/// Source: GnuPG's doc/DETAILS, "General status codes".
package enum SignatureVerdict: Sendable, Equatable {
    /// - Parameter by: Fingerprint of the primary key.
    case good(by: String)
    case bad(reason: String)

    /// Hash algorithms for which two documents with one signature can be made: MD5, SHA-1 and
    /// RIPEMD-160, by OpenPGP's numbers (RFC 4880 §9.4).
    private static let brokenHashes: Set<Substring> = ["1", "2", "3"]

    fileprivate struct Signature {
        var isGood = false
        var valid: (primary: String, hash: Substring)?
        var trouble: String?
    }

    /// One good signature of a pinned key is enough, and one that is wrong is too much: then what is
    /// signed was changed.
    package init(status: String, pinned: [String]) {
        var signatures: [Signature] = []
        for line in status.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard words.count >= 2, words[0] == "[GNUPG:]" else { continue }
            if words[1] == "NEWSIG" { signatures.append(Signature()) }
            if words[1] == "BADSIG" {
                self = .bad(reason: "what is signed is not what came")
                return
            }
            if signatures.isEmpty { signatures.append(Signature()) }
            signatures[signatures.count - 1].note(words)
        }
        for signature in signatures {
            if let valid = signature.valid, signature.isGood, signature.trouble == nil,
                pinned.contains(valid.primary), !Self.brokenHashes.contains(valid.hash)
            {
                self = .good(by: valid.primary)
                return
            }
        }
        self = .bad(reason: signatures.first?.reason(pinned) ?? "there is no signature in it")
    }
}

extension SignatureVerdict.Signature {
    fileprivate mutating func note(_ words: [Substring]) {
        switch words[1] {
        case "GOODSIG": isGood = true
        case "VALIDSIG" where words.count >= 12:
            valid = (String(words[11]), words[9])
        case "EXPSIG": trouble = "the signature has expired"
        case "EXPKEYSIG": trouble = "the key has expired: pin its renewed form"
        case "REVKEYSIG": trouble = "the key was revoked"
        case "ERRSIG" where trouble == nil: trouble = "the signature can't be checked"
        case "NO_PUBKEY" where words.count >= 3:
            trouble = "the key \(words[2]) that signed it is not pinned"
        case "NODATA": trouble = "there is no signature in it"
        default: break
        }
    }

    fileprivate func reason(_ pinned: [String]) -> String {
        if let trouble { return trouble }
        guard let valid, isGood else { return "there is no good signature in it" }
        return pinned.contains(valid.primary)
            ? "its signature uses a hash that is broken (number \(valid.hash))"
            : "the key \(valid.primary) that signed it is not pinned"
    }
}
