/// The functions of the database are those of this program, word for word and with its rights.
package enum FunctionCheck {
    package struct Function: Sendable, Equatable {
        package let body: String
        /// `security definer`.
        package let runsAsOwner: Bool
        /// `name=value`, as PostgreSQL writes them.
        package let settings: Set<String>

        package init(body: String, runsAsOwner: Bool, settings: Set<String>) {
            self.body = body
            self.runsAsOwner = runsAsOwner
            self.settings = settings
        }
    }

    /// - Parameters:
    ///   - found: Those in the database by their names.
    ///   - files: Texts of sql/functions by their paths.
    ///   - tablesWithoutKey: All of patchflow's have a primary key.
    package static func judge(
        _ found: [String: Function], files: [String: String], tablesWithoutKey: [String] = []
    ) -> Check {
        var check = Check("functions")
        let action =
            "\(StoreFinding.migrate) of the version that serves, which makes it again; if that one has "
            + "made it, use its doctor; else find out who changed it"
        let expected = functions(in: files)
        for (name, function) in expected.sorted(by: { $0.key < $1.key }) {
            guard let there = found[name] else {
                check.damaged("the function \(name) is missing", action: action)
                continue
            }
            if there.body != function.body {
                check.damaged("the function \(name) is not this program's", action: action)
            } else if there.runsAsOwner != function.runsAsOwner {
                check.damaged(
                    "the function \(name) runs with the rights of "
                        + (there.runsAsOwner ? "its owner" : "whoever calls it")
                        + ", which is not how it was made", action: action)
            } else if there.settings != function.settings {
                let words = there.settings.sorted().joined(separator: ", ")
                check.damaged(
                    "the function \(name) is run with other settings than it was made with: "
                        + (words.isEmpty ? "none" : words), action: action)
            }
        }
        for name in found.keys.sorted() where expected[name] == nil {
            check.attention(
                "the function \(name) is none of this program's",
                action: "drop it when a newer version of patchflow hasn't made it")
        }
        for table in tablesWithoutKey.sorted() {
            check.damaged(
                "the table \(table) has lost its primary key: it may have one row twice",
                action: "find out who dropped it, and make it again")
        }
        check.hasLooked(at: counted(found.count, "function"))
        return check
    }

    /// As `create or replace function` makes them, by their names.
    package static func functions(in files: [String: String]) -> [String: Function] {
        var functions: [String: Function] = [:]
        for text in files.values {
            var rest = text[...]
            while let head = rest.firstMatch(of: /create or replace function patchflow\.(\w+)\(/),
                let start = rest[head.range.upperBound...].firstRange(of: "as $$"),
                let end = rest[start.upperBound...].firstRange(of: "$$;")
            {
                let lines = rest[head.range.upperBound..<start.lowerBound].split(separator: "\n")
                functions[String(head.1)] = Function(
                    body: String(rest[start.upperBound..<end.lowerBound]),
                    runsAsOwner: lines.contains { $0.contains("security definer") },
                    settings: Set(
                        lines.filter { $0.hasPrefix("set ") }.map {
                            String($0.dropFirst(4)).replacing(" = ", with: "=")
                        }))
                rest = rest[end.upperBound...]
            }
        }
        return functions
    }
}
