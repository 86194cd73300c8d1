/// How bad somebody says a vulnerability is.
package struct SeverityStatement: Sendable, Hashable {
    package enum Rating: Sendable, Hashable {
        case cvss(CVSSVector)
        /// A publisher's own word, such as `important`.
        case word(String)
    }

    /// Of which vulnerability of the advisory; nil for the advisory as a whole.
    package let vulnerability: String?
    package let rating: Rating
    /// Who scored: an organisation's short name such as `CISA-ADP`, or the name of the database's
    /// field; nil where the document doesn't tell.
    package let source: String?

    package init(vulnerability: String? = nil, rating: Rating, source: String? = nil) {
        self.vulnerability = vulnerability
        self.rating = rating
        self.source = source
    }
}

extension CVSSVector: Hashable {
    /// The same text; vectors of one meaning may be written in several ways.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
