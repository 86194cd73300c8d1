/// A value of a YAML text, and the line on which it begins.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        case null
        /// Its text, whatever YAML would take it for: `22`, `yes` and `"22"` are texts alike.
        case scalar(String)
        case mapping([Member])
        case sequence([YAMLNode])
    }

    package struct Member: Sendable {
        package let key: String
        package let line: Int
        package let value: YAMLNode
    }

    package let content: Content
    package let line: Int
    /// A text without quotes, which may stand for a number.
    var isPlain = false
}

package struct YAMLFault: Error, Sendable, Equatable {
    package let line: Int
    package let reason: String
}

/// Reads the part of YAML that people write inventories and policies in: block and flow collections, plain and
/// quoted scalars, block scalars, comments.
///
/// Anchors, aliases and merge keys are refused, and so nothing expands into more than was written;
/// so are complex keys, directives, a second document and names that come twice. Tags are passed
/// over. Nesting is bounded.
/// Source: YAML 1.2.2.
package struct YAMLReader {
    static let deepest = 48

    /// A line without its line end.
    struct Line {
        let number: Int
        var indent: Int
        /// The first byte that is no space.
        var start: Int
        let end: Int
    }

    let bytes: [UInt8]
    private(set) var lines: [Line] = []
    /// The line that is read next.
    private var place = 0

    /// - Returns: `.null` for a text with nothing in it.
    package static func read(_ text: String) throws(YAMLFault) -> YAMLNode {
        var reader = YAMLReader(text)
        return try reader.document()
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            let next = end + 1
            if end > start, bytes[end - 1] == 0x0D { end -= 1 }
            var first = start
            while first < end, bytes[first] == 0x20 { first += 1 }
            lines.append(
                Line(number: lines.count + 1, indent: first - start, start: first, end: end))
            start = next
        }
    }

    private mutating func document() throws(YAMLFault) -> YAMLNode {
        if let bad = bytes.firstIndex(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0) }) {
            throw YAMLFault(line: lineNumber(of: bad), reason: "a control character")
        }
        if let line = try peek(), starts(line, with: "---"), isBlank(from: line.start + 3, line) {
            place += 1
        }
        guard let first = try peek() else { return YAMLNode(content: .null, line: 1) }
        let root = try block(atLeast: 0, 0)
        if let line = try peek() {
            throw YAMLFault(
                line: line.number,
                reason: first.indent > line.indent
                    ? "it is indented less than the first line"
                    : "it belongs to nothing above it")
        }
        return root
    }

    /// The next line that isn't empty or a comment; nil after the last.
    private mutating func peek() throws(YAMLFault) -> Line? {
        while place < lines.count {
            let line = lines[place]
            if line.start == line.end || bytes[line.start] == UInt8(ascii: "#") {
                place += 1
                continue
            }
            if bytes[line.start] == 0x09 {
                if bytes[line.start..<line.end].allSatisfy({ $0 == 0x09 || $0 == 0x20 }) {
                    place += 1
                    continue
                }
                throw YAMLFault(line: line.number, reason: "indent with blanks, not with tabs")
            }
            if line.indent == 0, bytes[line.start] == UInt8(ascii: "%") {
                throw YAMLFault(line: line.number, reason: "directives are not read")
            }
            if line.indent == 0, place > 0, starts(line, with: "---") {
                let isFirst = lines[..<place].allSatisfy {
                    $0.start == $0.end || bytes[$0.start] == UInt8(ascii: "#")
                }
                if !isFirst {
                    throw YAMLFault(line: line.number, reason: "a second document is not read")
                }
            }
            return line
        }
        return nil
    }

    // MARK: Blocks

    /// The value that begins on the next line, when that is indented by `indent` at least.
    private mutating func block(atLeast indent: Int, _ depth: Int) throws(YAMLFault) -> YAMLNode {
        guard let line = try peek(), line.indent >= indent else {
            return YAMLNode(content: .null, line: lines[min(place, lines.count - 1)].number)
        }
        guard depth < Self.deepest else {
            throw YAMLFault(
                line: line.number, reason: "it is nested deeper than \(Self.deepest)")
        }
        if isDash(line) { return try sequence(line.indent, depth) }
        if try key(line) != nil { return try mapping(line.indent, depth) }
        place += 1
        return try value(from: line.start, line, indent: indent - 1, depth)
    }

    private mutating func mapping(_ indent: Int, _ depth: Int) throws(YAMLFault) -> YAMLNode {
        let first = lines[place].number
        var members: [YAMLNode.Member] = []
        var known: Set<String> = []
        while let line = try peek(), line.indent >= indent {
            guard line.indent == indent else {
                throw YAMLFault(
                    line: line.number, reason: "it is indented deeper than what it follows")
            }
            guard !isDash(line), let (name, end) = try key(line) else {
                throw YAMLFault(line: line.number, reason: "'name: value' is missing here")
            }
            guard known.insert(name).inserted else {
                throw YAMLFault(
                    line: line.number, reason: "'\(YAMLReader.shown(name))' is given twice")
            }
            place += 1
            let value = try value(from: end, line, indent: indent, depth)
            members.append(YAMLNode.Member(key: name, line: line.number, value: value))
        }
        return YAMLNode(content: .mapping(members), line: first)
    }

    private mutating func sequence(_ indent: Int, _ depth: Int) throws(YAMLFault) -> YAMLNode {
        let first = lines[place].number
        var elements: [YAMLNode] = []
        while let line = try peek(), line.indent == indent, isDash(line) {
            var start = line.start + 1
            while start < line.end, bytes[start] == 0x20 { start += 1 }
            if isBlank(from: start, line) {
                place += 1
                elements.append(try block(atLeast: indent + 1, depth + 1))
                continue
            }
            // What follows the dash stands like a line of its own, so much further to the right.
            lines[place].indent = indent + start - line.start
            lines[place].start = start
            elements.append(try block(atLeast: indent + 1, depth + 1))
        }
        return YAMLNode(content: .sequence(elements), line: first)
    }

    /// What stands behind a name's colon, or alone: on `line` from `start`, and maybe further.
    ///
    /// - Parameter indent: Of the line that it belongs to.
    private mutating func value(
        from start: Int, _ line: Line, indent: Int, _ depth: Int
    ) throws(YAMLFault) -> YAMLNode {
        var start = start
        while start < line.end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        // A tag says what a text stands for, which is all the same here.
        while start < line.end, bytes[start] == UInt8(ascii: "!") {
            while start < line.end, bytes[start] != 0x20 { start += 1 }
            while start < line.end, bytes[start] == 0x20 { start += 1 }
        }
        if isBlank(from: start, line) {
            guard let next = try peek() else { return YAMLNode(content: .null, line: line.number) }
            if next.indent > indent { return try block(atLeast: indent + 1, depth + 1) }
            if next.indent == indent, isDash(next) { return try sequence(indent, depth + 1) }
            return YAMLNode(content: .null, line: line.number)
        }
        switch bytes[start] {
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            var end = start + 1
            while end < line.end, "+-123456789".utf8.contains(bytes[end]) { end += 1 }
            guard indent >= 0, isBlank(from: end, line) else {
                throw YAMLFault(
                    line: line.number,
                    reason: "the text begins on the line below, deeper than its "
                        + "name; put a value that begins so in quotes")
            }
            return YAMLNode(content: .scalar(try blockText(below: indent)), line: line.number)
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"):
            var flow = YAMLFlow(bytes, start, depth: depth)
            let node: YAMLNode
            do {
                node = try flow.value(line: line.number)
            } catch {
                throw YAMLFault(line: lineNumber(of: error.place), reason: error.reason)
            }
            while place < lines.count, lines[place].start < flow.place { place += 1 }
            let last = lines[place - 1]
            guard isBlank(from: flow.place, last) else {
                throw YAMLFault(line: last.number, reason: "something follows the end of a value")
            }
            return node
        case let byte where "&*".utf8.contains(byte):
            throw YAMLFault(
                line: line.number, reason: "anchors and aliases are not read: write it out")
        case let byte where "@`%,]}".utf8.contains(byte):
            throw YAMLFault(line: line.number, reason: "put a value that begins so in quotes")
        case let byte
        where "-?".utf8.contains(byte)
            && (start + 1 == line.end || isSpace(bytes[start + 1])):
            throw YAMLFault(
                line: line.number, reason: "a list or name inside a line: begin a line for it")
        default: return try plain(from: start, line, indent: indent)
        }
    }

    /// A plain scalar, with its further lines folded.
    private mutating func plain(
        from start: Int, _ line: Line, indent: Int
    ) throws(YAMLFault) -> YAMLNode {
        var parts: [String] = [try plainText(start, line)]
        while let next = try peek(), next.indent > indent {
            let before = lines[next.number - 2]
            guard before.start < before.end, !hasComment(before) else {
                throw YAMLFault(
                    line: next.number,
                    reason: "a text goes on behind a comment or an empty line: "
                        + "put it in quotes, or indent the name as its neighbours")
            }
            parts.append(try plainText(next.start, next))
            place += 1
        }
        let text = parts.joined(separator: " ")
        let isNull = parts.count == 1 && ["~", "null", "Null", "NULL"].contains(text)
        return YAMLNode(content: isNull ? .null : .scalar(text), line: line.number, isPlain: true)
    }

    /// Whether a line of plain text ends in a comment.
    private func hasComment(_ line: Line) -> Bool {
        (line.start..<line.end).contains {
            bytes[$0] == UInt8(ascii: "#") && ($0 == line.start || isSpace(bytes[$0 - 1]))
        }
    }

    private func plainText(_ start: Int, _ line: Line) throws(YAMLFault) -> String {
        var end = start
        while end < line.end {
            if bytes[end] == UInt8(ascii: "#"), end > start, isSpace(bytes[end - 1]) { break }
            if bytes[end] == UInt8(ascii: ":"), end + 1 == line.end || isSpace(bytes[end + 1]) {
                throw YAMLFault(
                    line: line.number,
                    reason: "a second colon: put the value in quotes, or indent "
                        + "the name as its neighbours")
            }
            end += 1
        }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The lines that are indented deeper than `indent`, as they are.
    private mutating func blockText(below indent: Int) throws(YAMLFault) -> String {
        var parts: [String] = []
        var first: Int?
        while place < lines.count {
            let line = lines[place]
            let isEmpty = line.start == line.end
            guard isEmpty || line.indent > indent else { break }
            if !isEmpty, line.indent < first ?? 0 {
                throw YAMLFault(
                    line: line.number, reason: "it is indented less than the text it follows")
            }
            if !isEmpty, first == nil { first = line.indent }
            parts.append(String(decoding: bytes[line.start..<line.end], as: UTF8.self))
            place += 1
        }
        return parts.joined(separator: "\n")
    }

    // MARK: Lines

    /// The name at the beginning of a line, and the place behind its colon; nil when there is none.
    private func key(_ line: Line) throws(YAMLFault) -> (name: String, end: Int)? {
        let first = bytes[line.start]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            var flow = YAMLFlow(bytes, line.start, depth: 0)
            do {
                let name = try flow.quoted()
                var end = flow.place
                while end < line.end, isSpace(bytes[end]) { end += 1 }
                guard end < line.end, bytes[end] == UInt8(ascii: ":") else { return nil }
                return (name, end + 1)
            } catch {
                throw YAMLFault(line: lineNumber(of: error.place), reason: error.reason)
            }
        }
        if first == UInt8(ascii: "?"),
            line.start + 1 == line.end || isSpace(bytes[line.start + 1])
        {
            throw YAMLFault(line: line.number, reason: "a name is one line: '? ' is not read")
        }
        if "{[".utf8.contains(first) { return nil }
        var end = line.start
        while end < line.end {
            if bytes[end] == UInt8(ascii: ":"), end + 1 == line.end || isSpace(bytes[end + 1]) {
                let name = String(decoding: bytes[line.start..<end], as: UTF8.self)
                guard end > line.start else {
                    throw YAMLFault(
                        line: line.number, reason: "the name before the colon is missing")
                }
                guard name != "<<", !"&*!|>@`%,]}".utf8.contains(first) else {
                    throw YAMLFault(
                        line: line.number,
                        reason: "anchors, aliases and merge keys are not read: write it out, and "
                            + "put a name that begins so in quotes")
                }
                return (trimmedEnd(name), end + 1)
            }
            if bytes[end] == UInt8(ascii: "#"), end > line.start, isSpace(bytes[end - 1]) { break }
            end += 1
        }
        return nil
    }

    private func trimmedEnd(_ text: String) -> String {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private func isDash(_ line: Line) -> Bool {
        bytes[line.start] == UInt8(ascii: "-")
            && (line.start + 1 == line.end || isSpace(bytes[line.start + 1]))
    }

    private func starts(_ line: Line, with word: String) -> Bool {
        bytes[line.start..<line.end].starts(with: word.utf8)
    }

    /// Whether nothing but a comment stands on `line` from `start` on.
    private func isBlank(from start: Int, _ line: Line) -> Bool {
        var at = start
        while at < line.end, isSpace(bytes[at]) { at += 1 }
        return at >= line.end
            || bytes[at] == UInt8(ascii: "#") && (at == line.start || isSpace(bytes[at - 1]))
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A name as a fault shows it: cut, without control characters.
    static func shown(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(120).map { scalar in
                let isControl = scalar.value < 32 || (0x7f...0x9f).contains(scalar.value)
                return isControl ? " " : Character(scalar)
            })
    }

    private func lineNumber(of place: Int) -> Int {
        1 + bytes[..<min(place, bytes.count)].count { $0 == 0x0A }
    }
}
