internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// The scopes of the exceptions that live now. The view says which there may be; their streams
    /// say which live.
    func liveExceptions() async throws -> [ExceptionScope] {
        _ = try await position(Moment())
        var request = ListRequest(.exception)
        request.state = ExceptionPhase.granted.rawValue
        var scopes: [ExceptionScope] = []
        for try await page in reads.pages(of: request) {
            let ids = page.views.compactMap { StreamID($0.id) }
            for slice in ids.indices.chunks(of: 32) {
                let states = try await inOrder(slice.map { ids[$0] }) { id in
                    try await bus.state(of: id, as: ExceptionDecider.self).state
                }
                let live = states.filter { $0.isLive(at: now()) }
                scopes += live.compactMap { $0.request?.scope }
            }
        }
        return scopes
    }
}
