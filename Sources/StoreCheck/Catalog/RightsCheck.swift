/// The rights in the database are those of sql/roles.sql: nobody else may write, or become somebody
/// who may.
package enum RightsCheck {
    package struct Role: Sendable {
        package let name: String
        package let mayLogIn: Bool
        /// Superuser, or may make roles or databases, replicate, or pass row security.
        package let powers: [String]
        /// Roles that it is a member of, directly.
        package let memberOf: [String]
        /// It owns a database of this server, perhaps another one with a patchflow in it.
        package let ownsDatabase: Bool

        package init(
            name: String, mayLogIn: Bool, powers: [String], memberOf: [String], ownsDatabase: Bool
        ) {
            self.name = name
            self.mayLogIn = mayLogIn
            self.powers = powers
            self.memberOf = memberOf
            self.ownsDatabase = ownsDatabase
        }
    }

    /// What the catalog says.
    package struct Catalog: Sendable {
        /// Of everybody but owners.
        package var grants: Set<Grant> = []
        /// Owners of the schema's tables, sequences and functions, by the object's name.
        package var owners: [String: String] = [:]
        package var schemaOwner = ""
        /// Every role that is not PostgreSQL's own.
        package var roles: [Role] = []

        package init() {}
    }

    package static func judge(_ catalog: Catalog) -> Check {
        var check = Check("rights")
        judgeGrants(catalog, &check)
        judgeOwners(catalog, &check)
        judgeRoles(catalog, &check)
        check.hasLooked(
            at: "\(counted(catalog.grants.count, "grant")) on "
                + "\(counted(catalog.owners.count, "object")), \(counted(catalog.roles.count, "role"))"
        )
        return check
    }

    private static func judgeGrants(_ catalog: Catalog, _ check: inout Check) {
        let owned = SchemaRights.grants.filter {
            SchemaRights.functionOwners[$0.object]?.name != $0.role
        }
        for grant in catalog.grants.subtracting(SchemaRights.grants).sorted() {
            let action = "revoke it, and find out who gave it and what was done by it"
            if grant.privilege.isReading, !DatabaseRole.allCases.map(\.name).contains(grant.role) {
                check.attention("not from sql/roles.sql: \(grant)", action: "see that it is meant")
            } else {
                check.damaged("not from sql/roles.sql: \(grant)", action: action)
            }
        }
        for grant in owned.subtracting(catalog.grants).sorted() {
            check.attention("missing: \(grant)", action: StoreFinding.migrate)
        }
    }

    private static func judgeOwners(_ catalog: Catalog, _ check: inout Check) {
        for (object, owner) in catalog.owners.sorted(by: { $0.key < $1.key }) {
            let expected = SchemaRights.functionOwners[object]?.name ?? catalog.schemaOwner
            guard owner != expected else { continue }
            let text = "\(object) belongs to \(owner), not to \(expected)"
            if SchemaRights.functionOwners[object] != nil {
                // As long as the roles are not made, which is said as well.
                check.attention(text, action: StoreFinding.migrate)
            } else {
                check.damaged(text, action: "give it back, and find out what was done by it")
            }
        }
    }

    private static func judgeRoles(_ catalog: Catalog, _ check: inout Check) {
        let roles = Dictionary(uniqueKeysWithValues: catalog.roles.map { ($0.name, $0) })
        for expected in DatabaseRole.allCases {
            guard let role = roles[expected.name] else {
                if expected != .owner {
                    check.attention(
                        "the role \(expected.name) is missing", action: StoreFinding.migrate)
                }
                continue
            }
            if role.mayLogIn != expected.mayLogIn {
                let text = expected.mayLogIn ? "may not log in" : "may log in"
                let action = "alter role \(role.name) \(expected.mayLogIn ? "login" : "nologin")"
                check.add(
                    StoreFinding(
                        expected.mayLogIn ? .attention : .damaged, "\(role.name) \(text)",
                        action: action))
            }
            if !role.powers.isEmpty {
                check.damaged(
                    "\(role.name) is more than it should be: \(role.powers.joined(separator: ", "))",
                    action: "take that away from it")
            }
        }
        let writers = Set(DatabaseRole.allCases.map(\.name))
        for role in catalog.roles where role.name != catalog.schemaOwner {
            let others = Set(role.memberOf).intersection(writers)
            if others.isEmpty { continue }
            let names = others.sorted().joined(separator: ", ")
            if role.name == DatabaseRole.former {
                check.attention(
                    "\(role.name) is still there, with the rights of \(names)",
                    action:
                        "drop it when no process and no connection string names it: drop owned by "
                        + "\(role.name); drop role \(role.name)")
            } else if role.ownsDatabase {
                check.attention(
                    "\(role.name), who owns another database of this server, can act as \(names)",
                    action: "see that it is the owner of another patchflow")
            } else {
                check.damaged(
                    "\(role.name) can act as \(names)",
                    action: "revoke it: revoke \(names) from "
                        + role.name)
            }
        }
    }
}
