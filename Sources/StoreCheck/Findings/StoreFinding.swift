/// One thing that is wrong with a store, and what to do about it.
package struct StoreFinding: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The store is not what only patchflow would have made of it: damaged, or changed by hand.
        case damaged
        /// It could not be looked at.
        case incomplete
        /// Nothing is lost; a person should look at it.
        case attention
    }

    package let kind: Kind
    /// Of the event that it concerns, or the first of them; nil for what isn't about one.
    package let position: Int64?
    package let reason: String
    package let action: String

    package init(_ kind: Kind, _ reason: String, at position: Int64? = nil, action: String) {
        self.kind = kind
        self.position = position
        self.reason = reason
        self.action = action
    }
}

extension StoreFinding {
    /// What to do about most of what is damaged.
    package static let compare =
        "keep the database as it is, and compare it with a backup; 'patchflow audit verify' judges an "
        + "exported bundle"
    package static let migrate = "run 'patchflow migrate'"
    package static let findArchive =
        "say where archives lie (--archive), or bring the file back from a copy"
}
