import EventSourcing
import PatchManagement

extension FuzzTarget {
    static let feedSources = [
        feedURL, feedListing, feedDirectory, publicKeys, signatureStatus, feedProxy, statedDigest,
    ]

    /// A URL is refused or read as it is written again, and where it sends to stays as safe.
    static var feedURL: FuzzTarget {
        let name = "feed-url"
        let mutation = Mutation(
            [
                "https://a.example/x/all.zip?y=1", "https://a.example:8443",
                "http://127.0.0.1:80/x",
                "https://[2001:db8::1]:444/", "//b.example/y", "/y?z", "../y",
            ], alphabet: "/:?#@[].%\\ a0-")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let (text, location) = (mutation.text(&random), mutation.text(&random))
            func broken(_ law: String) -> FuzzFailure {
                FuzzFailure(target: name, law: law, input: [text, location])
            }
            guard let url = FeedURL(text) else { return false }
            if FeedURL(url.description) != url { throw broken("it is read as it is written") }
            if url.host.contains("@") || url.target.contains("#") || !url.target.hasPrefix("/") {
                throw broken("it has a host and a path, no account and no fragment")
            }
            if let next = url.redirected(to: location) {
                if url.isSecure, !next.isSecure { throw broken("https stays https") }
                if FeedURL(next.description) != next { throw broken("so is where it sends to") }
            }
            return true
        }
    }

    /// A list is refused, or leads nowhere but below its own folder, and is read as it is written.
    static var feedListing: FuzzTarget {
        let name = "feed-listing"
        let mutation = Mutation(
            [
                "\"2026/b.json\",\"2026-01-02T00:00:00Z\"\n",
                "a/b/c_1-2.json,2026-01-02T00:00:00+00:00\r\nd.json,2026-01-01T00:00:00Z\n", "",
            ], alphabet: "/.\",\n\\ a0-%")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            func broken(_ law: String) -> FuzzFailure {
                FuzzFailure(target: name, law: law, input: ["\(bytes)"])
            }
            guard let listing = try? FeedListing(bytes) else { return false }
            if (try? FeedListing(listing.bytes)) != listing {
                throw broken("it is read as it is written")
            }
            let paths = listing.entries.map(\.path)
            let areBelow = paths.allSatisfy { path in
                !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
                    && !path.contains(":") && !path.contains("%")
            }
            if !areBelow { throw broken("paths lead nowhere but below") }
            return true
        }
    }
}
