private import JSON
private import PatchManagement

/// An archive that active assets are offered updates from.
package struct OfferedOrigin: Sendable, Equatable {
    /// As apt names it, such as `Debian:12.10/stable-security`.
    package let origin: String
    package let isSecurityArchive: Bool
    /// To how many assets it offers something.
    package let assets: Int

    package init(origin: String, isSecurityArchive: Bool, assets: Int) {
        self.origin = origin
        self.isSecurityArchive = isSecurityArchive
        self.assets = assets
    }
}

/// Such an archive, and who watches it.
package struct WatchedOrigin: Sendable, Equatable {
    package struct Watcher: Sendable, Equatable {
        package let feed: String
        package let team: String
    }

    package let offered: OfferedOrigin
    /// By feed; empty when nobody watches it.
    package let watchers: [Watcher]
}

extension UseCases {
    /// The archives that hosts are offered updates from, and whose feeds say that a team watches them.
    /// One that offers nothing at the moment is not among them: what hosts have not been offered,
    /// nobody here knows of.
    package func archiveOrigins(
        _ caller: Caller, _ moment: Moment
    ) async throws -> (origins: [WatchedOrigin], position: Int64) {
        _ = try authorise(caller, .readFeeds)
        let position = try await position(moment)
        let (offered, at) = try await reads.offeredOrigins(asOf: position)
        let watchers = try await watchers(asOf: position)
        let origins = offered.map { origin in
            WatchedOrigin(
                offered: origin,
                watchers: watchers.filter { watcher in
                    watcher.origins.contains { ArchiveOrigin.matches(origin.origin, $0) }
                }.map(\.watcher))
        }
        return (origins, at)
    }

    private func watchers(
        asOf position: Int64?
    ) async throws -> [(watcher: WatchedOrigin.Watcher, origins: [String])] {
        var request = ListRequest(.feed)
        request.asOf = position
        var found: [(watcher: WatchedOrigin.Watcher, origins: [String])] = []
        for try await page in reads.pages(of: request) {
            for view in page.views where view.state != "unwatched" {
                let root = try JSONDocument(parsing: view.document, limits: JSONLimits()).root
                let origins = root["origins"]?.elements.map { $0.compactMap(\.string) } ?? []
                guard !origins.isEmpty, let name = root["name"]?.string,
                    let team = root["team"]?.string
                else { continue }
                found.append((watcher: .init(feed: name, team: team), origins: origins))
            }
        }
        return found
    }
}
