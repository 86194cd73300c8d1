import APIContract
import Foundation
import Support
import Testing

extension BadInputScenarios {
    /// The command ends with `status` and says all of `parts` to a person, nothing is printed as
    /// data, and nothing is recorded.
    @discardableResult
    func refuse(
        _ words: [String], by person: String = "alice", status: Int32, saying parts: String...
    ) async throws -> String {
        let said = "\(person): \(words.joined(separator: " ").prefix(200))"
        return try await unchanged {
            let answer = try await stage.installation.attempt(person, words)
            #expect(answer.status == status, "\(said): \(answer.error)")
            for part in parts {
                #expect(
                    answer.error.contains(part), "\(said): '\(part)' isn't in \(answer.error)")
            }
            #expect(answer.output.isEmpty, "\(said): \(answer.output)")
            return answer.error
        }
    }

    /// Nothing that `work` does reaches the log.
    @discardableResult
    func unchanged<Result>(_ work: () async throws -> Result) async throws -> Result {
        let before = try await stage.head()
        let result = try await work()
        #expect(try await stage.head() == before, "something was recorded")
        return result
    }

    func importing(
        _ inventory: String, format: String = "ini", saying parts: String...
    ) async throws -> String {
        let file = stage.installation.directory + "/bad.txt"
        try Data(inventory.utf8).write(to: URL(filePath: file))
        let said = try await refuse(["asset", "import", file, "--format", format], status: 1)
        for part in parts {
            #expect(said.contains(part), "\(inventory): '\(part)' isn't in \(said)")
        }
        return said
    }

    func identify(_ package: String, source: String = "xy") -> [String] {
        [
            "patch", "identify", "--source", source, package, "--vendor-id", "X-1", "--origin",
            "here",
        ]
    }

    func tokenID(of person: String) async throws -> String {
        let answer = try await stage.installation.call("admin", ["token", "list", "-o", "json"])
        let page = try WireJSON.decode(
            ListPage<TokenResource>.self, from: Data(answer.output.utf8))
        return try #require(page.data.first { $0.person == person }).id
    }

    /// Introduces somebody whose token is good for a second, and waits until it isn't.
    func expire(_ person: String, _ role: String) async throws {
        let answer = try await stage.installation.call(
            "admin",
            [
                "token", "create", "--person", person, "--role", role, "--expires-in", "1s", "-o",
                "json",
            ])
        let token = try WireJSON.decode(TokenResource.self, from: Data(answer.output.utf8))
        try Data(try #require(token.secret).utf8).write(
            to: URL(filePath: stage.installation.directory + "/\(person).token"))
        try await Task.sleep(for: .milliseconds(1200))
    }

    func send(
        _ person: String, _ path: String, _ body: String, key: String
    ) async throws -> Problem? {
        let token = try String(
            contentsOfFile: stage.installation.directory + "/\(person).token", encoding: .utf8)
        return try RawCall(
            server: stage.installation.server, token: token, path: path, key: key,
            body: Array(body.utf8)
        ).send()
    }
}
