/// The functions of the database are those of this program.
package enum FunctionCheck {
    /// - Parameters:
    ///   - found: The bodies in the database by the functions' names.
    ///   - files: Texts of sql/functions by their paths.
    package static func judge(_ found: [String: String], files: [String: String]) -> Check {
        var check = Check("functions")
        let expected = bodies(in: files)
        for (name, body) in expected.sorted(by: { $0.key < $1.key }) where found[name] != body {
            let what = found[name] == nil ? "is missing" : "is not this program's"
            if guards.contains(name) {
                check.damaged(
                    "the function \(name), which refuses changes of the log, \(what)",
                    action: "\(StoreFinding.migrate), and find out who changed it")
            } else {
                check.attention(
                    "the function \(name) \(what): the database was migrated by another version, or "
                        + "it was changed by hand", action: StoreFinding.migrate)
            }
        }
        for name in found.keys.sorted() where expected[name] == nil {
            check.attention(
                "the function \(name) is none of this program's",
                action: "drop it when a newer version of patchflow hasn't made it")
        }
        check.hasLooked(at: counted(found.count, "function"))
        return check
    }

    /// What triggers refuse changes by.
    private static let guards: Set<String> = ["refuse_change", "keeps_checkpoint"]

    /// The bodies between `$$` and `$$` by the names of the functions.
    package static func bodies(in files: [String: String]) -> [String: String] {
        var bodies: [String: String] = [:]
        for text in files.values {
            var rest = text[...]
            while let head = rest.firstMatch(of: /create or replace function patchflow\.(\w+)\(/),
                let start = rest[head.range.upperBound...].firstRange(of: "as $$"),
                let end = rest[start.upperBound...].firstRange(of: "$$;")
            {
                bodies[String(head.1)] = String(rest[start.upperBound..<end.lowerBound])
                rest = rest[end.upperBound...]
            }
        }
        return bodies
    }
}
