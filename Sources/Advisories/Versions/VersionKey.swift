/// A version in canonical form: two are equal where their bytes are, and the order of the bytes is
/// the order of the versions. So every scheme that has one is a total order.
package struct VersionKey: Sendable, Hashable, Comparable {
    package private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(32) }

    package static func < (left: Self, right: Self) -> Bool { left.order(relativeTo: right) < 0 }

    /// -1 when this one is older, 0 when equal, 1 when newer.
    package func order(relativeTo other: Self) -> Int {
        bytes.withUnsafeBufferPointer { left in
            other.bytes.withUnsafeBufferPointer { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return left[index] < right[index] ? -1 : 1
                }
                return (left.count - right.count).signum()
            }
        }
    }

    /// A byte that says what follows; where two versions differ in it, it decides.
    mutating func append(rank: UInt8) { bytes.append(rank) }

    /// Digits as the number that they are, of any length: without leading zeros the longer one is
    /// greater, so its length stands first. None at all are 0.
    mutating func append(number digits: ArraySlice<UInt8>) {
        let digits = digits.drop { $0 == ASCII.zero }
        append(count: digits.count)
        bytes.append(contentsOf: digits)
    }

    /// Text that is ordered by its bytes, a beginning before what goes on.
    mutating func append(word: ArraySlice<UInt8>) {
        bytes.append(contentsOf: word)
        bytes.append(0)
    }

    /// Like `append(word:)`, without a difference between capitals and small letters.
    mutating func append(caselessWord word: ArraySlice<UInt8>) {
        for byte in word { bytes.append(lowercased(byte)) }
        bytes.append(0)
    }

    /// A small number, more of which is greater.
    mutating func append(count: Int) {
        var rest = count
        while rest >= 255 {
            bytes.append(255)
            rest -= 255
        }
        bytes.append(UInt8(rest))
    }

    /// A small number, more of which is less.
    mutating func append(descendingCount count: Int) {
        var rest = count
        while rest >= 255 {
            bytes.append(0)
            rest -= 255
        }
        bytes.append(UInt8(255 - rest))
    }
}

/// A version whose order is that of its key.
package protocol KeyedVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The text as it was given.
    var text: String { get }
    var key: VersionKey { get }

    /// - Throws: What is wrong with the text, and where; nothing is repaired.
    init(_ text: String) throws(VersionError)
}

extension KeyedVersion {
    package var description: String { text }

    /// Equal in order, though perhaps not in text.
    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    package static func < (left: Self, right: Self) -> Bool { left.key < right.key }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// -1 when this one is older, 0 when equal, 1 when newer.
    package func order(relativeTo other: Self) -> Int { key.order(relativeTo: other.key) }
}
