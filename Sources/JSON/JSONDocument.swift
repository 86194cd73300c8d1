/// A JSON text (RFC 8259) that was read whole and found to be right.
package struct JSONDocument: Sendable {
    private let tape: JSONTape

    /// Reads `bytes`.
    ///
    /// - Throws: What is wrong first, by its offset: no JSON, no UTF-8, half a surrogate pair, one
    ///   name twice in an object, more than `limits` allow.
    package init(
        parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONSyntaxError) {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONSyntaxError) in
                var parser = JSONParser(buffer, limits)
                try parser.parse()
                return parser.entries
            }
        }
        tape = JSONTape(bytes: bytes, entries: try result.get())
    }

    package var root: JSONNode { JSONNode(tape: tape, index: 0) }
}
