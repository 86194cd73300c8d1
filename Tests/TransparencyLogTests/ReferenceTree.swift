import EventSourcing
import TransparencyLog

/// RFC 6962 §2.1 as it is written, recursive and slow, with hashes of its own: what the tree, tiles
/// and proofs are compared with. Leaf `i` is the hash of its number as text.
final class ReferenceTree {
    static let leaves = (0..<1200).map { leaf($0) }

    private var known: [Range<Int>: TreeHash] = [:]

    static func leaf(_ index: Int) -> TreeHash { hash([0] + Array("\(index)".utf8)) }

    /// MTH(D[range]).
    func root(_ range: Range<Int>) -> TreeHash {
        if range.isEmpty { return Self.hash([]) }
        if range.count == 1 { return Self.leaves[range.lowerBound] }
        if let root = known[range] { return root }
        let middle = range.lowerBound + Self.split(range.count)
        let left = root(range.lowerBound..<middle)
        let right = root(middle..<range.upperBound)
        let root = Self.hash([1] + left.bytes + right.bytes)
        known[range] = root
        return root
    }

    /// PATH(index, D[range]), the index counted from the start of the range.
    func path(_ index: Int, _ range: Range<Int>) -> [TreeHash] {
        if range.count == 1 { return [] }
        let half = Self.split(range.count)
        let middle = range.lowerBound + half
        if index < half {
            return path(index, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
        }
        return path(index - half, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
    }

    /// PROOF(old, D[0:size]).
    func proof(_ old: Int, _ size: Int) -> [TreeHash] {
        old == 0 ? [] : subproof(old, 0..<size, isWhole: true)
    }

    private func subproof(_ old: Int, _ range: Range<Int>, isWhole: Bool) -> [TreeHash] {
        if old == range.count { return isWhole ? [] : [root(range)] }
        let half = Self.split(range.count)
        let middle = range.lowerBound + half
        if old <= half {
            return subproof(old, range.lowerBound..<middle, isWhole: isWhole)
                + [root(middle..<range.upperBound)]
        }
        return subproof(old - half, middle..<range.upperBound, isWhole: false)
            + [root(range.lowerBound..<middle)]
    }

    /// The largest power of two below `count`.
    private static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    private static func hash(_ content: [UInt8]) -> TreeHash {
        guard let hash = TreeHash(bytes: Digest(of: content).bytes) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        return hash
    }
}

/// The tiles of the first `size` leaves of the reference tree.
func tiles(ofReferenceTreeOf size: Int) -> TileSet {
    var builder = TileBuilder()
    return TileSet(builder.append(ReferenceTree.leaves[..<size]))
}
