private import Crypto
private import FoundationEssentials

/// One hash of the Merkle tree: that of a leaf, of an inner node or of a whole tree. SHA-256, kept
/// inline, since a log has millions of them.
///
/// Source: RFC 6962 §2.1.
package struct TreeHash: Hashable, Sendable, BitwiseCopyable {
    // The 32 bytes in the order of memory.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// The root of a tree without leaves: the SHA-256 of nothing.
    package static let empty = TreeHash(SHA256.hash(data: [UInt8]()))

    /// The hash of an entry as a leaf: SHA-256 of 0x00 and the entry.
    package static func leaf(_ entry: [UInt8]) -> TreeHash {
        entry.withUnsafeBytes { leaf($0) }
    }

    /// The same for an entry that lies among others.
    package static func leaf(_ entry: UnsafeRawBufferPointer) -> TreeHash {
        // In one piece, as a node: copying an entry costs less than another call of the hash.
        withUnsafeTemporaryAllocation(byteCount: entry.count + 1, alignment: 8) { bytes in
            bytes[0] = 0
            UnsafeMutableRawBufferPointer(rebasing: bytes[1...]).copyMemory(from: entry)
            return hash(UnsafeRawBufferPointer(bytes))
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> TreeHash {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return TreeHash(hash.finalize())
    }

    /// The hash of the node above `left` and `right`: SHA-256 of 0x01 and both.
    package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        // Every call of the hash costs as much as some of its blocks.
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { bytes in
            bytes[0] = 1
            bytes.storeBytes(of: left, toByteOffset: 1, as: TreeHash.self)
            bytes.storeBytes(of: right, toByteOffset: 33, as: TreeHash.self)
            return hash(UnsafeRawBufferPointer(bytes))
        }
    }

    /// The root above perfect subtrees that lie side by side, the largest first: the hash of the
    /// leaves from the first's to the last's. None gives the empty root.
    package static func root(above peaks: some BidirectionalCollection<TreeHash>) -> TreeHash {
        guard var root = peaks.last else { return .empty }
        for peak in peaks.dropLast().reversed() { root = node(peak, root) }
        return root
    }

    /// The root of the perfect tree whose leaves, or inner nodes of one height, are `hashes`.
    ///
    /// - Parameter hashes: As many as a power of two.
    package static func root(ofPerfect hashes: some Collection<TreeHash>) -> TreeHash {
        precondition(hashes.count.nonzeroBitCount == 1, "a perfect tree has 2^n leaves")
        var row = Array(hashes)
        while row.count > 1 {
            let half = row.count / 2
            for place in 0..<half { row[place] = node(row[2 * place], row[2 * place + 1]) }
            row.removeLast(half)
        }
        return row[0]
    }

    private init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { $0.loadUnaligned(as: TreeHash.self) }
    }

    /// Takes 32 bytes that are a hash already: nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self = Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: TreeHash.self) }
    }

    /// Takes a hash as four numbers, the first eight bytes first, each with its first byte highest.
    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        first = words.0.bigEndian
        second = words.1.bigEndian
        third = words.2.bigEndian
        fourth = words.3.bigEndian
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
