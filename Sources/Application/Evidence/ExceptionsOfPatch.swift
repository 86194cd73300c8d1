internal import EventSourcing
internal import PatchManagement

/// Which exceptions concern a patch. The view says which exceptions there are, their own streams
/// what they are for.
struct ExceptionsOfPatch: Sendable {
    let store: any EventStore
    let reads: any ReadModel
    let patch: StreamID
    /// Names of those that it brings.
    let packages: Set<String>
    /// Those that it applies to.
    let assets: Set<StreamID>

    /// By id. Cost: a list of all exceptions; for one that is for a group, the streams of the assets.
    func find() async throws -> [StreamID] {
        var found: Set<StreamID> = []
        var groups: [(exception: StreamID, group: TargetSelector)] = []
        let request = ListRequest(.exception)
        for try await page in reads.pages(of: request) {
            let ids = page.views.compactMap { StreamID($0.id) }
            for slice in ids.indices.chunks(of: Self.width) {
                let read = try await inOrder(slice.map { ids[$0] }) { id in
                    guard let scope = try await scope(of: id) else {
                        return (id, nil as ExceptionScope?, false)
                    }
                    return (id, scope, try await concerns(scope))
                }
                for (id, scope, isConcerned) in read {
                    if isConcerned {
                        found.insert(id)
                    } else if let group = scope?.group {
                        groups.append((id, group))
                    }
                }
            }
        }
        if !groups.isEmpty {
            let assets = assets.sorted()
            for slice in assets.indices.chunks(of: Self.width) {
                let read = try await inOrder(slice.map { assets[$0] }) {
                    try await registration(of: $0)
                }
                for registration in read.compactMap(\.self) {
                    for (exception, group) in groups where group.matches(registration) {
                        found.insert(exception)
                    }
                }
            }
        }
        return found.sorted()
    }

    /// Streams that are read at a time.
    private static let width = 32

    private func concerns(_ scope: ExceptionScope) async throws -> Bool {
        if scope.patches.contains(patch) || scope.assets.contains(where: assets.contains) {
            return true
        }
        for finding in scope.findings {
            guard let first = try await store.read(finding, after: 0, limit: 1).first,
                first.type == FindingOpened.type
            else { continue }
            let opening = try FindingOpened.decode(
                schemaVersion: first.schemaVersion, data: first.data
            ).opening
            if packages.contains(opening.package), assets.contains(opening.asset) { return true }
        }
        return false
    }

    private func scope(of exception: StreamID) async throws -> ExceptionScope? {
        guard let first = try await store.read(exception, after: 0, limit: 1).first,
            first.type == ExceptionRequested.type
        else { return nil }
        return try ExceptionRequested.decode(
            schemaVersion: first.schemaVersion, data: first.data
        ).request.scope
    }

    private func registration(of asset: StreamID) async throws -> AssetRegistration? {
        var registration: AssetRegistration?
        var version = 0
        while true {
            let events = try await store.read(asset, after: version, limit: 1000)
            for event in events {
                version = event.version
                guard event.type == AssetRegistered.type else { continue }
                registration = try AssetRegistered.decode(
                    schemaVersion: event.schemaVersion, data: event.data
                ).registration
            }
            if events.count < 1000 { return registration }
        }
    }
}
