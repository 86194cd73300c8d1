import APIContract
import Foundation
import Testing

/// Feeds and their sources over HTTP.
@Suite(.timeLimit(.minutes(2))) struct FeedRouteTests {
    private let source = #"{"url":"https://a.example/all.zip","every_seconds":21600}"#

    private func feed(source: String, team: String = "watch") -> String {
        #"{"name":"debian","kind":"osv","team":"\#(team)","source":\#(source)}"#
    }

    @Test func aSourceIsShownWithTheFeedUntilNobodyWatchesIt() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            let made = try await log.post("/api/v1/feeds", feed(source: source), as: vera)
            #expect(made.status == 200, "\(made.text)")
            let page: ListPage<FeedResource> = try await log.get("/api/v1/feeds", as: vera)
                .decode()
            let shown = try #require(page.data.first)
            #expect(shown.source?.url == "https://a.example/all.zip")
            #expect(shown.source?.everySeconds == 21_600)
            #expect(shown.source?.reach == "public")
            #expect(shown.silentAfterSeconds == 4 * 21_600)
            #expect(shown.state == "watched")
            #expect(shown.nextLookAt != nil, "a look is due")
            let past: FeedResource = try await log.get(
                "/api/v1/feeds/\(shown.id)?as_of=\(page.position)", as: vera
            ).decode()
            #expect(past.nextLookAt == nil, "what is due is known of now only")

            let given = try await log.post(
                "/api/v1/feeds/debian:give-up", #"{"reason":"sold"}"#, as: vera)
            #expect(given.status == 200, "\(given.text)")
            let left: FeedResource = try await log.get("/api/v1/feeds/\(shown.id)", as: vera)
                .decode()
            #expect((left.state, left.givenUpBecause) == ("unwatched", "sold"))
            #expect(left.nextLookAt == nil)
        }
    }

    @Test func aSourceThatMayNotBeIsRefusedByItsField() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            for (source, status, code) in [
                (#"{"url":"http://a.example/","every_seconds":300}"#, 422, "bad-source-url"),
                (
                    #"{"url":"https://a.example/","every_seconds":9223372036854775807}"#, 422,
                    "bad-source-every_seconds"
                ),
                (
                    #"{"url":"https://a.example/","every_seconds":300,"reach":"moon"}"#, 422,
                    "invalid-field"
                ),
                (
                    #"{"url":"https://a.example/","every_seconds":300,"reach":"private"}"#, 403,
                    "not-allowed"
                ),
                (#"{"url":"https://a.example/","every_seconds":300,"x":1}"#, 400, "unknown-field"),
            ] {
                let reply = try await log.post("/api/v1/feeds", feed(source: source), as: vera)
                #expect(reply.status == status, "\(reply.text)")
                #expect(try reply.problem.code == code)
            }
            let inner = #"{"url":"https://a.example/","every_seconds":300,"reach":"private"}"#
            let made = try await log.post("/api/v1/feeds", feed(source: inner), as: administrator)
            #expect(made.status == 200, "\(made.text)")
        }
    }

    @Test func whatFeedsSayIsListedAndShownByAnyOfItsIds() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            _ = try await log.post(
                "/api/v1/feeds", #"{"name":"debian","kind":"osv","team":"watch"}"#, as: vera)
            let record =
                #"{\"id\":\"DSA-1-1\",\"modified\":\"2026-01-02T00:00:00Z\","#
                + #"\"aliases\":[\"CVE-2026-1000\"],\"affected\":[{\"package\":"#
                + #"{\"ecosystem\":\"Debian:12\",\"name\":\"curl\"},\"ranges\":[{\"type\":"#
                + #"\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"2\"}]}]}]}"#
            let kept: KeptFeedDocuments = try await log.post(
                "/api/v1/feeds/debian/documents",
                #"{"documents":[{"name":"a.json","text":"\#(record)"}]}"#, as: vera
            ).decode()
            let digest = try #require(kept.data.first?.digest)
            let taken: FeedTakenResource = try await log.post(
                "/api/v1/feeds/debian:take",
                #"{"documents":[{"name":"a.json","digest":"\#(digest)"}]}"#, as: vera
            ).decode()
            #expect(taken.outcome == "taken")
            let listed: ListPage<AdvisoryResource> = try await log.get(
                "/api/v1/advisories?package=curl&min_position=\(taken.position)", as: vera
            ).decode()
            #expect(listed.data.map(\.id) == ["DSA-1-1"])
            #expect(listed.data.first?.ids == ["CVE-2026-1000"])
            let shown: StatedAdvisories = try await log.get(
                "/api/v1/advisories/cve-2026-1000", as: vera
            ).decode()
            #expect(shown.data.first?.digest == digest)
            #expect(shown.data.first?.affected.first?.fixed == ["2"])
            #expect(try await log.get("/api/v1/advisories/CVE-1", as: vera).status == 404)
            for past in ["1", "2020-02-29", "\(taken.position - 1)"] {
                let then: ListPage<AdvisoryResource> = try await log.get(
                    "/api/v1/advisories?as_of=\(past)", as: vera
                ).decode()
                #expect(then.data.isEmpty, "\(past)")
                let shown = try await log.get(
                    "/api/v1/advisories/DSA-1-1?as_of=\(past)", as: vera)
                #expect(shown.status == 404, "\(past)")
            }
            for past in ["\(taken.position)", "2100-01-01"] {
                let then: ListPage<AdvisoryResource> = try await log.get(
                    "/api/v1/advisories?as_of=\(past)", as: vera
                ).decode()
                #expect(then.data.map(\.id) == ["DSA-1-1"], "\(past)")
            }
            for wrong in ["2026-02-30", "yesterday"] {
                let refused = try await log.get("/api/v1/advisories?as_of=\(wrong)", as: vera)
                #expect(refused.status == 422)
                #expect(try refused.problem.detail.contains("'\(wrong)' is neither a position"))
            }
            let unsigned = try await log.get("/api/v1/advisories")
            #expect(unsigned.status == 401)
        }
    }
}
