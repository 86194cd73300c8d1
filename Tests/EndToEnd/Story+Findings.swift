import APIContract
import Foundation
import Support
import Testing

/// What a feed says of a package of the scenarios, and what follows on the hosts that have it.
extension Story {
    static let vulnerability = "CVE-2026-4711"

    /// Takes in a feed with one advisory: versions of `source` before `fixed` are affected.
    func advise(_ source: String, fixed: String) async throws {
        let folder = installation.directory + "/feed"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let advisory = """
            {"id": "\(Self.vulnerability)", "published": "2026-01-01T00:00:00Z",
             "modified": "2026-01-02T00:00:00Z",
             "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
             "affected": [{"package": {"ecosystem": "Debian:12", "name": "\(source)"},
               "ranges": [{"type": "ECOSYSTEM",
                 "events": [{"introduced": "0"}, {"fixed": "\(fixed)"}]}]}]}
            """
        try Data(advisory.utf8).write(to: URL(filePath: "\(folder)/advisory.json"))
        try await alice("advisory", "watch", "debian", "--kind", "osv", "--team", "vendor watch")
        try await alice("advisory", "import", "debian", folder)
    }

    /// The findings of the vulnerability in some state.
    func findings(_ state: String) async throws -> [FindingResource] {
        let answer = try await installation.call(
            "alice",
            [
                "finding", "list", "--vulnerability", Self.vulnerability, "--state", state, "-o",
                "json",
            ])
        return try WireJSON.decode(
            ListPage<FindingResource>.self, from: Data(answer.output.utf8)
        ).data
    }

    /// Waits until so many findings are in `state`.
    func wait(findings count: Int, _ state: String) async throws -> [FindingResource] {
        var found: [FindingResource] = []
        try await eventually("\(count) findings to be \(state)") {
            found = try await findings(state)
            return found.count == count && found.allSatisfy { $0.classification != nil }
        }
        return found
    }
}
