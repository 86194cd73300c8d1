/// A version as Maven compares it: every text is one.
///
/// Every text has a place in Maven's order, which compares parts by their kinds: there is no canonical
/// form whose bytes one could compare instead.
/// Source: Maven's POM reference, "Version Order Specification"; ComparableVersion of Maven 4.
package struct MavenVersion: Sendable, CustomStringConvertible {
    package let text: String
    let items: [MavenItem]

    package var description: String { text }

    package init(_ text: String) throws(VersionError) {
        let parts = try VersionText(text, .maven)
        self.text = text
        items = MavenItem.parse(parts.cursor.bytes)
    }

    /// -1 when this one is older, 0 when equal, 1 when newer.
    package func order(relativeTo other: Self) -> Int {
        MavenItem.order(items, other.items)
    }
}

/// A part of a version. What follows a hyphen, or a change between digits and letters, is a list
/// inside the list.
enum MavenItem: Sendable, Equatable {
    /// Digits without zeros in front: empty for 0.
    case number(ArraySlice<UInt8>)
    case word(MavenQualifier)
    /// A word with its number, `rc1` and `rc-1`.
    case numbered(MavenQualifier, ArraySlice<UInt8>)
    case list([MavenItem])

    var isEmpty: Bool {
        switch self {
        case .number(let digits): digits.isEmpty
        case .word, .numbered: false
        case .list(let items): items.isEmpty
        }
    }

    static func order(_ left: [MavenItem], _ right: [MavenItem]) -> Int {
        for index in 0..<max(left.count, right.count) {
            let order: Int
            if index >= left.count {
                order = -right[index].orderToNothing
            } else if index >= right.count {
                order = left[index].orderToNothing
            } else {
                order = left[index].order(relativeTo: right[index])
            }
            if order != 0 { return order }
        }
        return 0
    }

    /// Numbers are newer than all else. A list stands to a word as its first item does; a word with a
    /// number is newer than the same word without.
    private func order(relativeTo other: MavenItem) -> Int {
        switch (self, other) {
        case (.number(let left), .number(let right)): Self.order(left, right)
        case (.word(let left), .word(let right)): left.order(relativeTo: right)
        case (.numbered(let left, let number), .word(let right)):
            // A number makes nothing of a word that means the release only if it is 0.
            left.order(relativeTo: right, orElse: left.isRelease && number.isEmpty ? 0 : 1)
        case (.numbered(let left, let leftNumber), .numbered(let right, let rightNumber)):
            left.order(relativeTo: right, orElse: Self.order(leftNumber, rightNumber))
        case (.list(let left), .list(let right)): Self.order(left, right)
        case (.list(let items), .word), (.list(let items), .numbered):
            Self.order(of: items, relativeTo: other)
        case (.number, _): 1
        case (_, .number): -1
        case (.word, .numbered), (.word, .list), (.numbered, .list):
            -other.order(relativeTo: self)
        }
    }

    private static func order(of list: [MavenItem], relativeTo word: MavenItem) -> Int {
        guard let first = list.first else { return -word.orderToNothing }
        let order = first.order(relativeTo: word)
        if order != 0 { return order }
        return list.dropFirst().lazy.map(\.orderToNothing).first { $0 != 0 } ?? 0
    }

    private static func order(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }

    private var orderToNothing: Int {
        switch self {
        case .number(let digits): digits.isEmpty ? 0 : 1
        case .word(let qualifier): qualifier.order(relativeTo: .release)
        case .numbered(let qualifier, let number):
            qualifier.order(relativeTo: .release, orElse: number.isEmpty ? 0 : 1)
        case .list(let items): items.lazy.map(\.orderToNothing).first { $0 != 0 } ?? 0
        }
    }
}

/// A word in a version: the known ones have their places, all others come after them, by name.
struct MavenQualifier: Sendable, Equatable {
    static let release = MavenQualifier(rank: 5, name: [])

    let rank: UInt8
    /// Only of a word that isn't known, in small letters.
    let name: [UInt8]

    var isRelease: Bool { rank == Self.release.rank }

    private init(rank: UInt8, name: [UInt8]) {
        self.rank = rank
        self.name = name
    }

    /// - Parameter isBeforeDigit: `a1`, `b1` and `m1` are short for alpha, beta and milestone.
    init(_ word: ArraySlice<UInt8>, isBeforeDigit: Bool) {
        let name = word.map(lowercased)
        switch String(decoding: name, as: UTF8.self) {
        case "alpha": self = Self(rank: 0, name: [])
        case "beta": self = Self(rank: 1, name: [])
        case "milestone": self = Self(rank: 2, name: [])
        case "a" where isBeforeDigit: self = Self(rank: 0, name: [])
        case "b" where isBeforeDigit: self = Self(rank: 1, name: [])
        case "m" where isBeforeDigit: self = Self(rank: 2, name: [])
        case "rc", "cr": self = Self(rank: 3, name: [])
        case "snapshot": self = Self(rank: 4, name: [])
        case "ga", "final", "release": self = .release
        case "sp": self = Self(rank: 6, name: [])
        default: self = Self(rank: 7, name: name)
        }
    }

    /// - Parameter same: What decides between the same word and itself.
    func order(relativeTo other: Self, orElse same: Int = 0) -> Int {
        if rank != other.rank { return rank < other.rank ? -1 : 1 }
        return name == other.name ? same : name.lexicographicallyPrecedes(other.name) ? -1 : 1
    }
}
