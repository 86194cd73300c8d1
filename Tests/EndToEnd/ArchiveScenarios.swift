import Foundation
import Support
import Testing

/// Old events leave the database of a running installation.
@Suite(.serialized)
struct ArchiveScenarios {
    @Test("partitions move into files that prove themselves, and everything reads on (I11, I12)")
    func archive() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "auditor")
            for number in 1...16 {
                try await installation.introduce("person-\(number)", "viewer", "analyst")
            }
            let size = try await installation.sealed()
            try #require(size > 40, "\(size) events")
            try await installation.asSuperuser(Self.smallPartitions)
            let before = try await installation.call("admin", ["event", "list", "-o", "jsonl"])

            // What lies there may be the only copy of another database's events.
            let archive = installation.directory + "/data/archive"
            try FileManager.default.createDirectory(
                atPath: archive, withIntermediateDirectories: true)
            try Data("another's".utf8).write(to: URL(filePath: archive + "/events-1-20.tar"))
            let refused = try await installation.runDirectly(["archive", "create", "--keep", "0"])
            #expect(refused.status != 0 && refused.error.contains("events-1-20.tar"))
            #expect(
                try String(contentsOfFile: archive + "/events-1-20.tar", encoding: .utf8)
                    == "another's")
            try FileManager.default.removeItem(atPath: archive + "/events-1-20.tar")

            let created = try await installation.runDirectly(["archive", "create", "--keep", "0"])
            #expect(created.status == 0, "\(created.output)\(created.error)")
            #expect(created.output.split(separator: "\n").count == 2, "\(created.output)")
            let again = try await installation.runDirectly(["archive", "create", "--keep", "0"])
            #expect(again.status == 0 && again.output.hasPrefix("nothing to archive"))
            let listed = try await installation.runDirectly(["archive", "list"])
            #expect(
                listed.output.contains("events-1-20.tar: positions 1 to 20"), "\(listed.output)")

            // Each file is a bundle for an auditor.
            let key = installation.directory + "/data/log/verifier.key"
            let first = installation.directory + "/data/archive/events-1-20.tar"
            for name in ["events-1-20.tar", "events-21-40.tar"] {
                let verified = try await installation.run([
                    "audit", "verify", installation.directory + "/data/archive/" + name,
                    "--log-key", key,
                ])
                #expect(verified.status == 0, "\(verified.output)\(verified.error)")
            }
            // Events, proofs, read models and the whole log read across.
            let after = try await installation.call("admin", ["event", "list", "-o", "jsonl"])
            #expect(after.output.hasPrefix(before.output))
            try await installation.introduce("person-1", "approver")
            try await installation.call("ada", ["audit", "prove", "7", "--log-key", key])
            let seventh = try await installation.call("ada", ["event", "show", "7", "-o", "json"])
            let id = try #require(seventh.output.firstMatch(of: /"id" : "([0-9a-f-]{36})"/)).1
            let proved = try await installation.call(
                "ada", ["audit", "prove", String(id), "--log-key", key])
            #expect(proved.output.contains("is at position 7 of the log"), "\(proved.output)")
            let bundle = installation.directory + "/bundle.tar"
            try await installation.call("ada", ["audit", "export", "--file", bundle])
            let whole = try await installation.run(["audit", "verify", bundle, "--log-key", key])
            #expect(whole.status == 0, "\(whole.output)\(whole.error)")
            try await expectDoctor(installation, 0, "archives")

            // A file that is gone is named, one that was changed is found.
            try FileManager.default.moveItem(atPath: first, toPath: first + ".away")
            try await expectDoctor(installation, 2, "events-1-20.tar")
            var bytes = try Data(contentsOf: URL(filePath: first + ".away"))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: first))
            try await expectDoctor(installation, 9, "events-1-20.tar")
            try FileManager.default.removeItem(atPath: first)
            try FileManager.default.moveItem(atPath: first + ".away", toPath: first)
            try await expectDoctor(installation, 0, "archives")
        }
    }

    private func expectDoctor(
        _ installation: Installation, _ status: Int32, _ word: String
    ) async throws {
        let words = status == 0 ? ["doctor", "--projections"] : ["doctor"]
        let doctor = try await installation.runDirectly(words)
        #expect(doctor.status == status, "\(doctor.output)\(doctor.error)")
        #expect(doctor.output.contains(word), "\(doctor.output)")
    }

    /// As if partitions had been made for twenty positions each.
    private static let smallPartitions = """
        alter table patchflow.events detach partition patchflow.events_000000000001;
        alter table patchflow.events_000000000001 rename to whole;
        do $$
        declare
            child text;
            starts bigint[] := array[1, 21, 41, 5000001];
        begin
            for n in 1..3 loop
                child := format('events_%s', lpad(starts[n]::text, 12, '0'));
                execute format(
                    'create table patchflow.%I (like patchflow.events including defaults)', child);
                execute format('create unique index on patchflow.%I (stream_id, version)', child);
                execute format('create trigger %I before truncate on patchflow.%I '
                    'execute function patchflow.refuse_change()', child || '_truncate', child);
                execute format('revoke all on patchflow.%I from public', child);
                execute format('alter table patchflow.%I owner to patchflow_owner', child);
                execute format('alter table patchflow.events attach partition patchflow.%I '
                    'for values from (%s) to (%s)', child, starts[n], starts[n + 1]);
            end loop;
        end $$;
        insert into patchflow.events select * from patchflow.whole;
        drop table patchflow.whole;
        """
}
