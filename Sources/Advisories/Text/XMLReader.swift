/// Reads XML that arrives in pieces, and gives its elements as events.
///
/// It is strict and small on purpose. A document type declaration is refused, and with it every
/// entity but the five that XML has itself: so nothing can be expanded into more than was sent, and
/// nothing is ever fetched. Namespaces are left as prefixes; comments and processing instructions
/// are passed over; CDATA is text. Only UTF-8 is read.
/// Source: Extensible Markup Language 1.0 (fifth edition).
struct XMLReader: Sendable {
    enum Event: Sendable, Equatable {
        case start(name: String, attributes: [String: String])
        /// Neither trimmed nor joined: one run of text may come as several events.
        case text(String)
        case end(name: String)
    }

    struct Fault: Error, Equatable {
        /// Bytes before the one at which it was seen.
        let offset: Int
        let reason: String
    }

    struct Limits: Sendable {
        /// Bytes of one tag, comment or run of text.
        var token = 1 << 20
        var depth = 64
        var attributes = 64
    }

    private let limits: Limits
    private var buffer: [UInt8] = []
    private var place = 0
    /// How far `place` has been searched for an end already.
    private var searched = 0
    private var base = 0
    private var open: [String] = []
    private var hasRoot = false
    /// The end of an element that closes itself, which follows its start.
    private var pendingEnd: String?
    private var isFinished = false

    init(limits: Limits = Limits()) { self.limits = limits }

    mutating func append(_ piece: [UInt8]) {
        buffer.removeFirst(place)
        searched -= place
        base += place
        place = 0
        buffer += piece
    }

    /// The next event; nil when more bytes are needed, or when the document has ended.
    mutating func next() throws(Fault) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            open.removeLast()
            return .end(name: name)
        }
        while place < buffer.count {
            searched = max(searched, place)
            if buffer[place] != UInt8(ascii: "<") {
                guard let text = try text() else { return nil }
                if !open.isEmpty { return .text(text) }
                continue
            }
            if begins("<!--") {
                guard let end = try end(of: "-->") else { return nil }
                place = end
            } else if begins("<![CDATA[") {
                guard let end = try end(of: "]]>") else { return nil }
                guard !open.isEmpty else { throw fault("text outside the root element") }
                let text = try string(buffer[(place + 9)..<(end - 3)], at: place)
                place = end
                return .text(text)
            } else if begins("<?") {
                guard let end = try end(of: "?>") else { return nil }
                try checkDeclaration(buffer[place..<end])
                place = end
            } else if begins("<!") {
                // Not yet known what it is, unless it can be neither comment nor CDATA.
                if let rest = incomplete(["<!--", "<![CDATA["]), rest { return try needMore() }
                throw fault("a document type declaration is refused: send it without DOCTYPE")
            } else if let event = try tag() {
                return event
            } else {
                return nil
            }
        }
        return nil
    }

    /// - Throws: When the document isn't whole.
    mutating func finish() throws(Fault) {
        guard open.isEmpty, hasRoot, pendingEnd == nil, buffer[place...].allSatisfy(isBlank) else {
            throw Fault(offset: base + buffer.count, reason: "the document was cut off here")
        }
    }

    // MARK: Tokens

    /// The text up to the next tag; nil while an end of it is not in sight.
    private mutating func text() throws(Fault) -> String? {
        let end = buffer[place...].firstIndex(of: UInt8(ascii: "<"))
        // Without a tag in sight an entity or a letter might be cut in two.
        guard let end else { return try needMore() }
        guard end - place <= limits.token else { throw tooLong() }
        let text = try plain(buffer[place..<end])
        if open.isEmpty, !text.allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) {
            throw fault("text outside the root element")
        }
        place = end
        return text
    }

    private mutating func tag() throws(Fault) -> Event? {
        guard let end = try endOfTag() else { return nil }
        var inner = buffer[(place + 1)..<(end - 1)]
        defer { place = end }
        if inner.first == ASCII.slash {
            let name = try string(inner.dropFirst().filter { !isBlank($0) }[...], at: place)
            guard open.last == name else {
                throw fault("</\(shortened(name))> closes nothing that is open last")
            }
            open.removeLast()
            return .end(name: name)
        }
        guard !open.isEmpty || !hasRoot else { throw fault("a second root element") }
        let isEmpty = inner.last == ASCII.slash
        if isEmpty { inner = inner.dropLast() }
        let nameBytes = inner.prefix { !isBlank($0) }
        guard let first = nameBytes.first,
            isLetter(first) || first == ASCII.underscore
                || first >= 0x80, !nameBytes.contains(where: { "<&\"'=".utf8.contains($0) })
        else { throw fault("the name of an element is missing or malformed") }
        let name = try string(nameBytes, at: place)
        let attributes = try attributes(inner.dropFirst(nameBytes.count))
        guard open.count < limits.depth else { throw fault("nested deeper than \(limits.depth)") }
        open.append(name)
        hasRoot = true
        if isEmpty { pendingEnd = name }
        return .start(name: name, attributes: attributes)
    }

    private func attributes(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = bytes.drop(while: isBlank)
        while !rest.isEmpty {
            let nameBytes = rest.prefix { $0 != ASCII.equals && !isBlank($0) }
            rest = rest.dropFirst(nameBytes.count).drop(while: isBlank)
            guard !nameBytes.isEmpty, rest.first == ASCII.equals else {
                throw fault("an attribute without a value")
            }
            rest = rest.dropFirst().drop(while: isBlank)
            guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = rest.dropFirst().firstIndex(of: quote)
            else { throw fault("the value of an attribute stands in no quotes") }
            let name = try string(nameBytes, at: place)
            let value = rest[(rest.startIndex + 1)..<end]
            guard !value.contains(UInt8(ascii: "<")) else {
                throw fault("'<' in the value of '\(shortened(name))'")
            }
            guard attributes.updateValue(try plain(value), forKey: name) == nil else {
                throw fault("attribute '\(shortened(name))' is given twice")
            }
            guard attributes.count <= limits.attributes else {
                throw fault("more than \(limits.attributes) attributes")
            }
            rest = rest[(end + 1)...]
            guard rest.isEmpty || isBlank(rest[rest.startIndex]) else {
                throw fault("no white space between attributes")
            }
            rest = rest.drop(while: isBlank)
        }
        return attributes
    }

    // MARK: Text

    /// `bytes` with its entities replaced.
    private func plain(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        guard bytes.contains(ASCII.ampersand) else { return try string(bytes, at: place) }
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.first {
            guard byte == ASCII.ampersand else {
                plain.append(byte)
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.prefix(16).firstIndex(of: UInt8(ascii: ";")) else {
                throw fault("'&' begins no entity: write &amp;")
            }
            let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            guard let scalar = Self.scalar(ofEntity: name) else {
                throw fault("entity '&\(shortened(name));' is refused: XML has five and numbers")
            }
            plain.append(contentsOf: Array(String(scalar).utf8))
            rest = rest[(end + 1)...]
        }
        return try string(plain[...], at: place)
    }

    private static func scalar(ofEntity name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let value =
            digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        guard let value, digits.utf8.allSatisfy(isLetterOrDigit),
            value >= 0x20 || [0x09, 0x0A, 0x0D].contains(value)
        else { return nil }
        return Unicode.Scalar(value)
    }

    private func string(_ bytes: ArraySlice<UInt8>, at place: Int) throws(Fault) -> String {
        guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else {
            throw Fault(offset: base + place, reason: "a control character, which XML hasn't")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(offset: base + place, reason: "this is not UTF-8")
        }
        return text
    }

    /// The XML declaration may say an encoding, which must be what is read.
    private func checkDeclaration(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        let text = try string(bytes, at: place).lowercased()
        guard text.hasPrefix("<?xml "), let sign = text.firstRange(of: "encoding") else { return }
        let value = text[sign.upperBound...].drop {
            $0 == " " || $0 == "=" || $0 == "\"" || $0 == "'"
        }
        guard value.hasPrefix("utf-8") || value.hasPrefix("us-ascii") else {
            throw fault("its encoding is not UTF-8: convert it")
        }
    }

    // MARK: Ends

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func begins(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard buffer.count - place >= count else { return false }
        return (0..<count).allSatisfy { buffer[place + $0] == word.utf8Start[$0] }
    }

    /// Whether what is there might become one of `words`.
    private func incomplete(_ words: [String]) -> Bool? {
        let rest = buffer[place...]
        return words.contains { word in
            rest.count < word.utf8.count && word.utf8.starts(with: rest)
        }
    }

    /// The place behind `word`; nil while it hasn't come.
    private mutating func end(of word: String) throws(Fault) -> Int? {
        let word = Array(word.utf8)
        var at = max(searched, place + 2)
        while at + word.count <= buffer.count {
            if buffer[at] == word[0], buffer[at..<(at + word.count)].elementsEqual(word) {
                let end = at + word.count
                guard end - place <= limits.token else { throw tooLong() }
                return end
            }
            at += 1
        }
        searched = max(place, at)
        return try needMore()
    }

    /// The place behind the `>` that ends a tag, outside quotes.
    private mutating func endOfTag() throws(Fault) -> Int? {
        var quote: UInt8?
        for at in (place + 1)..<max(buffer.count, place + 1) {
            let byte = buffer[at]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                guard at + 1 - place <= limits.token else { throw tooLong() }
                return at + 1
            } else if byte == UInt8(ascii: "<") {
                throw fault("'<' inside a tag")
            }
        }
        return try needMore()
    }

    private func needMore<Value>() throws(Fault) -> Value? {
        if buffer.count - place > limits.token { throw tooLong() }
        return nil
    }

    private func tooLong() -> Fault { fault("a tag or text is longer than \(limits.token) bytes") }

    private func fault(_ reason: String) -> Fault { Fault(offset: base + place, reason: reason) }
}
