import APIContract
import Application
import EventSourcing
import Testing

/// Silence follows from the clock: no worker has to say so.
@Suite(.timeLimit(.minutes(2))) struct FeedSilenceRouteTests {
    @Test func aFeedThatNobodyLooksAtFallsSilentByTheClock() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let vera = try await log.token("vera", "vendorWatch", by: administrator).secret
            for (name, more) in [
                ("sent", ""),
                ("fetched", #","source":{"url":"https://a.example/x","every_seconds":300}"#),
            ] {
                let made = try await log.post(
                    "/api/v1/feeds",
                    #"{"name":"\#(name)","kind":"osv","team":"t","silent_after_seconds":600\#(more)}"#,
                    as: vera)
                #expect(made.status == 200, "\(made.text)")
            }
            func silent() async throws -> [String: String?] {
                let page: ListPage<FeedResource> = try await log.get(
                    "/api/v1/feeds?min_position=\(log.useCases.store.head())", as: vera
                )
                .decode()
                return Dictionary(
                    uniqueKeysWithValues: page.data.map { ($0.name, $0.silentSince) })
            }
            #expect(try await silent() == ["sent": nil, "fetched": nil])
            let reads = log.useCases.reads
            #expect(try await SilentFeeds.count(reads, now: log.clock.now) == 0)
            log.clock.advance(by: .seconds(900))
            let since = try await silent()
            #expect(since.count == 2 && since.values.allSatisfy { $0 != nil })
            #expect(try await SilentFeeds.count(reads, now: log.clock.now) == 2, "for /metrics")

            let given = try await log.post(
                "/api/v1/feeds/sent:give-up", #"{"reason":"sold"}"#, as: vera)
            #expect(given.status == 200, "\(given.text)")
            #expect(try await silent()["sent"] == .some(nil), "nobody expects a word of it")
            // Who watches it again waits anew.
            let again = try await log.post(
                "/api/v1/feeds",
                #"{"name":"sent","kind":"osv","team":"t","silent_after_seconds":600}"#,
                as: vera)
            #expect(again.status == 200, "\(again.text)")
            let page: ListPage<FeedResource> = try await log.get(
                "/api/v1/feeds?name=sent&min_position=\(log.useCases.store.head())", as: vera
            ).decode()
            #expect(page.data.first?.watchedAt != nil)
        }
    }
}
