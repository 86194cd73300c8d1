/// One Swift file: its text, and its code alone.
struct SourceFile {
    let path: String
    let text: String
    /// The text with comments and the inside of literals as blanks: same lines, same columns.
    let code: [UInt8]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        var blanker = Blanker(Array(text.utf8))
        blanker.skipCode(untilClosingParenthesis: false)
        code = blanker.bytes
    }

    var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

    /// The code, line by line.
    var codeLines: [Substring] {
        String(decoding: code, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// The folder's name below Sources or Tests.
    var folder: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }
}

/// Walks over Swift source once and blanks what isn't code. It knows nested comments, raw and
/// multi-line strings and interpolations; of regular expression literals it knows nothing, so they
/// must not hold an unbalanced quote.
private struct Blanker {
    private(set) var bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func sees(_ text: StaticString, at offset: Int? = nil) -> Bool {
        let start = offset ?? at
        guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<min(count, bytes.count - at) {
            if bytes[at] != UInt8(ascii: "\n") { bytes[at] = UInt8(ascii: " ") }
            at += 1
        }
    }

    mutating func skipCode(untilClosingParenthesis nested: Bool) {
        var depth = 0
        while at < bytes.count {
            if sees("//") {
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { blank() }
            } else if sees("/*") {
                skipComment()
            } else if let hashes = hashesBeforeQuote() {
                skipString(hashes: hashes)
            } else {
                if bytes[at] == UInt8(ascii: "(") { depth += 1 }
                if bytes[at] == UInt8(ascii: ")") {
                    if nested, depth == 0 { return }
                    depth -= 1
                }
                at += 1
            }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at < bytes.count
    }

    /// How many `#` stand before the quote that begins here, nil when no string begins here.
    private func hashesBeforeQuote() -> Int? {
        var end = at
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - at : nil
    }

    private mutating func skipString(hashes: Int) {
        blank(hashes)
        let quotes = sees("\"\"\"") ? 3 : 1
        blank(quotes)
        while at < bytes.count {
            if hasRun(of: UInt8(ascii: "\""), quotes, then: hashes, from: at) {
                blank(quotes + hashes)
                return
            }
            if bytes[at] == UInt8(ascii: "\\"),
                hasRun(of: UInt8(ascii: "\\"), 1, then: hashes, from: at)
            {
                blank(1 + hashes)
                if sees("(") {
                    blank()
                    skipCode(untilClosingParenthesis: true)
                }
            }
            blank()
        }
    }

    private func hasRun(of byte: UInt8, _ count: Int, then hashes: Int, from start: Int) -> Bool {
        guard start + count + hashes <= bytes.count else { return false }
        return bytes[start..<start + count].allSatisfy { $0 == byte }
            && bytes[(start + count)..<(start + count + hashes)]
                .allSatisfy { $0 == UInt8(ascii: "#") }
    }
}
