import EventSourcing
import Foundation
import PatchManagement
import Testing

/// Directories whose documents have digests and signatures beside them, however they are listed.
@Suite("Documents count with the digest and the signature that they need", .timeLimit(.minutes(1)))
struct CheckedDirectoryTests {
    private let key = String(repeating: "A", count: 40)
    private let other = String(repeating: "B", count: 40)
    private let names = ["a1", "a2", "a3"]

    private func source(
        _ url: String = MadeUpPublisher.url, signatures: String? = ".asc", digests: String? = nil
    ) -> FeedSource {
        FeedSource(
            url: url, everySeconds: 3600, signatureSuffix: signatures, digestSuffix: digests)
    }

    /// A scene whose publisher has three documents of `day`, all signed.
    private func scene(_ day: Int = 1) -> LookScene {
        let scene = LookScene()
        publish(day, scene)
        return scene
    }

    private func publish(_ day: Int, _ scene: LookScene) {
        scene.publisher.days = Dictionary(uniqueKeysWithValues: names.map { ($0, day) })
        for name in names {
            let bytes = MadeUpPublisher.document(name, day)
            scene.publisher.beside["\(name).json.asc"] = MadeUpPublisher.signature(
                of: bytes, by: key)
            scene.publisher.beside["\(name).json.sha256"] = Array("\(Digest(of: bytes))\n".utf8)
        }
    }

    private func keep(_ bytes: [UInt8], _ scene: LookScene) async throws -> Digest {
        let document = Document(mediaType: "application/pgp-keys", bytes: bytes)
        var request = AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_1", role: Role.vendorWatch.rawValue), at: scene.clock.now,
                commandID: UUID()), requestDigest: document.digest, streams: [])
        request.documents = [document]
        _ = try await scene.store.append(request)
        return document.digest
    }

    private func watch(_ source: FeedSource, _ scene: LookScene) async throws {
        let document = try await keep([1], scene)
        try await scene.watch(
            source, keys: FeedKeys(fingerprints: [key], document: document))
    }

    @Test("One that is changed, signed by another, or not signed is left out; what was known stays")
    func signatures() async throws {
        let scene = scene()
        try await watch(source(), scene)
        try await scene.look()
        #expect(try await scene.state().summary?.records == 3)
        let before = try await scene.state().contents
        publish(2, scene)
        let changed = MadeUpPublisher.document("a1", 2)
        scene.publisher.beside["a1.json.asc"] = MadeUpPublisher.signature(of: changed, by: other)
        scene.publisher.beside["a2.json.asc"] = nil
        try await scene.look()
        let state = try await scene.state()
        #expect(state.summary?.records == 3, "two as they were, and one that is new")
        #expect(state.contents != before)
        #expect(state.missing?.shown.map(\.name) == ["2026/a1.json", "2026/a2.json"])
        let reasons = try #require(state.missing?.shown.map(\.reason))
        #expect(reasons.allSatisfy { $0.hasPrefix("bad-signature: ") })
        publish(2, scene)
        try await scene.look()
        #expect(try await scene.state().missing == nil, "asked for again, and good now")
    }

    @Test("A digest that doesn't fit leaves its document out")
    func digests() async throws {
        let scene = scene()
        scene.publisher.beside["a2.json.sha256"] = Array("\(Digest(of: "x"))  a2.json\n".utf8)
        scene.publisher.beside["a3.json.sha256"] = nil
        try await scene.watch(source(signatures: nil, digests: ".sha256"))
        try await scene.look()
        let state = try await scene.state()
        #expect(state.summary?.records == 1)
        #expect(state.missing?.shown.map(\.name) == ["2026/a2.json", "2026/a3.json"])
        #expect(state.missing?.shown.allSatisfy { $0.reason.hasPrefix("wrong-digest: ") } == true)
    }

    @Test("With other keys everything is fetched and checked again")
    func otherKeys() async throws {
        let scene = scene()
        try await watch(source(), scene)
        try await scene.look()
        _ = scene.publisher.takeAsked()
        let document = try await keep([2], scene)
        try await scene.tell(
            .pinKeys(FeedKeys(fingerprints: [other], document: document), reason: "rotated"))
        for name in names {
            scene.publisher.beside["\(name).json.asc"] = MadeUpPublisher.signature(
                of: MadeUpPublisher.document(name, 1), by: other)
        }
        #expect(try await scene.look() == 0, "at once")
        #expect(scene.publisher.takeAsked() == names)
        #expect(try await scene.state().missing == nil)
    }

    @Test("A file of its own is refused as a whole, with an alarm, and yesterday's stays")
    func wholeFile() async throws {
        let scene = LookScene()
        let old = MadeUpPublisher.document("a1", 1)
        scene.publisher.first = ("a1.json", old)
        scene.publisher.beside["a1.json.asc"] = MadeUpPublisher.signature(of: old, by: key)
        try await watch(source("https://vendor.example/a1.json"), scene)
        try await scene.look()
        let before = try await scene.state().contents
        #expect(before != nil)
        scene.publisher.first = ("a1.json", MadeUpPublisher.document("a1", 2))
        try await scene.look()
        #expect(try await scene.state().contents == before)
        #expect(try await scene.state().failure == .badSignature)
        scene.publisher.beside = [:]
        try await scene.look()
        #expect(try await scene.state().failure == .badSignature, "there is none at all")
    }

    private func rolie(_ scene: LookScene, day: Int = 1) -> [UInt8] {
        let root = "https://vendor.example/csaf/2026"
        let entries = names.map {
            """
            {"id":"\($0)","updated":"2026-01-0\(day)T00:00:00Z","link":[\
            {"rel":"self","href":"\(root)/\($0).json"},\
            {"rel":"hash","href":"\(root)/\($0).json.sha256"},\
            {"rel":"signature","href":"\(root)/\($0).json.asc"}]}
            """
        }
        let away =
            #"{"id":"away","updated":"2026-01-01T00:00:00Z","link":[{"rel":"self","#
            + #""href":"https://elsewhere.example/x.json"}]}"#
        return Array(
            "{\"feed\":{\"entry\":[\(entries.joined(separator: ",")),\(away)]}}".utf8)
    }

    @Test("A ROLIE feed leads to its documents, digests and signatures, and to no other server")
    func rolieFeed() async throws {
        let scene = scene()
        scene.publisher.first = ("feed-tlp-white.json", rolie(scene))
        scene.publisher.beside["a3.json.sha256"] = Array("\(Digest(of: "x"))\n".utf8)
        try await watch(source("https://vendor.example/csaf/feed-tlp-white.json"), scene)
        try await scene.look()
        let state = try await scene.state()
        #expect(state.summary?.records == 2)
        #expect(state.missing?.shown.map(\.name) == ["away", "csaf/2026/a3.json"])
        _ = scene.publisher.takeAsked()
        publish(1, scene)
        try await scene.look()
        #expect(scene.publisher.takeAsked() == ["a3"], "those that are known stay")
    }

    @Test("A provider leads to its lists, and to the key whose fingerprint a person confirmed")
    func provider() async throws {
        let scene = scene()
        let text = """
            {"metadata_version":"2.0","distributions":[{"rolie":{"feeds":[{"tlp_label":"WHITE",\
            "url":"https://vendor.example/csaf/feed-tlp-white.json"}]}}],"public_openpgp_keys":[\
            {"fingerprint":"\(ProviderKey.fingerprint)","url":"https://keys.example/key.asc"}]}
            """
        scene.publisher.first = ("provider-metadata.json", Array(text.utf8))
        scene.publisher.beside["feed-tlp-white.json"] = rolie(scene)
        scene.publisher.beside["key.asc"] = Array(ProviderKey.armoured.utf8)
        for name in names {
            scene.publisher.beside["\(name).json.asc"] = MadeUpPublisher.signature(
                of: MadeUpPublisher.document(name, 1), by: ProviderKey.fingerprint)
        }
        let url = "https://vendor.example/.well-known/csaf/provider-metadata.json"
        try await scene.watch(
            source(url), keys: FeedKeys(fingerprints: [ProviderKey.fingerprint]))
        try await scene.look()
        #expect(try await scene.state().summary?.records == 3)
        #expect(try await scene.state().validators?.etag == nil, "the lists change by themselves")
        // Whoever changes the provider's words changes nothing of whom a person trusts.
        try await scene.tell(.pinKeys(FeedKeys(fingerprints: [other]), reason: "test"))
        try await scene.look()
        #expect(try await scene.state().failure == .badSignature)
        #expect(try await scene.state().summary?.records == 3)
    }

    @Test("Of a provider with several directories all are read, each document with its own checks")
    func directories() async throws {
        let scene = scene()
        let text = """
            {"distributions":[{"directory_url":"https://vendor.example/advisories/"},\
            {"directory_url":"https://vendor.example/vex/"}]}
            """
        scene.publisher.first = ("provider-metadata.json", Array(text.utf8))
        scene.publisher.beside["vex/2026/a2.json.sha256"] = Array("\(Digest(of: "x"))\n".utf8)
        scene.publisher.beside["a2.json.sha256"] = nil
        scene.publisher.beside["advisories/2026/a2.json.sha256"] = Array(
            "\(Digest(of: MadeUpPublisher.document("a2", 1)))\n".utf8)
        try await scene.watch(
            source(
                "https://vendor.example/provider-metadata.json", signatures: nil,
                digests: ".sha256"))
        try await scene.look()
        #expect(scene.publisher.takeAsked() == ["a1", "a1", "a2", "a2", "a3", "a3"])
        let state = try await scene.state()
        #expect(state.summary?.records == 3)
        #expect(state.missing?.shown.map(\.name) == ["vex/2026/a2.json"])
    }

    @Test("index.txt says what there is, changes.csv when it changed")
    func index() async throws {
        let scene = scene()
        scene.publisher.first = (
            "index.txt", Array("2026/a1.json\n2026/a2.json\n".utf8)
        )
        try await scene.watch(
            source("https://vendor.example/csaf/index.txt", signatures: nil))
        try await scene.look()
        #expect(try await scene.state().summary?.records == 2)
        #expect(scene.publisher.takeAsked() == ["a1", "a2"])
        scene.publisher.days["a2"] = 2
        try await scene.look()
        #expect(scene.publisher.takeAsked() == ["a2"])
    }

    @Test("Documents with the same bytes count once, and the look says so")
    func twins() async throws {
        let scene = scene()
        let text = MadeUpPublisher.document("a1", 1)
        scene.publisher.first = ("feed.json", rolie(scene))
        for name in names {
            scene.publisher.beside["\(name).json.sha256"] = Array("\(Digest(of: text))\n".utf8)
        }
        scene.publisher.twins = ["a2": "a1", "a3": "a1"]
        try await scene.watch(
            source("https://vendor.example/csaf/feed.json", signatures: nil))
        try await scene.look()
        #expect(try await scene.state().summary?.records == 1)
        #expect(try await scene.state().failure == nil)
    }
}

/// A key that gpg made; its secret half is gone.
private enum ProviderKey {
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
