/// An exception that gives a finding more time, until when, and the deadline without it.
package struct FindingDeferralResource: Codable, Sendable, Equatable {
    package let by: String
    package let until: String
    package let ungranted: String

    package init(by: String, until: String, ungranted: String) {
        self.by = by
        self.until = until
        self.ungranted = ungranted
    }
}
