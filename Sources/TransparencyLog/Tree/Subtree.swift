/// A perfect subtree: all the leaves from `index · 2^height` up to the next multiple.
struct Subtree: Hashable, Sendable {
    /// 0 is a leaf.
    let height: Int
    /// Counted from 0 among the subtrees of this height.
    let index: Int64

    /// The perfect subtrees, largest first, that lie side by side over `leaves`; the root above
    /// them is `TreeHash.root(above:)`.
    ///
    /// - Parameter leaves: As RFC 6962 divides a tree: begins at a multiple of a power of two that
    ///   is no less than its count.
    static func covering(_ leaves: Range<Int64>) -> [Subtree] {
        precondition(
            leaves.isEmpty || leaves.lowerBound.trailingZeroBitCount >= heightAbove(leaves.count),
            "a range of leaves that no node of the tree stands above")
        var subtrees: [Subtree] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            let height = largestHeight(within: leaves.upperBound - start)
            subtrees.append(Subtree(height: height, index: start >> Int64(height)))
            start += 1 << Int64(height)
        }
        return subtrees
    }

    /// The height of the largest perfect tree that has at most `count` leaves; `count` above 0.
    private static func largestHeight(within count: Int64) -> Int {
        Int64.bitWidth - 1 - count.leadingZeroBitCount
    }

    /// The height of the smallest perfect tree that has at least `count` leaves.
    private static func heightAbove(_ count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}
