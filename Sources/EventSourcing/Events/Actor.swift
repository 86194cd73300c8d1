/// Who did something: an opaque id (names of people live outside the log), the role that was used,
/// and for whom it was done.
package struct Actor: Hashable, Sendable, Codable {
    package let id: String
    package let role: String
    package let onBehalfOf: String?

    package init(id: String, role: String, onBehalfOf: String? = nil) {
        self.id = id
        self.role = role
        self.onBehalfOf = onBehalfOf
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case role
        case onBehalfOf = "on_behalf_of"
    }
}
