/// All that a list has, in pages that are as large as they may be. Without `asOf` a page is of the moment
/// at which it was asked for.
package struct ViewPages: AsyncSequence, Sendable {
    private let reads: any ReadModel
    private var request: ListRequest

    init(_ reads: any ReadModel, _ request: ListRequest) {
        self.reads = reads
        self.request = request
        self.request.limit = 500
    }

    package func makeAsyncIterator() -> Iterator { Iterator(reads: reads, request: request) }

    package struct Iterator: AsyncIteratorProtocol {
        let reads: any ReadModel
        var request: ListRequest
        var isOver = false

        package mutating func next() async throws -> ViewPage? {
            if isOver { return nil }
            let page = try await reads.list(request)
            request.cursor = page.next
            isOver = page.next == nil
            return page
        }
    }
}
