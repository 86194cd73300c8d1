import Foundation
import Testing

/// The top level stays a page that one can read, and its scripts can be run.
@Suite struct LayoutTests {
    @Test func theTopLevelHoldsOnlyWhatItMay() {
        let violations = LayoutRule.violations(in: Repository.files)
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test(arguments: ["Makefile", "docs/x.md", "scripts/run", "sources/X.swift", "README.txt"])
    func aStrangerAtTheTopLevelIsFound(path: String) {
        #expect(LayoutRule.violations(in: ["Sources/X/X.swift", ".gitignore", path]).count == 1)
    }

    @Test func shellScriptsParse() throws {
        let scripts = try LayoutRule.shellScripts()
        for script in scripts {
            let check = try Repository.run(
                "bash", "-n", Repository.root.appending(path: script).path)
            #expect(check.status == 0, "\(script): \(check.error)")
        }
    }

    @Test(arguments: ["deploy/run", "deploy/test", ".ci/run"])
    func theCommandsCanBeRun(path: String) {
        let file = Repository.root.appending(path: path).path
        #expect(FileManager.default.isExecutableFile(atPath: file), "\(path): chmod +x")
    }

    @Test func aBrokenScriptIsFound() throws {
        let broken = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-tidy-\(UUID().uuidString).sh")
        defer { try? FileManager.default.removeItem(at: broken) }
        try "if true; then\n".write(to: broken, atomically: true, encoding: .utf8)
        #expect(try Repository.run("bash", "-n", broken.path).status != 0)
    }
}

enum LayoutRule {
    static let topLevel: Set<Substring> = [
        "Package.swift", "Sources", "Tests", "sql", "deploy", "README.md",
    ]

    static func violations(in files: [String]) -> [String] {
        let first = Set(files.map { $0.prefix { $0 != "/" } })
        return first.subtracting(topLevel).filter { !$0.hasPrefix(".") }.sorted().map {
            "'\($0)' may not lie at the top level; that holds \(topLevel.sorted()) and dot files"
        }
    }

    /// Files whose first line names a shell, and those that end in `.sh`.
    static func shellScripts() throws -> [String] {
        try Repository.files.filter { path in
            if path.hasSuffix(".sh") { return true }
            guard path.hasPrefix("deploy/") || path.hasPrefix(".ci/") else { return false }
            let first = try Repository.text(path).prefix { $0 != "\n" }
            return first.wholeMatch(of: /#!.*\b(ba)?sh\b.*/) != nil
        }
    }
}
