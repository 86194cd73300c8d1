import Foundation
import Support
import Testing

/// Model/dispatch.pml, searched by spin through every order in which its steps can come.
@Suite("The model of the dispatch", .serialized, .enabled(if: Spin.isThere, Spin.isMissing))
struct ModelTests {
    @Test(
        "I4–I6, I18: two workers, pause, death and expiry; no order of steps breaks them",
        arguments: [(hosts: 3, losses: 1), (hosts: 2, losses: 2)])
    func holds(hosts: Int, losses: Int) async throws {
        let answer = try await Spin.search(mutation: 0, hosts: hosts, losses: losses)
        #expect(answer.contains("errors: 0"), "\(answer)")
        #expect(!answer.contains("max search depth too small"))
        let states = answer.split(separator: "\n").first { $0.contains("states, stored") }
        print("model, \(hosts) hosts, \(losses) lost leases:\(states ?? "")")
    }

    @Test("Every mistake that can be planted in it is found", arguments: 1...7)
    func isFound(mutation: Int) async throws {
        let answer = try await Spin.search(mutation: mutation, hosts: 2, losses: 2)
        #expect(answer.contains("errors: 1"), "mutation \(mutation)\n\(answer)")
    }
}

private enum Spin {
    static let isThere = ["/usr/bin/spin", "/usr/bin/gcc"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static let isMissing: Comment =
        "spin or gcc is not installed (apt-get install spin gcc): the model is not checked"

    /// What the search says at its end.
    static func search(mutation: Int, hosts: Int, losses: Int) async throws -> String {
        let directory = try makeTestDirectory("model")
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let model = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Model/dispatch.pml").path()
        let script = """
            cd "$1" && spin -a -DMUTATION="$3" -DHOSTS="$4" -DLOSSES="$5" "$2" \
            && gcc -w -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -o pan pan.c && ./pan -m100000
            """
        return try await Programs.run(
            "/bin/sh",
            ["-c", script, "sh", directory, model, "\(mutation)", "\(hosts)", "\(losses)"])
    }
}
