internal import Application

/// Where a page ended, as an opaque text.
struct ListCursor: Equatable {
    let sortKey: String
    let id: String

    init(sortKey: String, id: String) {
        self.sortKey = sortKey
        self.id = id
    }

    /// - Throws: `QueryError.badCursor` for a text that `text` never gave.
    init(_ text: String) throws(QueryError) {
        let digits = Array(text.utf8)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let high = Self.value(of: digits[index]),
                let low = Self.value(of: digits[index + 1])
            else { throw .badCursor(text) }
            bytes.append(high << 4 | low)
        }
        guard digits.count.isMultiple(of: 2),
            let parts = String(validating: bytes, as: UTF8.self)?
                .split(separator: Self.separator, omittingEmptySubsequences: false),
            parts.count == 2, !bytes.contains(0)
        else { throw .badCursor(text) }
        sortKey = String(parts[0])
        id = String(parts[1])
    }

    var text: String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = "\(sortKey)\(Self.separator)\(id)".utf8
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Names and ids have no control characters.
    private static let separator: Character = "\u{1F}"

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension ViewPage {
    /// - Parameters:
    ///   - found: The views of the page, and one more if there is another page.
    ///   - cursor: Where the page ends that ends with a view.
    init(_ found: [View], limit: Int, position: Int64, cursor: (View) -> ListCursor) {
        let views = Array(found.prefix(limit))
        let next = found.count > limit ? views.last.map { cursor($0).text } : nil
        self.init(views: views, next: next, position: position)
    }
}
