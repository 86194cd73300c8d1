/// Asks to erase what the log holds of a person, or confirms that another one has asked.
package struct ErasureRequest: Codable, Equatable, Sendable {
    /// The name, or the id (`pe_` and a UUID).
    package let person: String
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}
