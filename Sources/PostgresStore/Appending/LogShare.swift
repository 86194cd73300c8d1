/// How much of the log others write meanwhile, seen by the positions that this process gets: they are
/// dense, so whatever lies between them is somebody else's.
struct LogShare {
    /// Batches from one judgement to the next.
    private static let window = 16

    private var highest: Int64 = 0
    private var start: Int64 = 0
    private var own: Int64 = 0
    private var batches = 0
    /// Others have written more than a quarter lately.
    private(set) var isCrowded = false

    /// Batches that may wait for the sequencing lock at once. Alone, one is encoded and sent while the
    /// database works for another. Among others each batch waits for all of theirs as well: the later
    /// it is chosen, the more goes into it, and the fewer processes are awake.
    var mostAppending: Int { isCrowded ? 1 : 2 }

    /// - Parameter positions: Of the events of one batch.
    mutating func take(_ positions: ClosedRange<Int64>?) {
        guard let positions else { return }
        if batches == 0 {
            start = max(highest, positions.lowerBound - 1)
            own = 0
        }
        highest = max(highest, positions.upperBound)
        own += Int64(positions.count)
        batches += 1
        guard batches >= Self.window else { return }
        batches = 0
        let all = highest - start
        isCrowded = (all - own) * 4 > all
    }
}
