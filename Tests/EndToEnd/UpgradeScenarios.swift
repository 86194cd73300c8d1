import Support
import Testing

/// Processes of two versions beside each other, in the wrong order: who would break something refuses to
/// start, and says what comes first.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct UpgradeScenarios {
    private static let roles = [
        ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
        ["work", "--name", "upgraded/1"], ["project"], ["seal"],
    ]

    @Test("a role starts on the schema of its own version only, and serve after the workers")
    func order() async throws {
        try await withInstallation { installation in
            try await installation.asSuperuser(
                """
                create table public.kept as select * from patchflow.migrations;
                delete from patchflow.migrations where version = (
                    select max(version) from patchflow.migrations);
                """)
            for role in Self.roles {
                let early = try await installation.runDirectly(role)
                #expect(early.status != 0, "\(role)")
                #expect(
                    early.error.contains("run 'patchflow migrate' of this version first"),
                    "\(role): \(early.error)")
            }
            try await installation.asSuperuser(
                """
                insert into patchflow.migrations select * from public.kept on conflict do nothing;
                insert into patchflow.migrations (version, name, sha256)
                values (9999, 'later', sha256('later'));
                """)
            for role in Self.roles {
                let late = try await installation.runDirectly(role)
                #expect(late.status != 0, "\(role)")
                #expect(late.error.contains("9999 'later'"), "\(role): \(late.error)")
            }
            try await installation.asSuperuser(
                """
                delete from patchflow.migrations where version = 9999;
                drop table public.kept;
                insert into patchflow.workers (id, name, lease_until)
                values (gen_random_uuid(), 'older/1', now() + interval '1 hour');
                """)
            let serve = try await installation.runDirectly(Self.roles[0])
            #expect(serve.status != 0)
            #expect(
                serve.error.contains("older version") && serve.error.contains("older/1"),
                "\(serve.error)")
            // Who is at work already goes on.
            try await installation.call("admin", ["patch", "list"])
        }
    }
}
