/// Asks to erase what the log holds of a person, or confirms that another one has asked.
package struct ErasureRequest: Codable, Equatable, Sendable {
    /// The name, or the id (`pe_` and a UUID).
    package let person: String
    package let reason: String
    /// That the person's key is lost, which the server has to find so; nil as false.
    package let keyLost: Bool?

    package init(person: String, reason: String, keyLost: Bool? = nil) {
        self.person = person
        self.reason = reason
        self.keyLost = keyLost
    }
}
