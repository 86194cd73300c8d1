private import Foundation

/// What scenarios with a whole installation need of a fleet.
extension TestFleet {
    /// A fleet for `body`, gone afterwards, with only `packages` installed on its hosts.
    package static func with(
        hosts: Int, packages: [String], options: [String] = [],
        _ body: (TestFleet) async throws -> Void
    ) async throws {
        let fleet = try await up(
            hosts, options: ["--packages", packages.joined(separator: ",")] + options)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(fleet))
        } catch {
            outcome = .failure(error)
        }
        try await fleet.down()
        try outcome.get()
    }

    /// An Ansible inventory: host-1 is the lab, the others are production.
    package var inventory: String {
        get async throws { try await command("inventory") }
    }

    /// The options of `patchflow up` by which it reaches these hosts.
    package var executorOptions: [String] {
        [
            "--executor", "ssh", "--ssh-key", directory + "/client-key", "--known-hosts",
            directory + "/known_hosts",
        ]
    }

    /// The version of a package that dpkg has installed on a host.
    package func installed(_ package: String, on number: Int) async throws -> String {
        try await shell(
            number, "dpkg-query --show --showformat='${Version}' \(package)"
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Until the script of a package's version has begun to run on one of the hosts.
    ///
    /// - Returns: That host's number.
    @discardableResult
    package func waitForScript(
        of package: String, _ version: String, onAnyOf numbers: [Int]
    ) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            for number in numbers where try await count(number, package, version) > 0 {
                return number
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw FleetError(words: ["wait for", package, version], output: "nobody installs it")
    }
}
