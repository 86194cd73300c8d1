/// A moment (timestamptz) in microseconds since 1970-01-01T00:00:00Z.
package struct PostgresTimestamp: Sendable, Hashable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// PostgreSQL counts from 2000-01-01.
    static let epochOffset: Int64 = 946_684_800_000_000
}

/// The text of a JSON value, as it is: bound as `json`, read from json, jsonb and text.
package struct JSONText: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
