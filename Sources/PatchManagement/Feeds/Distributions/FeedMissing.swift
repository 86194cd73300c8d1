/// Documents that a publisher lists and that could not be had, or not be trusted: what was known of
/// each stays, and the others count.
package struct FeedMissing: Codable, Hashable, Sendable {
    package struct Part: Codable, Hashable, Sendable {
        package let name: String
        package let reason: String

        package init(name: String, reason: String) {
            self.name = printable(name, longest: 300)
            self.reason = printable(reason, longest: 300)
        }
    }

    package let documents: Int
    /// The first of them.
    package let shown: [Part]

    package static let mostShown = 20

    package init(documents: Int, shown: [Part]) {
        self.documents = documents
        self.shown = Array(shown.prefix(Self.mostShown))
    }

    /// Whether the same ones are missing, whatever the reasons: servers word them anew each time.
    func isSame(as other: FeedMissing) -> Bool {
        documents == other.documents && shown.map(\.name) == other.shown.map(\.name)
    }
}
