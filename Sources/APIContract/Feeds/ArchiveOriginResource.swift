/// `GET /archive-origins`: the archives that active assets are offered updates from, by origin.
package struct ArchiveOrigins: Codable, Sendable, Equatable {
    package let data: [ArchiveOriginResource]
    package let position: Int64

    package init(data: [ArchiveOriginResource], position: Int64) {
        self.data = data
        self.position = position
    }
}

package struct ArchiveOriginResource: Codable, Sendable, Equatable {
    package struct Watcher: Codable, Sendable, Equatable {
        /// The name of the feed whose registration says so.
        package let feed: String
        package let team: String

        package init(feed: String, team: String) {
            self.feed = feed
            self.team = team
        }
    }

    /// As apt names it, such as `Debian:12.10/stable-security`.
    package let origin: String
    package let isSecurityArchive: Bool
    /// To how many assets it offers something now.
    package let assets: Int
    /// Empty when nobody watches it.
    package let watchers: [Watcher]

    package init(origin: String, isSecurityArchive: Bool, assets: Int, watchers: [Watcher]) {
        self.origin = origin
        self.isSecurityArchive = isSecurityArchive
        self.assets = assets
        self.watchers = watchers
    }
}
