/// Reads a JSON text that arrives in pieces, and gives the parts that were asked for as documents,
/// one at a time: the elements of arrays, and single members.
///
/// What is held is one piece and one part, so a text of any length is read in flat memory. What
/// wasn't asked for is checked like the rest and dropped, but for one thing: whether two members of
/// a dropped object bear the same name.
///
/// ```
/// var reader = JSONElementReader([.elements("components"), .value("metadata")])
/// while let piece = try source.read() {
///     reader.append(piece)
///     while let part = try reader.next() { ... }
/// }
/// try reader.finish()
/// ```
package struct JSONElementReader: Sendable {
    /// What is wanted of the text: names of members from the top, then all elements of the array
    /// there, or the value as a whole. No names mean the text itself.
    package struct Selection: Sendable, Hashable {
        package let path: [String]
        package let isArray: Bool

        package static func elements(_ path: String...) -> Selection {
            Selection(path: path, isArray: true)
        }

        package static func value(_ path: String...) -> Selection {
            Selection(path: path, isArray: false)
        }
    }

    package struct Part: Sendable {
        /// Which of the selections it belongs to, counted from 0.
        package let selection: Int
        /// Which element of its array it is, counted from 0; 0 for a value.
        package let index: Int
        /// The byte of the text at which it begins; offsets within `document` count from there.
        package let offset: Int
        package let document: JSONDocument
    }

    /// What the text must go on with.
    enum Expectation {
        case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, nothing
    }

    /// An array or object that is open.
    struct Frame {
        let isObject: Bool
        /// The selections whose path leads through it.
        var leading: [Int] = []
        /// The selection whose elements it holds, and how many there were.
        var selection: Int?
        var count = 0
    }

    /// What is in the middle of being read.
    enum Token {
        case none
        case name(JSONStringCheck)
        case string(JSONStringCheck)
        case number(JSONNumberCheck)
        case literal(StaticString, Int)
        case part(JSONPartEnd)
    }

    let selections: [Selection]
    private let limits: JSONLimits
    var frames: [Frame] = []
    var expectation = Expectation.value
    var token = Token.none
    /// The name that is being read or was read last, with its quotes, where a path might lead on;
    /// nil elsewhere.
    var name: [UInt8]?
    private var piece: [UInt8] = []
    private var place = 0
    /// The byte of the text that `piece` begins with.
    private var base = 0
    /// The part being read, as far as earlier pieces held it.
    private var gathered: [UInt8] = []
    private var partStart = 0
    private var partSelection = 0
    private var found: [Bool]
    /// The selections that the value to come belongs to or leads to.
    private var coming: [Int]

    /// - Parameters:
    ///   - selections: None may lead through another.
    ///   - limits: `bytes` is for one part, `depth` for the whole text.
    package init(_ selections: [Selection], limits: JSONLimits = JSONLimits(bytes: 16 << 20)) {
        for (index, selection) in selections.enumerated() {
            for other in selections[(index + 1)...] {
                let common = min(selection.path.count, other.path.count)
                precondition(
                    selection.path.prefix(common) != other.path.prefix(common),
                    "one selection leads through another")
            }
        }
        self.selections = selections
        self.limits = limits
        found = selections.map { _ in false }
        coming = Array(selections.indices)
    }

    /// Adds the next bytes of the text. The ones before must have been read: call `next` until it
    /// is nil.
    package mutating func append(_ bytes: [UInt8]) {
        precondition(place == piece.count, "the last piece has not been read to its end")
        base += piece.count
        piece = bytes
        place = 0
    }

    /// The next part; nil when the bytes so far hold no more.
    ///
    /// - Throws: Where the text breaks the rules of JSON or a limit, or isn't of the shape that the
    ///   selections ask for. After that the reader must not be used again.
    package mutating func next() throws(JSONSyntaxError) -> Part? {
        while place < piece.count {
            if case .part(var end) = token {
                let start = place
                let isComplete = end.read(piece, &place)
                gathered += piece[start..<place]
                if gathered.count > limits.bytes {
                    throw error("an element is longer than \(limits.bytes) bytes", at: partStart)
                }
                guard isComplete else {
                    token = .part(end)
                    return nil
                }
                return try part()
            }
            try step()
        }
        return nil
    }

    /// - Throws: When the text was cut off.
    package mutating func finish() throws(JSONSyntaxError) {
        if case .number(let number) = token, frames.isEmpty, number.isComplete {
            token = .none
            expectation = .nothing
        }
        if case .part(let end) = token, frames.isEmpty, end.isScalar, !gathered.isEmpty {
            // A number or literal alone has no end of its own; it was asked for whole.
            throw error("the text is a lone value, not an array or object", at: partStart)
        }
        guard case .none = token, case .nothing = expectation else {
            throw error("the text was cut off here", at: base + piece.count)
        }
    }

    /// Reads at least one byte of what is dropped, or up to where a part begins.
    private mutating func step() throws(JSONSyntaxError) {
        let byte = piece[place]
        switch token {
        case .name(var check):
            let start = place
            let isComplete = try advance(&check)
            if name != nil { name?.append(contentsOf: piece[start..<place]) }
            // No path has a name as long as this.
            if let length = name?.count, length > 1024 { name = nil }
            token = isComplete ? .none : .name(check)
            if isComplete { expectation = .colon }
        case .string(var check):
            let isComplete = try advance(&check)
            token = isComplete ? .none : .string(check)
            if isComplete { endValue() }
        case .number(var check):
            switch check.read(byte) {
            case .more:
                place += 1
                token = .number(check)
            case .end:
                token = .none
                endValue()
            case .wrong: throw error("the number is malformed")
            }
        case .literal(let word, let count):
            guard byte == word.utf8Start[count] else { throw error("this is no JSON value") }
            place += 1
            let isComplete = count + 1 == word.utf8CodeUnitCount
            token = isComplete ? .none : .literal(word, count + 1)
            if isComplete { endValue() }
        case .none:
            if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                place += 1
            } else {
                try begin(byte)
            }
        case .part: preconditionFailure("a part is read by its own rules")
        }
    }

    private mutating func advance(
        _ check: inout JSONStringCheck
    ) throws(JSONSyntaxError) -> Bool {
        do {
            return try check.read(piece, &place)
        } catch {
            throw self.error(error.reason)
        }
    }

    private mutating func begin(_ byte: UInt8) throws(JSONSyntaxError) {
        switch (expectation, byte) {
        case (.value, _): try beginValue(byte)
        case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): close()
        case (.valueOrEnd, _): try beginValue(byte)
        case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
            place += 1
            name = frames.last?.leading.isEmpty == false ? [byte] : nil
            token = .name(JSONStringCheck())
        case (.name, _), (.nameOrEnd, _): throw error("the name of a member is missing")
        case (.colon, UInt8(ascii: ":")):
            place += 1
            coming = try selectionsNamed()
            expectation = .value
        case (.colon, _): throw error("a colon is missing")
        case (.commaOrEnd, UInt8(ascii: ",")):
            place += 1
            expectation = frames.last?.isObject == true ? .name : .value
            coming = []
        case (.commaOrEnd, UInt8(ascii: "]")) where frames.last?.isObject == false: close()
        case (.commaOrEnd, UInt8(ascii: "}")) where frames.last?.isObject == true: close()
        case (.commaOrEnd, _): throw error("a comma is missing")
        case (.nothing, _): throw error("something follows the end of the text")
        }
    }

    private mutating func beginValue(_ byte: UInt8) throws(JSONSyntaxError) {
        if let frame = frames.last, let selection = frame.selection {
            return beginPart(selection, byte)
        }
        let depth = frames.count
        if let whole = coming.first(where: { selections[$0].path.count == depth }) {
            if found[whole] {
                throw error("member '\(shown(selections[whole]))' is given twice")
            }
            found[whole] = true
            if !selections[whole].isArray { return beginPart(whole, byte) }
            guard byte == UInt8(ascii: "[") || byte == UInt8(ascii: "n") else {
                throw error("\(shown(selections[whole])) is not an array")
            }
            if byte == UInt8(ascii: "[") {
                return try open(Frame(isObject: false, selection: whole))
            }
        } else if let leading = coming.first, byte != UInt8(ascii: "{"), byte != UInt8(ascii: "n") {
            let above = selections[leading].path.prefix(depth).joined(separator: ".")
            throw error("\(above.isEmpty ? "the text" : above) is not an object")
        }
        switch byte {
        case UInt8(ascii: "{"): try open(Frame(isObject: true, leading: coming))
        case UInt8(ascii: "["): try open(Frame(isObject: false))
        case UInt8(ascii: "\""):
            place += 1
            token = .string(JSONStringCheck())
        case UInt8(ascii: "t"): token = .literal("true", 0)
        case UInt8(ascii: "f"): token = .literal("false", 0)
        case UInt8(ascii: "n"): token = .literal("null", 0)
        default:
            guard let check = JSONNumberCheck(byte) else { throw error("a value is missing") }
            place += 1
            token = .number(check)
        }
    }

    private mutating func open(_ frame: Frame) throws(JSONSyntaxError) {
        guard frames.count < limits.depth else {
            throw error("it is nested deeper than \(limits.depth)")
        }
        place += 1
        frames.append(frame)
        expectation = frame.isObject ? .nameOrEnd : .valueOrEnd
        coming = []
    }

    private mutating func close() {
        place += 1
        frames.removeLast()
        endValue()
    }

    private mutating func endValue() {
        expectation = frames.isEmpty ? .nothing : .commaOrEnd
    }

    private mutating func beginPart(_ selection: Int, _ byte: UInt8) {
        partStart = base + place
        partSelection = selection
        gathered.removeAll(keepingCapacity: true)
        token = .part(JSONPartEnd(byte))
    }

    private mutating func part() throws(JSONSyntaxError) -> Part {
        token = .none
        let document: JSONDocument
        do {
            let inner = JSONLimits(
                bytes: limits.bytes, depth: limits.depth - frames.count,
                refusesDuplicateNames: limits.refusesDuplicateNames)
            document = try JSONDocument(parsing: gathered, limits: inner)
        } catch {
            throw self.error(error.reason, at: partStart + error.offset)
        }
        var index = 0
        if let last = frames.indices.last, frames[last].selection != nil {
            index = frames[last].count
            frames[last].count += 1
        }
        endValue()
        return Part(
            selection: partSelection, index: index, offset: partStart, document: document)
    }

    /// The selections that the member whose name was just read belongs or leads to.
    private func selectionsNamed() throws(JSONSyntaxError) -> [Int] {
        guard let name, let leading = frames.last?.leading else { return [] }
        let text: String?
        do {
            text = try JSONDocument(parsing: name).root.string
        } catch {
            throw self.error(error.reason)
        }
        let depth = frames.count - 1
        return leading.filter { selections[$0].path[depth] == text }
    }

    private func shown(_ selection: Selection) -> String {
        selection.path.isEmpty ? "the text" : selection.path.joined(separator: ".")
    }

    private func error(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset ?? base + place, reason: reason)
    }
}
