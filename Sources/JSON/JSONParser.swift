/// Reads a text once from its first byte to its last and writes its tape.
///
/// Refused beside what isn't JSON: invalid UTF-8, escapes that are half a surrogate pair, and what
/// passes a limit. Cost: linear in the bytes.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var place = 0
    private(set) var entries: [JSONEntry] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        entries.reserveCapacity(bytes.count / 12 + 4)
    }

    mutating func parse() throws(JSONSyntaxError) {
        guard bytes.count <= limits.bytes else {
            throw JSONSyntaxError(
                offset: limits.bytes, reason: "it is longer than \(limits.bytes) bytes")
        }
        skipSpace()
        try parseValue(depth: 0)
        skipSpace()
        if place < bytes.count { throw wrong("there is more behind the value") }
    }

    private mutating func parseValue(depth: Int) throws(JSONSyntaxError) {
        guard place < bytes.count else { throw wrong("it ends where a value must stand") }
        switch bytes[place] {
        case UInt8(ascii: "{"): try parseObject(depth: depth)
        case UInt8(ascii: "["): try parseArray(depth: depth)
        case UInt8(ascii: "\""): try parseText()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        case UInt8(ascii: "t"): try parseWord("true", .yes)
        case UInt8(ascii: "f"): try parseWord("false", .no)
        case UInt8(ascii: "n"): try parseWord("null", .null)
        default: throw wrong("no value begins like that")
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONSyntaxError) {
        let index = try open(.object, depth: depth)
        var count: UInt32 = 0
        if !closes(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                    throw wrong("the name of a member must stand here")
                }
                try parseText()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw wrong("a colon is missing") }
                skipSpace()
                try parseValue(depth: depth + 1)
                count += 1
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw wrong("a comma or } is missing") }
        }
        close(index, count)
        if limits.refusesDuplicateNames, count > 1 { try refuseDuplicates(in: index) }
    }

    private mutating func parseArray(depth: Int) throws(JSONSyntaxError) {
        let index = try open(.array, depth: depth)
        var count: UInt32 = 0
        if !closes(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                try parseValue(depth: depth + 1)
                count += 1
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw wrong("a comma or ] is missing") }
        }
        close(index, count)
    }

    private mutating func open(
        _ form: JSONEntry.Form, depth: Int
    ) throws(JSONSyntaxError) -> Int {
        guard depth < limits.depth else {
            throw wrong("arrays and objects lie more than \(limits.depth) deep")
        }
        entries.append(JSONEntry(form: form, start: UInt32(place)))
        place += 1
        return entries.count - 1
    }

    private mutating func close(_ index: Int, _ count: UInt32) {
        entries[index].length = count
        entries[index].next = UInt32(entries.count)
    }

    /// Takes the bracket that ends an empty array or object.
    private mutating func closes(_ bracket: UInt8) -> Bool {
        skipSpace()
        return take(bracket)
    }

    private mutating func parseWord(
        _ word: StaticString, _ form: JSONEntry.Form
    ) throws(JSONSyntaxError) {
        let length = word.utf8CodeUnitCount
        guard bytes.count - place >= length else { throw wrong("it ends in a word") }
        for offset in 0..<length where bytes[place + offset] != word.utf8Start[offset] {
            throw wrong("the only words are true, false and null")
        }
        append(form, from: place, to: place + length)
        place += length
    }

    private mutating func parseNumber() throws(JSONSyntaxError) {
        let start = place
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if place < bytes.count, isDigit(bytes[place]) {
                throw wrong("a number may not begin with 0")
            }
        } else {
            try takeDigits()
        }
        var form = JSONEntry.Form.integer
        if take(UInt8(ascii: ".")) {
            form = .fraction
            try takeDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            form = .fraction
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try takeDigits()
        }
        append(form, from: start, to: place)
    }

    private mutating func takeDigits() throws(JSONSyntaxError) {
        let start = place
        while place < bytes.count, isDigit(bytes[place]) { place += 1 }
        if place == start { throw wrong("a digit is missing") }
    }

    private mutating func append(_ form: JSONEntry.Form, from start: Int, to end: Int) {
        entries.append(
            JSONEntry(
                form: form, start: UInt32(start), length: UInt32(end - start),
                next: UInt32(entries.count + 1)))
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                place += 1
            default: return
            }
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private func wrong(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: place, reason: reason)
    }
}

// Texts
extension JSONParser {
    private mutating func parseText() throws(JSONSyntaxError) {
        place += 1
        let start = place
        var form = JSONEntry.Form.plainText
        while true {
            place = PlainText.end(in: bytes, from: place)
            guard place < bytes.count else { break }
            switch bytes[place] {
            case UInt8(ascii: "\""):
                append(form, from: start, to: place)
                place += 1
                return
            case UInt8(ascii: "\\"):
                form = .escapedText
                try takeEscape()
            case 0x80...: try takeScalar()
            default: throw wrong("a control character stands in a text without an escape")
            }
        }
        throw wrong("it ends in a text")
    }

    private mutating func takeEscape() throws(JSONSyntaxError) {
        place += 1
        guard place < bytes.count else { throw wrong("it ends in an escape") }
        switch bytes[place] {
        case UInt8(ascii: "u"):
            place += 1
            let unit = try takeUnit()
            if (0xDC00...0xDFFF).contains(unit) {
                throw wrong("the second half of a surrogate pair stands alone")
            }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
                (0xDC00...0xDFFF).contains(try takeUnit())
            else { throw wrong("the first half of a surrogate pair stands alone") }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 1
        default: throw wrong("there is no such escape")
        }
    }

    private mutating func takeUnit() throws(JSONSyntaxError) -> UInt16 {
        guard bytes.count - place >= 4 else { throw wrong("it ends in an escape") }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = JSONText.hexadecimal(bytes[place]) else {
                throw wrong("\\u needs four hexadecimal digits")
            }
            unit = unit << 4 | digit
            place += 1
        }
        return unit
    }

    /// Takes one scalar of two bytes or more. Source: RFC 3629 §4.
    private mutating func takeScalar() throws(JSONSyntaxError) {
        let lead = bytes[place]
        let second: ClosedRange<UInt8>
        let more: Int
        switch lead {
        case 0xC2...0xDF: (second, more) = (0x80...0xBF, 0)
        case 0xE0: (second, more) = (0xA0...0xBF, 1)
        case 0xED: (second, more) = (0x80...0x9F, 1)
        case 0xE1...0xEF: (second, more) = (0x80...0xBF, 1)
        case 0xF0: (second, more) = (0x90...0xBF, 2)
        case 0xF1...0xF3: (second, more) = (0x80...0xBF, 2)
        case 0xF4: (second, more) = (0x80...0x8F, 2)
        default: throw wrong("it is not UTF-8")
        }
        guard bytes.count - place >= more + 2, second.contains(bytes[place + 1]) else {
            throw wrong("it is not UTF-8")
        }
        for offset in 0..<more where bytes[place + 2 + offset] & 0xC0 != 0x80 {
            throw wrong("it is not UTF-8")
        }
        place += more + 2
    }
}

// Names
extension JSONParser {
    /// Up to this many, each name is compared with each, which needs no memory.
    private static let fewMembers = 12

    private func refuseDuplicates(in object: Int) throws(JSONSyntaxError) {
        if namesRise(in: object) { return }
        var names: [Int] = []
        var index = object + 1
        let count = Int(entries[object].length)
        if count > Self.fewMembers {
            var seen: Set<[UInt8]> = []
            for _ in 0..<count {
                if !seen.insert(Array(JSONText.unescaped(entries[index], bytes))).inserted {
                    throw duplicate(index)
                }
                index = Int(entries[index + 1].next)
            }
            return
        }
        names.reserveCapacity(count)
        for _ in 0..<count {
            for other in names where areEqual(entries[index], entries[other]) {
                throw duplicate(index)
            }
            names.append(index)
            index = Int(entries[index + 1].next)
        }
    }

    /// Whether each name comes behind the one before it, as in all that patchflow writes: then none
    /// stands there twice.
    private func namesRise(in object: Int) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var index = object + 1
        var before: JSONEntry?
        for _ in 0..<entries[object].length {
            let name = entries[index]
            guard name.form == .plainText else { return false }
            if let before {
                let shared = Int(min(before.length, name.length))
                let order = Self.compare(
                    base + Int(before.start), base + Int(name.start), shared)
                guard order < 0 || order == 0 && before.length < name.length else { return false }
            }
            before = name
            index = Int(entries[index + 1].next)
        }
        return true
    }

    /// Below 0 where the first of two texts comes first, 0 where they are the same.
    private static func compare(
        _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int
    ) -> Int {
        for place in 0..<count where one[place] != other[place] {
            return Int(one[place]) - Int(other[place])
        }
        return 0
    }

    private func areEqual(_ one: JSONEntry, _ other: JSONEntry) -> Bool {
        if one.form == .plainText, other.form == .plainText {
            guard one.length == other.length else { return false }
            for offset in 0..<Int(one.length)
            where bytes[Int(one.start) + offset] != bytes[Int(other.start) + offset] {
                return false
            }
            return true
        }
        return JSONText.unescaped(one, bytes) == JSONText.unescaped(other, bytes)
    }

    private func duplicate(_ index: Int) -> JSONSyntaxError {
        let shown = JSONText.unescaped(entries[index], bytes).prefix(100)
        let name = String(decoding: shown, as: UTF8.self)
        return JSONSyntaxError(
            offset: Int(entries[index].start),
            reason: "the name '\(name)' stands twice in one object")
    }
}
