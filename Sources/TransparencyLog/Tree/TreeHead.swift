/// What a tree is at one moment: how many leaves it has, and the root above them.
package struct TreeHead: Hashable, Sendable {
    /// Leaves; the last one's index is one less, and the position of its event is the size.
    package let size: Int64
    package let root: TreeHash

    /// The head of a log to which nothing was ever added.
    package static let empty = TreeHead(size: 0, root: .empty)

    package init(size: Int64, root: TreeHash) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        self.root = root
    }
}
