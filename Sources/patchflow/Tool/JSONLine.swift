/// One line of JSON, an object, while it is written.
struct JSONLine {
    private(set) var bytes: [UInt8] = []

    /// A member whose value is text, or null.
    mutating func add(_ name: StaticString, _ text: String?) {
        begin(name)
        if let text { append(quoted: text) } else { append("null") }
    }

    /// A member whose value is a number as it is written, or null.
    mutating func add(_ name: StaticString, number: String?) {
        begin(name)
        bytes.append(contentsOf: (number ?? "null").utf8)
    }

    /// A member whose value is an object of texts, or null when there are none.
    mutating func add(_ name: StaticString, _ members: [(String, String)]) {
        begin(name)
        if members.isEmpty { return append("null") }
        for (index, member) in members.enumerated() {
            append(index == 0 ? "{" : ",")
            append(quoted: member.0)
            append(":")
            append(quoted: member.1)
        }
        append("}")
    }

    mutating func end() { append(bytes.isEmpty ? "{}\n" : "}\n") }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func begin(_ name: StaticString) {
        append(bytes.isEmpty ? "{\"" : ",\"")
        append(name)
        append("\":")
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func append(quoted text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7F:
                append("\\u00")
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
