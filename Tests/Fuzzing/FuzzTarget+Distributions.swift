import Advisories
import PatchManagement

/// What publishers say of where their documents, digests and keys are.
extension FuzzTarget {
    /// `index.txt`, ROLIE feeds and `provider-metadata.json` are refused, or lead by https to where they
    /// may lead: documents to the same server.
    static var feedDirectory: FuzzTarget {
        let name = "feed-directory"
        let samples = [
            FeedTexts.rolie.map { ("feed.json", $0) },
            FeedTexts.provider.map { ("provider-metadata.json", $0) },
            [("index.txt", "2026/a.json\nb.json\r\n")],
        ].flatMap(\.self)
        let mutations = samples.map { file, text in
            let alphabet = "{}[]\",:/.\n\\ au0-%"
            return text.hasPrefix("{")
                ? (file, Mutation(documents: [text], alphabet: alphabet))
                : (file, Mutation([text], alphabet: alphabet))
        }
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let (file, mutation) = random.pick(mutations)
            let bytes = mutation.bytes(&random)
            func broken(_ law: String) -> FuzzFailure {
                FuzzFailure(target: name, law: law, input: [file, "\(bytes)"])
            }
            guard let url = FeedURL("https://v.example/csaf/\(file)") else {
                throw broken("the place is one")
            }
            let read = try? FeedDirectory(FeedDocument(name: file, bytes: bytes), from: url)
            switch read {
            case nil, .changes?: return false
            case .index(let index)?:
                let listing = index.listing(nil, today: "2026-01-01T00:00:00Z").listing
                if (try? FeedListing(listing.bytes)) != listing { throw broken("paths are kept") }
            case .rolie(let feed)?:
                let stays = feed.listing.entries.allSatisfy { entry in
                    [entry.place, entry.digest, entry.signature].compactMap(\.self).allSatisfy {
                        $0.isSameServer(as: url)
                    } && entry.place?.target == "/" + entry.path
                }
                if !stays { throw broken("documents are on the same server") }
                if (try? FeedListing(feed.listing.bytes))?.dates != feed.listing.dates {
                    throw broken("paths and dates are kept")
                }
            case .provider(let provider)?:
                let places = provider.feeds + provider.directories + provider.keys.map(\.url)
                if places.contains(where: { !$0.isSecure }) { throw broken("https stays https") }
            }
            return true
        }
    }

    /// Keys are refused, or read the same without their armour.
    static var publicKeys: FuzzTarget {
        let name = "public-keys"
        let packets = (try? OpenPGPKeys(Array(FeedTexts.key.utf8)))?.packets ?? []
        let mutations = [
            Mutation([FeedTexts.key], alphabet: "-=\nA+/B "),
            Mutation([packets], alphabet: "\u{0}\u{7f}"),
        ]
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = random.pick(mutations).bytes(&random)
            guard let keys = try? OpenPGPKeys(bytes) else { return false }
            let isWhole = keys.fingerprints.allSatisfy { $0.utf8.count == 40 }
            if !isWhole || (try? OpenPGPKeys(keys.packets)) != keys {
                throw FuzzFailure(
                    target: name, law: "packets are read as they are kept", input: ["\(bytes)"])
            }
            return true
        }
    }

    /// What is good is by a pinned key, and is said to be so by lines of gpgv's own.
    static var signatureStatus: FuzzTarget {
        let name = "signature-status"
        let key = String(repeating: "A", count: 40)
        let mutation = Mutation(
            [
                "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG AA V\n[GNUPG:] VALIDSIG \(key) 2026-01-01 1 0 4 0 "
                    + "1 10 00 \(key)\n",
                "[GNUPG:] NEWSIG\n[GNUPG:] BADSIG AA V\n", "[GNUPG:] NODATA 1\n",
            ], alphabet: "\n []GNUPG:A0SIBD")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let text = mutation.text(&random)
            guard case .good(let by) = SignatureVerdict(status: text, pinned: [key]) else {
                return false
            }
            if by != key || !text.contains("GOODSIG") || text.contains("[GNUPG:] BADSIG ") {
                throw FuzzFailure(target: name, law: "only what is good is good", input: [text])
            }
            return true
        }
    }

    /// A proxy is refused or has a host that a URL could have; exceptions are always an answer.
    static var feedProxy: FuzzTarget {
        let name = "feed-proxy"
        let mutation = Mutation(
            [
                "http://a:b@proxy.example:3128/", "proxy:80", "http://[2001:db8::1]:8080",
                "10.0.0.0/8,.example,*,[::1]:443,a.example:80", "2001:db8::/32",
            ], alphabet: ":/@[].,*%0a1 ")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let (text, exceptions) = (mutation.text(&random), mutation.text(&random))
            _ = ProxyExceptions(exceptions).contains("a.example", port: 443)
            _ = ProxyExceptions(exceptions).contains("2001:db8::1", port: 443)
            guard let proxy = FeedProxy(text) else { return false }
            if FeedURL("http://\(proxy.shown)/") == nil {
                throw FuzzFailure(target: name, law: "it has a host and a port", input: [text])
            }
            return true
        }
    }

    /// A file of digests is of nothing but what it was made of.
    static var statedDigest: FuzzTarget {
        let name = "stated-digest"
        let sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        let mutation = Mutation(
            [
                "\(sha256)  a.json\n", "\(sha256)\n", "SHA256 (x/a.json) = \(sha256)\n",
                "\(sha256) *a.json\n0 b\n",
            ], alphabet: "0aF \n()=*/")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            // One line among others that are broken, or a broken file.
            let line = random.pick([sha256 + "  a.json", "SHA256 (a.json) = " + sha256, sha256])
            let text =
                random.below(3) == 0
                ? mutation.text(&random) + line + "\n" + mutation.text(&random)
                : mutation.text(&random)
            let isStated =
                StatedDigest.fault(in: Array("{}".utf8), named: "a.json", .sha256, by: text) == nil
            if isStated, !text.lowercased().contains(sha256) {
                throw FuzzFailure(target: name, law: "the digest stands there", input: [text])
            }
            return isStated
        }
    }
}
