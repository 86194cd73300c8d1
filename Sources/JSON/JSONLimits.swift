/// How large a document may be, and how deep, before it is refused: what somebody else wrote is
/// never trusted to be small.
package struct JSONLimits: Sendable {
    package let bytes: Int
    package let depth: Int
    package let refusesDuplicateNames: Bool

    /// - Parameters:
    ///   - bytes: Of the whole document; below 4 GiB.
    ///   - depth: Arrays and objects inside one another; 512 at most, as the parser descends.
    ///   - refusesDuplicateNames: RFC 8259 leaves open which of two members of one name counts, so
    ///     two readers could see two documents.
    package init(bytes: Int = 64 << 20, depth: Int = 64, refusesDuplicateNames: Bool = true) {
        precondition(bytes < Int(UInt32.max) && depth <= 512, "a limit that the parser can't keep")
        self.bytes = bytes
        self.depth = depth
        self.refusesDuplicateNames = refusesDuplicateNames
    }
}

/// Where a text stops being JSON (RFC 8259) within the limits, and why.
package struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Bytes before the one at which it was seen.
    package let offset: Int
    package let reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "byte \(offset): \(reason)" }
}
