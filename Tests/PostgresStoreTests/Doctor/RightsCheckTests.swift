import StoreCheck
import Testing

/// Roles belong to the whole server, so what is wrong with them is judged without one.
@Suite struct RightsCheckTests {
    @Test func whatTheMigrationMakesIsSound() {
        let check = RightsCheck.judge(Self.sound)
        #expect(check.findings == [])
        #expect(check.verdict == .sound)
    }

    @Test func aRoleThatCanActAsAnotherIsNamed() {
        var catalog = Self.sound
        catalog.roles.append(Self.role("mallory", memberOf: ["patchflow_log_writer", "staff"]))
        #expect(words(catalog) == ["damaged: mallory can act as patchflow_log_writer"])
        catalog.roles[catalog.roles.count - 1] = Self.role(
            "neighbour", memberOf: ["patchflow_owner"], ownsDatabase: true)
        #expect(RightsCheck.judge(catalog).verdict == .sound)
        #expect(
            words(catalog) == [
                "attention: neighbour, who owns another database of this server, can act as "
                    + "patchflow_owner"
            ])
    }

    @Test func theRoleOfBeforeIsSaidAndIsNoDamage() {
        var catalog = Self.sound
        catalog.roles.append(
            Self.role("patchflow_service", memberOf: ["patchflow_appender", "patchflow_worker"]))
        #expect(RightsCheck.judge(catalog).verdict == .sound)
        #expect(
            words(catalog) == [
                "attention: patchflow_service is still there, with the rights of "
                    + "patchflow_appender, patchflow_worker"
            ])
    }

    @Test func anOwnerThatIsNoSuperuserIsAMemberOfTheWriters() {
        var catalog = Self.sound
        catalog.schemaOwner = "house"
        for (object, owner) in catalog.owners where owner == "patchflow_owner" {
            catalog.owners[object] = "house"
        }
        catalog.roles.removeAll { $0.name == "patchflow_owner" }
        catalog.roles.append(
            Self.role("house", memberOf: ["patchflow_log_writer", "patchflow_seal_writer"]))
        #expect(words(catalog) == [])
    }

    @Test(arguments: [
        (DatabaseRole.logWriter, true, [], "damaged: patchflow_log_writer may log in"),
        (.worker, false, [], "attention: patchflow_worker may not log in"),
        (
            .appender, true, ["superuser", "createrole"],
            "damaged: patchflow_appender is more than it should be: superuser, createrole"
        ),
    ])
    func aRoleThatIsMoreOrLessIsNamed(
        role: DatabaseRole, mayLogIn: Bool, powers: [String], expected: String
    ) {
        var catalog = Self.sound
        catalog.roles.removeAll { $0.name == role.name }
        catalog.roles.append(Self.role(role.name, mayLogIn: mayLogIn, powers: powers))
        #expect(words(catalog) == [expected])
    }

    @Test func aMissingRoleIsNamedWithWhatItLacks() {
        var catalog = Self.sound
        catalog.roles.removeAll { $0.name == "patchflow_sealer" }
        catalog.grants = catalog.grants.filter { $0.role != "patchflow_sealer" }
        let found = words(catalog)
        #expect(found.contains("attention: the role patchflow_sealer is missing"))
        #expect(found.contains("attention: missing: EXECUTE on seal_log to patchflow_sealer"))
    }

    private func words(_ catalog: RightsCheck.Catalog) -> [String] {
        RightsCheck.judge(catalog).findings.map { "\($0.kind.rawValue): \($0.reason)" }
    }

    private static var sound: RightsCheck.Catalog {
        var catalog = RightsCheck.Catalog()
        catalog.schemaOwner = "patchflow_owner"
        for object in SchemaRights.tables + SchemaRights.functions {
            catalog.owners[object] =
                SchemaRights.functionOwners[object]?.name ?? catalog.schemaOwner
        }
        catalog.grants = SchemaRights.grants.filter { catalog.owners[$0.object] != $0.role }
        catalog.roles = DatabaseRole.allCases.map { role($0.name, mayLogIn: $0.mayLogIn) }
        catalog.roles.append(role("postgres", powers: ["superuser"]))
        return catalog
    }

    private static func role(
        _ name: String, mayLogIn: Bool = true, powers: [String] = [], memberOf: [String] = [],
        ownsDatabase: Bool = false
    ) -> RightsCheck.Role {
        RightsCheck.Role(
            name: name, mayLogIn: mayLogIn, powers: powers, memberOf: memberOf,
            ownsDatabase: ownsDatabase)
    }
}
