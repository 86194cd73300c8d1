import APIContract
import ArgumentParser

extension AssetCommand {
    struct Scan: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has hosts looked at: what is installed, and which updates are offered.",
            discussion: "Both are looked at unless one is named.")

        @Argument(help: "Ids of assets.")
        var ids: [String] = []

        @Flag(help: "Every active asset.")
        var all = false

        @Flag(help: "What is installed.")
        var inventory = false

        @Flag(help: "What is offered.")
        var updates = false

        @Option(help: "Waits for the results, at most so long, such as 2m.")
        var wait: Seconds?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            guard all != !ids.isEmpty else {
                throw ClientFailure.usage("name assets by id, or say --all, but not both")
            }
            let both = inventory == updates
            let request = ScanAssetsRequest(
                assets: all ? nil : ids,
                what: (both || inventory ? ["inventory"] : [])
                    + (both || updates ? ["updates"] : []))
            let result: ScanAssetsResult = try await session.client.post("assets:scan", request)
            session.printer.note("under way: \(Count.of(result.requested, "scan"))")
            if let wait {
                try await waitForResults(session, limit: wait, from: result.position)
            } else {
                try session.printer.show(result) { "" }
            }
        }

        private func waitForResults(
            _ session: Session, limit: Seconds, from position: Int64
        ) async throws {
            let clock = ContinuousClock()
            let end = clock.now + .seconds(limit.value)
            while true {
                let page: ListPage<AssetResource> = try await session.client.list(
                    "assets", query: ["min_position": String(position)])
                let chosen = all ? page.data : page.data.filter { ids.contains($0.id) }
                let open = chosen.filter { $0.openScans > 0 }
                if open.isEmpty {
                    try session.printer.list(
                        ListPage(data: chosen, next: nil, position: page.position),
                        AssetTable.columns)
                    return
                }
                guard clock.now < end else {
                    let names = open.prefix(10).map(\.name).joined(separator: ", ")
                    throw ClientFailure.timedOut(
                        "after \(limit.value) s, \(Count.of(open.count, "asset")) still being scanned: "
                            + names)
                }
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }
}
