/// Reads what YAML writes between brackets and quotes, over line ends if need be.
struct YAMLFlow {
    struct Fault: Error {
        /// Bytes before the one at which it was seen.
        let place: Int
        let reason: String
    }

    private let bytes: [UInt8]
    private(set) var place: Int
    private let depth: Int

    init(_ bytes: [UInt8], _ place: Int, depth: Int) {
        self.bytes = bytes
        self.place = place
        self.depth = depth
    }

    mutating func value(line: Int) throws(Fault) -> YAMLNode {
        var number = line
        return try value(&number, depth)
    }

    private mutating func value(_ line: inout Int, _ depth: Int) throws(Fault) -> YAMLNode {
        guard depth < YAMLReader.deepest else {
            throw fault("it is nested deeper than \(YAMLReader.deepest)")
        }
        skipBlanks(&line)
        let first = line
        guard let byte = next else { throw fault("the text was cut off here") }
        switch byte {
        case UInt8(ascii: "{"):
            place += 1
            return YAMLNode(content: .mapping(try members(&line, depth)), line: first)
        case UInt8(ascii: "["):
            place += 1
            return YAMLNode(content: .sequence(try elements(&line, depth)), line: first)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return YAMLNode(content: .scalar(try quoted(&line)), line: first)
        default:
            let text = try plain()
            let isNull = text.isEmpty || ["~", "null", "Null", "NULL"].contains(text)
            return YAMLNode(content: isNull ? .null : .scalar(text), line: first, isPlain: true)
        }
    }

    private mutating func members(
        _ line: inout Int, _ depth: Int
    ) throws(Fault) -> [YAMLNode.Member] {
        var members: [YAMLNode.Member] = []
        var known: Set<String> = []
        while true {
            skipBlanks(&line)
            if take(UInt8(ascii: "}")) { return members }
            let first = line
            let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
            let name = isQuoted ? try quoted(&line) : try plain()
            guard isQuoted || !name.isEmpty && name != "<<" else {
                throw fault("a name is missing, or is one that is not read")
            }
            guard known.insert(name).inserted else {
                throw fault("'\(YAMLReader.shown(name))' is given twice")
            }
            skipBlanks(&line)
            var value = YAMLNode(content: .null, line: line)
            if take(UInt8(ascii: ":")) {
                skipBlanks(&line)
                if next != UInt8(ascii: ","), next != UInt8(ascii: "}") {
                    value = try self.value(&line, depth + 1)
                }
            }
            members.append(YAMLNode.Member(key: name, line: first, value: value))
            skipBlanks(&line)
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or '}' is missing") }
        }
    }

    private mutating func elements(_ line: inout Int, _ depth: Int) throws(Fault) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            skipBlanks(&line)
            if take(UInt8(ascii: "]")) { return elements }
            if next == UInt8(ascii: ",") { throw fault("an element is missing") }
            elements.append(try value(&line, depth + 1))
            skipBlanks(&line)
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or ']' is missing") }
        }
    }

    /// A plain scalar up to what ends it inside brackets.
    private mutating func plain() throws(Fault) -> String {
        if let byte = next, "&*!|>@`%".utf8.contains(byte) {
            throw fault(
                "anchors, aliases and tags are not read: put a value that begins so in quotes")
        }
        let isIndicator = next == UInt8(ascii: "-") && isEnd(at: place + 1)
        if isIndicator || next == UInt8(ascii: "?") || next == UInt8(ascii: ":") {
            throw fault("put a text that begins so in quotes")
        }
        let start = place
        while let byte = next, !",[]{}\n\r".utf8.contains(byte) {
            if byte == UInt8(ascii: ":"), isEnd(at: place + 1) { break }
            if byte == UInt8(ascii: "#"), place > start, bytes[place - 1] == 0x20 { break }
            place += 1
        }
        var end = place
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func isEnd(at place: Int) -> Bool {
        place >= bytes.count || ",[]{} \t\n\r".utf8.contains(bytes[place])
    }

    private mutating func quoted(_ line: inout Int) throws(Fault) -> String {
        let start = place
        let text = try quoted()
        line += bytes[start..<place].count { $0 == 0x0A }
        return text
    }

    /// A scalar in quotes, whose line ends are folded to one blank each.
    mutating func quoted() throws(Fault) -> String {
        let quote = bytes[place]
        let start = place
        place += 1
        var text: [UInt8] = []
        while let byte = next {
            place += 1
            if byte == quote {
                // Two single quotes within single quotes are one.
                guard quote == UInt8(ascii: "'"), next == quote else {
                    return String(decoding: text, as: UTF8.self)
                }
                place += 1
                text.append(quote)
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(&text)
            } else if byte == 0x0A {
                while let last = text.last, last == 0x20 || last == 0x0D { text.removeLast() }
                text.append(0x20)
                while next == 0x20 { place += 1 }
            } else {
                text.append(byte)
            }
        }
        throw Fault(place: start, reason: "the quote that opens here is never closed")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Fault) {
        guard let byte = next else { throw fault("the text was cut off here") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), 0x20: text.append(byte)
        case UInt8(ascii: "x"): try scalar(2, &text)
        case UInt8(ascii: "u"): try scalar(4, &text)
        case UInt8(ascii: "U"): try scalar(8, &text)
        default: throw fault("there is no such escape")
        }
    }

    private mutating func scalar(_ digits: Int, _ text: inout [UInt8]) throws(Fault) {
        guard place + digits <= bytes.count,
            bytes[place..<(place + digits)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }
            ),
            let value = UInt32(
                String(decoding: bytes[place..<(place + digits)], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw fault("an escape needs \(digits) hexadecimal digits that are a character") }
        place += digits
        text.append(contentsOf: Array(String(scalar).utf8))
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    /// Blanks, line ends and comments.
    private mutating func skipBlanks(_ line: inout Int) {
        while let byte = next {
            if byte == UInt8(ascii: "#"), place > 0, " \t\n\r,{[".utf8.contains(bytes[place - 1]) {
                while let byte = next, byte != 0x0A { _ = take(byte) }
            } else if byte == 0x0A || byte == 0x20 || byte == 0x09 || byte == 0x0D {
                if byte == 0x0A { line += 1 }
                place += 1
            } else {
                return
            }
        }
    }

    private func fault(_ reason: String) -> Fault { Fault(place: place, reason: reason) }
}
