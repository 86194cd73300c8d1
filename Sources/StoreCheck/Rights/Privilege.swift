/// What may be done with an object, in PostgreSQL's words.
package enum Privilege: String, Sendable, CaseIterable, Comparable {
    case select = "SELECT"
    case insert = "INSERT"
    case update = "UPDATE"
    case delete = "DELETE"
    case truncate = "TRUNCATE"
    case references = "REFERENCES"
    case trigger = "TRIGGER"
    case usage = "USAGE"
    case create = "CREATE"
    case execute = "EXECUTE"

    /// Only shows what is there.
    package var isReading: Bool { self == .select || self == .usage }

    package static func < (a: Privilege, b: Privilege) -> Bool { a.rawValue < b.rawValue }
}

/// One thing that a role may do with an object of the schema.
package struct Grant: Hashable, Sendable, Comparable {
    /// The name of a role, or `PUBLIC`.
    package let role: String
    package let privilege: Privilege
    /// A table, sequence or function within the schema; the schema's own name for itself.
    package let object: String
    /// Of a right on some columns of a table; nil on the whole of it.
    package let column: String?

    package init(role: String, privilege: Privilege, object: String, column: String? = nil) {
        self.role = role
        self.privilege = privilege
        self.object = object
        self.column = column
    }

    package static func < (a: Grant, b: Grant) -> Bool {
        (a.object, a.role, a.privilege, a.column ?? "")
            < (b.object, b.role, b.privilege, b.column ?? "")
    }
}

extension Grant: CustomStringConvertible {
    package var description: String {
        "\(privilege.rawValue)\(column.map { " (\($0))" } ?? "") on \(object) to \(role)"
    }
}
