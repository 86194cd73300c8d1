import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Who has to have signed what a feed sends is pinned by a person")
struct FeedKeysTests {
    private let key = FeedKeys(
        fingerprints: [SampleKey.fingerprint], document: Digest(of: "keys"))
    private let other = FeedKeys(
        fingerprints: [String(repeating: "A", count: 40)], document: Digest(of: "other"))

    private struct Watched {
        var feed = Feed()
        var events: [FeedEvent] = []

        mutating func tell(_ command: FeedCommand) throws(FeedDenial) -> [String] {
            let context = CommandContext(
                actor: Actor(id: "pe_1", role: Role.vendorWatch.rawValue),
                at: Timestamp(seconds: 1_800_000_000), commandID: UUID())
            events = try FeedDecider.decide(command, context, feed)
            for event in events { FeedDecider.evolve(&feed, event) }
            return events.map { Swift.type(of: $0.payload).type }
        }
    }

    private func registration(
        url: String = "https://a.example/kev.json", suffix: String? = ".asc", every: Int = 3600
    ) -> FeedRegistration {
        FeedRegistration(
            name: "kev", kind: .kev, team: "t",
            source: FeedSource(url: url, everySeconds: every, signatureSuffix: suffix))
    }

    private func denial(_ command: FeedCommand, _ watched: Watched) -> String? {
        var watched = watched
        do throws(FeedDenial) {
            _ = try watched.tell(command)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A signature is demanded only with the keys that make it, named in the event")
    func first() throws {
        var kev = Watched()
        #expect(denial(.watch(registration()), kev) == "keys-missing")
        #expect(denial(.watch(registration(suffix: nil), keys: key), kev) == "nothing-is-signed")
        #expect(try kev.tell(.watch(registration(), keys: key)) == ["FeedWatched"])
        guard case .watched(let event) = kev.events[0] else { return }
        #expect(event.keys?.fingerprints == [SampleKey.fingerprint])
        #expect(try kev.tell(.watch(registration())).isEmpty, "the keys stay")
        #expect(try kev.tell(.watch(registration(every: 600))) == ["FeedWatched"])
        #expect(kev.feed.keys == key)
    }

    @Test(
        "A key for another kind of signature is refused by its kind, with what to do instead",
        arguments: [
            ("untrusted comment: minisign public key 1\nRWQf6LRC", "minisign"),
            ("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", "minisign"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 v@example", "an SSH key"),
            ("\n-----BEGIN SSH SIGNATURE-----\n", "an SSH signature"),
            ("-----BEGIN PUBLIC KEY-----\n", "cosign"),
        ])
    func otherKinds(_ text: String, _ kind: String) {
        do throws(OpenPGPFault) {
            _ = try OpenPGPKeys(Array(text.utf8))
            Issue.record("it was taken")
        } catch {
            #expect(error.description.contains(kind))
            #expect(error.description.contains("--digest-url"), "\(error)")
        }
    }

    @Test("Other keys are pinned by an event of their own, with a reason, and never in passing")
    func change() throws {
        var kev = Watched()
        _ = try kev.tell(.watch(registration(), keys: key))
        #expect(denial(.watch(registration(every: 600), keys: other), kev) == "keys-are-pinned")
        #expect(denial(.pinKeys(other, reason: " "), kev) == "reason-missing")
        kev.feed.validators = FeedValidators(etag: "1", lastModified: nil)
        kev.feed.listing = Digest(of: "list")
        let watch = kev.feed.watch
        #expect(try kev.tell(.pinKeys(other, reason: "rotated")) == ["FeedKeysPinned"])
        guard case .keysPinned(let event) = kev.events[0] else { return }
        #expect(event.before == [SampleKey.fingerprint])
        #expect(kev.feed.keys == other)
        #expect(kev.feed.validators == nil && kev.feed.listing == nil, "all is checked again")
        #expect(kev.feed.watch == watch + 1, "a look under the old key counts no more")
        #expect(FeedDecider.effects(of: kev.events[0], kev.feed).count == 2, "and at once")
        #expect(try kev.tell(.pinKeys(other, reason: "again")).isEmpty)
    }

    @Test("The demand of a signature ends only with the watch, never in passing")
    func demand() throws {
        var kev = Watched()
        _ = try kev.tell(.watch(registration(), keys: key))
        let people = FeedRegistration(name: "kev", kind: .kev, team: "t")
        for other in [registration(suffix: nil), people] {
            #expect(denial(.watch(other), kev) == "signature-is-demanded")
        }
        _ = try kev.tell(.giveUp(reason: "it is signed no more"))
        #expect(try kev.tell(.watch(registration(suffix: nil))) == ["FeedWatched"])
        #expect(
            denial(.watch(registration(), keys: other), kev) == "keys-are-pinned",
            "which keys count is remembered")
    }

    @Test("What had to pass less is fetched again once it has to pass more")
    func moreDemands() throws {
        func registration(
            _ suffix: String?, _ digests: String?, every: Int = 300
        ) -> FeedRegistration {
            FeedRegistration(
                name: "v", kind: .csaf, team: "t",
                source: FeedSource(
                    url: "https://a.example/changes.csv", everySeconds: every,
                    signatureSuffix: suffix, digestSuffix: digests))
        }
        var vendor = Watched()
        let list = Digest(of: "list")
        _ = try vendor.tell(.watch(registration(nil, nil)))
        vendor.feed.listing = list
        _ = try vendor.tell(.watch(registration(nil, nil, every: 600)))
        #expect(vendor.feed.listing == list)
        _ = try vendor.tell(.watch(registration(nil, ".sha256")))
        #expect(vendor.feed.listing == nil)
        vendor.feed.listing = list
        _ = try vendor.tell(.watch(registration(".asc", ".sha256"), keys: key))
        #expect(vendor.feed.listing == nil)
        vendor.feed.listing = list
        _ = try vendor.tell(.watch(registration(".asc", nil)))
        #expect(vendor.feed.listing == list)
    }

    @Test("Keys need a signed source, a feed that is watched, and fingerprints that are some")
    func denials() throws {
        var kev = Watched()
        #expect(denial(.pinKeys(key, reason: "r"), kev) == "no-such-feed")
        _ = try kev.tell(.watch(registration(suffix: nil)))
        #expect(denial(.pinKeys(key, reason: "r"), kev) == "nothing-is-signed")
        _ = try kev.tell(.watch(registration(), keys: key))
        for text in ["", "3A02", String(repeating: "Z", count: 40)] {
            let bad = FeedKeys(
                fingerprints: text.isEmpty ? [] : [text], document: Digest(of: "keys"))
            #expect(denial(.pinKeys(bad, reason: "r"), kev) == "bad-keys-fingerprints")
        }
        let nowhere = FeedKeys(fingerprints: [SampleKey.fingerprint])
        #expect(denial(.pinKeys(nowhere, reason: "r"), kev) == "keys-missing")
        _ = try kev.tell(.giveUp(reason: "enough"))
        #expect(denial(.pinKeys(other, reason: "r"), kev) == "feed-not-watched")
    }

    @Test("A provider says itself where the keys are whose fingerprints a person confirmed")
    func provider() throws {
        var vendor = Watched()
        let spaced = "3a02 280c c6f3 416d 0e0c  11e1 b237 bdda 901e 2576"
        let confirmed = FeedKeys(fingerprints: [spaced])
        #expect(confirmed.fingerprints == [SampleKey.fingerprint])
        let source = registration(
            url: "https://a.example/.well-known/csaf/provider-metadata.json")
        #expect(try vendor.tell(.watch(source, keys: confirmed)) == ["FeedWatched"])
        #expect(
            denial(.watch(registration()), vendor) == "keys-missing",
            "elsewhere nothing says where the key is")
    }

    @Test(
        "Suffixes are plain, and a signature is either of each document or of all",
        arguments: [
            FeedSource(
                url: "https://a.example/x", everySeconds: 300, signatureSuffix: "/../x"),
            FeedSource(url: "https://a.example/x", everySeconds: 300, signatureSuffix: "asc"),
            FeedSource(
                url: "https://a.example/x", everySeconds: 300,
                signatureURL: "https://a.example/x.asc", signatureSuffix: ".asc"),
            FeedSource(
                url: "https://a.example/x", everySeconds: 300,
                signatureURL: "http://a.example/x.asc"),
            FeedSource(url: "https://a.example/x", everySeconds: 300, digestSuffix: ".md5"),
        ])
    func fields(source: FeedSource) {
        #expect(source.faults.count == 1)
    }
}
