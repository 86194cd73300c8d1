package import Postgres
internal import StoreCheck

extension Schema {
    /// What an administrator of the server must run before `migrate` can give every process a role of
    /// its own: nil when nothing is missing. Until then everybody keeps the rights that he has.
    ///
    /// - Parameter options: Of the schema's owner, after `migrate`.
    package static func rolesToMake(_ options: ConnectionOptions) async throws -> String? {
        let connection = try await Connection.open(options)
        do {
            let statements = try await statementsForRoles(on: connection)
            await connection.close()
            return statements.isEmpty ? nil : statements.joined(separator: "\n")
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func statementsForRoles(on connection: Connection) async throws -> [String] {
        let user = try await connection.query(
            "select quote_ident(current_user), rolsuper from pg_roles where rolname = current_user"
        )[0]
        let roles = DatabaseRole.allCases.filter { $0 != .owner }
        let found = try await connection.query(
            """
            select rolname::text, pg_has_role(current_user, rolname, 'usage')
            from pg_roles where rolname = any(\(roles.map(\.name)))
            """)
        var memberships: [String: Bool] = [:]
        for row in found { memberships[try row.decode(at: 0)] = try row.decode(Bool.self, at: 1) }
        var statements = roles.filter { memberships[$0.name] == nil }.map { role in
            "create role \(role.name) \(role.mayLogIn ? "login" : "nologin");"
        }
        let writers = [DatabaseRole.logWriter, .sealWriter].map(\.name)
            .filter { memberships[$0] != true }
        if !writers.isEmpty {
            let owner: String = try user.decode(at: 0)
            statements.append("grant \(writers.joined(separator: ", ")) to \(owner);")
        }
        return statements
    }
}
