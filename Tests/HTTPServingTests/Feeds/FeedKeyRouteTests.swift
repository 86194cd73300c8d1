import APIContract
import Application
import EventSourcing
import Foundation
import Support
import Testing

/// Keys, archives and doubles over HTTP.
@Suite(.timeLimit(.minutes(2))) struct FeedKeyRouteTests {
    private func body(_ change: [String: Any]) throws -> String {
        var feed: [String: Any] = ["name": "kev", "kind": "kev", "team": "watch"]
        feed.merge(change) { $1 }
        return String(
            decoding: try JSONSerialization.data(withJSONObject: feed), as: UTF8.self)
    }

    private let source: [String: Any] = [
        "url": "https://a.example/kev.json", "every_seconds": 21_600, "signature_suffix": ".asc",
    ]

    @Test func keysAreShownByTheirFingerprintsAndChangedWithAReason() async throws {
        try await SigningKey.with { key in
            try await withServedLog { log in
                let administrator = try await log.administrator()
                let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
                let text = String(decoding: key.armoured, as: UTF8.self)
                let without = try await log.post(
                    "/api/v1/feeds", body(["source": source]), as: vera)
                #expect(without.status == 422)
                #expect(try without.problem.code == "keys-missing")
                let secret = text.replacing("PUBLIC", with: "PRIVATE")
                let refused = try await log.post(
                    "/api/v1/feeds", body(["source": source, "keys": ["text": secret]]), as: vera)
                #expect(refused.status == 422)
                #expect(refused.text.contains("secret key"))
                let made = try await log.post(
                    "/api/v1/feeds", body(["source": source, "keys": ["text": text]]), as: vera)
                #expect(made.status == 200, "\(made.text)")
                let page: ListPage<FeedResource> = try await log.get(
                    "/api/v1/feeds?min_position=\(log.useCases.store.head())", as: vera
                )
                .decode()
                #expect(page.data.first?.keys == [key.fingerprint])
                #expect(page.data.first?.source?.signatureSuffix == ".asc")
                #expect(page.data.first?.watchedAt != nil)

                let pin = #"{"keys":{"fingerprints":["\#(key.fingerprint)"]},"reason":"r"}"#
                let elsewhere = try await log.post(
                    "/api/v1/feeds/kev:pin-keys", pin, as: vera)
                #expect(try elsewhere.problem.code == "keys-missing", "only a provider says where")
                let viewer = try await log.token("vic", "viewer", by: administrator).secret
                let denied = try await log.post("/api/v1/feeds/kev:pin-keys", pin, as: viewer)
                #expect(denied.status == 403)
                let unknown = try await log.post("/api/v1/feeds/x:pin-keys", pin, as: vera)
                #expect(unknown.status == 404)
            }
        }
    }

    @Test func documentsWithTheSameBytesCountOnceAndAreNamed() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            _ = try await log.post(
                "/api/v1/feeds", #"{"name":"debian","kind":"osv","team":"watch"}"#, as: vera)
            let record = #"{\"id\":\"DSA-1-1\",\"modified\":\"2026-01-02T00:00:00Z\"}"#
            let kept: KeptFeedDocuments = try await log.post(
                "/api/v1/feeds/debian/documents",
                #"{"documents":[{"name":"b.json","text":"\#(record)"}]}"#, as: vera
            ).decode()
            let digest = try #require(kept.data.first?.digest)
            let taken: FeedTakenResource = try await log.post(
                "/api/v1/feeds/debian:take",
                """
                {"documents":[{"name":"b.json","digest":"\(digest)"},\
                {"name":"a.json","digest":"\(digest)"}]}
                """, as: vera
            ).decode()
            #expect(taken.outcome == "taken" && taken.records == 1)
            #expect(taken.duplicates == ["b.json"])
        }
    }

    @Test func archivesThatHostsAreOfferedFromAreListedWithWhoWatchesThem() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            let none: ArchiveOrigins = try await log.get("/api/v1/archive-origins", as: vera)
                .decode()
            #expect(none.data.isEmpty)
            let made = try await log.post(
                "/api/v1/feeds", body(["origins": ["Debian:12*/stable-security"]]), as: vera)
            #expect(made.status == 200, "\(made.text)")
            let page: ListPage<FeedResource> = try await log.get(
                "/api/v1/feeds?min_position=\(log.useCases.store.head())", as: vera
            )
            .decode()
            #expect(page.data.first?.origins == ["Debian:12*/stable-security"])
            let bad = try await log.post(
                "/api/v1/feeds", body(["origins": ["a b"]]), as: vera)
            #expect(try bad.problem.code == "bad-origins")
        }
    }
}
