internal import EventSourcing
internal import PatchManagement

/// Findings that a patch is to have mended, and that somebody still finds.
struct DisputedFindings: Sendable {
    let reads: any ReadModel

    /// Those in `packages` on `assets`, sorted. As far as the read models have come: who disputes it
    /// later finds the patch documented, and the finding is open to question all the same.
    func of(_ packages: [PackageSelection], on assets: [StreamID]) async throws -> [StreamID] {
        let assets = Set(assets.map(\.text))
        var found: Set<StreamID> = []
        for name in Set(packages.map(\.name)).sorted() {
            var request = ListRequest(.finding)
            request.state = FindingPhase.disputed.rawValue
            request.fields = ["package": name]
            for try await page in reads.pages(of: request) {
                for view in page.views where view.parent.map(assets.contains) ?? false {
                    if let id = StreamID(view.id) { found.insert(id) }
                }
            }
        }
        return found.sorted()
    }
}
