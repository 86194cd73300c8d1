import Crypto
import Foundation
import Testing

/// Migrations go forward only: numbered 0001, 0002, ... and never edited once landed.
@Suite struct MigrationTests {
    @Test func migrationsAreNumberedOnceWithoutHoles() {
        let violations = MigrationRule.violations(ofNumbers: MigrationRule.names)
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test func migrationsAreNeverEdited() throws {
        let recorded = try MigrationRule.recorded(Repository.text("Tests/Tidy/migrations.sha256"))
        var actual: [String: String] = [:]
        for name in MigrationRule.names {
            let bytes = try Data(
                contentsOf: Repository.root.appending(path: "sql/migrations/\(name)"))
            actual[name] = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        }
        let violations = MigrationRule.violations(actual: actual, recorded: recorded)
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test(arguments: [
        ["0002_b.sql"], ["0001_a.sql", "0003_c.sql"], ["0001_a.sql", "0001_b.sql"],
        ["1_a.sql"], ["0001_A.sql"], ["0001-a.sql"], ["0000_a.sql"],
    ])
    func aWrongNumberIsFound(names: [String]) {
        #expect(!MigrationRule.violations(ofNumbers: names).isEmpty)
    }

    @Test func anEditedANewAndALostMigrationAreFound() {
        let recorded = ["0001_a.sql": "aa", "0002_b.sql": "bb"]
        #expect(MigrationRule.violations(actual: recorded, recorded: recorded).isEmpty)
        for actual in [
            ["0001_a.sql": "aa", "0002_b.sql": "cc"],
            ["0001_a.sql": "aa", "0002_b.sql": "bb", "0003_c.sql": "cc"],
            ["0001_a.sql": "aa"],
        ] {
            #expect(MigrationRule.violations(actual: actual, recorded: recorded).count == 1)
        }
    }
}

enum MigrationRule {
    static var names: [String] {
        let folder = "sql/migrations/"
        return Repository.files.filter { $0.hasPrefix(folder) }
            .map { String($0.dropFirst(folder.count)) }
    }

    static func violations(ofNumbers names: [String]) -> [String] {
        names.sorted().enumerated().compactMap { index, name in
            guard name.wholeMatch(of: /[0-9]{4}_[a-z0-9_]+\.sql/) != nil else {
                return "sql/migrations/\(name): the name must be NNNN_lower_case.sql"
            }
            let expected = String(format: "%04d_", index + 1)
            return name.hasPrefix(expected)
                ? nil : "sql/migrations/\(name): the next number is \(expected.dropLast())"
        }
    }

    static func violations(actual: [String: String], recorded: [String: String]) -> [String] {
        var violations: [String] = []
        for (name, digest) in actual.sorted(by: { $0.key < $1.key }) {
            switch recorded[name] {
            case digest: continue
            case nil:
                violations.append(
                    """
                    sql/migrations/\(name) is new: record it by adding this line to \
                    Tests/Tidy/migrations.sha256:
                    \(digest)  \(name)
                    """)
            default:
                violations.append(
                    """
                    sql/migrations/\(name) was edited after it landed: bring back its old text and \
                    write a new migration
                    """)
            }
        }
        for name in recorded.keys.sorted() where actual[name] == nil {
            violations.append("sql/migrations/\(name) has landed and may not go away")
        }
        return violations
    }

    /// Lines as `sha256sum` writes them; `#` begins a comment.
    static func recorded(_ text: String) throws -> [String: String] {
        var digests: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            try #require(words.count == 2, "migrations.sha256: can't read '\(line)'")
            digests[String(words[1])] = String(words[0])
        }
        return digests
    }
}
