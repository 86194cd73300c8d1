/// The roles of sql/roles.sql, which says what each is for.
package enum DatabaseRole: String, Sendable, CaseIterable, Comparable {
    case appender, worker, projector, sealer, reader, auditor
    case logWriter = "log_writer"
    case sealWriter = "seal_writer"
    /// Owns the rest where a superuser migrates.
    case owner

    /// As PostgreSQL knows it.
    package var name: String { "patchflow_\(rawValue)" }

    /// Whether processes connect as it.
    package var mayLogIn: Bool {
        switch self {
        case .appender, .worker, .projector, .sealer, .reader, .auditor: true
        case .logWriter, .sealWriter, .owner: false
        }
    }

    /// What every process did everything as, before there were these. Databases from then may have it.
    package static let former = "patchflow_service"

    package static func < (a: DatabaseRole, b: DatabaseRole) -> Bool { a.rawValue < b.rawValue }
}
