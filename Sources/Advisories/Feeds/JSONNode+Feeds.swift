import JSON

/// Members as feeds have them. One that is absent and one that is null are the same; one of another
/// kind is a fault of the document, named by its path.
extension JSONNode {
    /// A text that must be there, and not be empty.
    func text(_ name: String) throws(FeedFault) -> String {
        guard let text = try optionalText(name) else { throw missing(name) }
        if text.isEmpty { throw self[name].fault(.badValue("", wanted: "a text with content")) }
        return text
    }

    func optionalText(_ name: String) throws(FeedFault) -> String? {
        guard let node = member(name) else { return nil }
        return try node.text()
    }

    func texts(_ name: String) throws(FeedFault) -> [String] {
        var texts: [String] = []
        for node in try elements(name) { texts.append(try node.text()) }
        return texts
    }

    /// The elements of an array; none when it is absent.
    func elements(_ name: String) throws(FeedFault) -> [JSONNode] {
        guard let node = member(name) else { return [] }
        guard let elements = node.elements else { throw node.wrongKind("an array") }
        return Array(elements)
    }

    func object(_ name: String) throws(FeedFault) -> JSONNode {
        guard let node = try optionalObject(name) else { throw missing(name) }
        return node
    }

    func optionalObject(_ name: String) throws(FeedFault) -> JSONNode? {
        guard let node = member(name) else { return nil }
        try node.checkObject()
        return node
    }

    func checkObject() throws(FeedFault) {
        if kind != .object { throw wrongKind("an object") }
    }

    func time(_ name: String, zoneIsOptional: Bool = false) throws(FeedFault) -> UTCTime {
        guard let time = try optionalTime(name, zoneIsOptional: zoneIsOptional) else {
            throw missing(name)
        }
        return time
    }

    func optionalTime(
        _ name: String, zoneIsOptional: Bool = false
    ) throws(FeedFault) -> UTCTime? {
        guard let text = try optionalText(name) else { return nil }
        guard let time = UTCTime(text, zoneIsOptional: zoneIsOptional) else {
            throw self[name].fault(
                .badValue(text, wanted: "a time such as 2026-03-01T09:30:00Z (RFC 3339)"))
        }
        return time
    }

    func cve(_ name: String) throws(FeedFault) -> String {
        let text = try text(name)
        guard isCVE(text) else { throw self[name].fault(.badValue(text, wanted: cveForm)) }
        return text
    }

    func missing(_ name: String) -> FeedFault { fault(.missing(name)) }

    func fault(_ problem: FeedProblem) -> FeedFault {
        let path = path
        return FeedFault(place: path.isEmpty ? .document : .member(path), problem: problem)
    }

    func text() throws(FeedFault) -> String {
        guard let string else { throw wrongKind("a text") }
        return string
    }

    func wrongKind(_ wanted: String) -> FeedFault {
        fault(.wrongKind(found: kind.words, wanted: wanted))
    }

    private func member(_ name: String) -> JSONNode? {
        guard let node = self[name], !node.isNull else { return nil }
        return node
    }
}

extension JSONNode? {
    fileprivate func fault(_ problem: FeedProblem) -> FeedFault {
        map { $0.fault(problem) } ?? FeedFault(place: .document, problem: problem)
    }
}

extension JSONNode.Kind {
    fileprivate var words: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension FeedDocument {
    /// - Parameter depth: Arrays and objects in one another.
    func json(depth: Int = 64) throws(FeedFault) -> JSONNode {
        let root: JSONNode
        do {
            root = try JSONDocument(parsing: bytes, limits: JSONLimits(depth: depth)).root
        } catch {
            throw FeedFault(place: .byte(error.offset), problem: .notJSON(shortened(error.reason)))
        }
        try root.checkObject()
        return root
    }
}

let cveForm = "a CVE id such as CVE-2026-12345"

/// Source: the CVE JSON record format, "cveId".
func isCVE(_ text: String) -> Bool {
    var cursor = ByteCursor(text)
    guard cursor.takeCapitals("CVE-"), cursor.takeNumber(digits: 4) != nil,
        cursor.take(ASCII.hyphen)
    else { return false }
    let digits = cursor.take(while: isDigit)
    return cursor.isAtEnd && (4...19).contains(digits.count)
}

extension ByteCursor {
    /// Whether the next bytes are `text`, case and all; if so, they have been read.
    fileprivate mutating func takeCapitals(_ text: String) -> Bool {
        let count = text.utf8.count
        guard end - place >= count, self[place..<place + count].elementsEqual(text.utf8) else {
            return false
        }
        skip(count)
        return true
    }
}

/// Gathers what is left out of one document, as many parts as a person may want to read.
struct SkippedParts {
    private static let most = 1000

    private var parts: [SkippedPart] = []
    private var untold = 0

    mutating func add(_ path: @autoclosure () -> String, _ reason: @autoclosure () -> String) {
        if parts.count < Self.most {
            parts.append(SkippedPart(path: path(), reason: reason()))
        } else {
            untold += 1
        }
    }

    var all: [SkippedPart] {
        untold == 0
            ? parts : parts + [SkippedPart(path: "", reason: "\(untold) more parts were left out")]
    }
}
