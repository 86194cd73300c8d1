import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Support
import Testing

/// From a key that gpg made to what the feed says, on a real database and over real sockets.
@Suite("Signed feeds, with the real gpg", .timeLimit(.minutes(2)))
struct SignedFeedTests {
    private func catalogue(_ id: Int) -> [UInt8] {
        Array(
            """
            {"title":"t","catalogVersion":"2026.01.02","dateReleased":"2026-01-02T00:00:00Z",\
            "count":1,"vulnerabilities":[{"cveID":"CVE-2026-\(id)","vendorProject":"v",\
            "product":"p","vulnerabilityName":"n","dateAdded":"2026-01-02","shortDescription":"s",\
            "requiredAction":"r","dueDate":"2026-02-02","knownRansomwareCampaignUse":"Unknown",\
            "notes":"","cwes":[]}]}
            """.utf8)
    }

    private func serve(_ server: PublisherServer, _ body: [UInt8], _ signature: [UInt8]?) {
        server.serve("/kev.json") { _ in PublisherServer.Answer(200, body) }
        server.serve("/kev.json.asc") { _ in
            signature.map { PublisherServer.Answer(200, $0) } ?? PublisherServer.Answer(404)
        }
    }

    @Test("Signed it is taken; unsigned or signed by another it is refused until it is good")
    func life() async throws {
        let server = try PublisherServer()
        defer { server.stop() }
        try await SigningKey.with { key in
            try await SigningKey.with("Somebody <else@example>") { other in
                try await withHouse { house in
                    try await live(house, server, key, other)
                }
            }
        }
    }

    private func live(
        _ house: House, _ server: PublisherServer, _ key: SigningKey, _ other: SigningKey
    ) async throws {
        let first = catalogue(1001)
        serve(server, first, try await key.sign(first))
        let registration = FeedRegistration(
            name: "kev", kind: .kev, team: "t",
            source: FeedSource(
                url: server.root + "/kev.json", everySeconds: 300, reach: .loopback,
                signatureSuffix: ".asc"))
        _ = try await house.useCases.watchFeed(
            registration, keys: SentFeedKeys(bytes: key.armoured, fingerprints: []),
            house.order(anton))
        func state() async throws -> Feed {
            try await house.bus.state(of: registration.feed, as: FeedDecider.self).state
        }
        func hurry() async throws {
            try await house.database.query(
                """
                update patchflow.activities set available_at = clock_timestamp()
                where kind = 'look-at-feed' and worker is null
                """)
        }
        try await house.wait("the signed catalogue") { try await state().contents != nil }
        let taken = try await state().contents
        #expect(try await state().keys?.fingerprints == [key.fingerprint])

        let second = catalogue(1002)
        serve(server, second, nil)
        // The look before may not have been given back yet: it is hurried until it is.
        try await house.wait("a refusal") {
            try await hurry()
            return try await state().failure == .badSignature
        }
        #expect(try await state().contents == taken, "yesterday's stays")
        serve(server, second, try await other.sign(second))
        try await house.useCases.expectPinning(of: "kev", other, house)
        try await house.wait("the catalogue under the other key") {
            try await state().contents != taken
        }
        #expect(try await state().failure == nil)
        #expect(try await state().keys?.fingerprints == [other.fingerprint])
        let events = try await house.store.read(registration.feed, after: 0, limit: 100)
        #expect(
            events.map(\.type) == [
                "FeedWatched", "FeedSnapshotTaken", "FeedFetchFailed", "FeedKeysPinned",
                "FeedSnapshotTaken",
            ])
    }
}

extension UseCases {
    /// Pins the key by whoever may, after somebody who may not has been refused.
    fileprivate func expectPinning(
        of feed: String, _ key: SigningKey, _ house: House
    ) async throws {
        let sent = SentFeedKeys(bytes: key.armoured, fingerprints: [key.fingerprint])
        await #expect(throws: (any Error).self, "a viewer may not") {
            try await pinFeedKeys(of: feed, sent, reason: "mine", house.order(gustav))
        }
        let foreign = SentFeedKeys(
            bytes: key.armoured, fingerprints: [String(repeating: "A", count: 40)])
        await #expect(throws: InvalidInput.self, "a fingerprint that isn't in it") {
            try await pinFeedKeys(of: feed, foreign, reason: "typo", house.order(alice))
        }
        _ = try await pinFeedKeys(of: feed, sent, reason: "rotated", house.order(alice))
    }
}
