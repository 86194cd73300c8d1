private import EventSourcing
package import Executors
private import FoundationEssentials
private import Glibc
package import PatchManagement
private import Subprocess
private import SystemPackage

/// Real Debian hosts for tests, by `deploy/fleet`, in a directory and on a loopback network of
/// this process's own. `TestFleetTrait` brings one up for a suite and takes it down after it.
package struct TestFleet: Sendable {
    package let directory: String
    private let addresses: [HostAddress]

    /// Why this machine can't have a fleet; nil when it can.
    package static var obstacle: String? {
        guard access("/etc/debian_version", F_OK) == 0 else {
            return "real hosts need a Debian machine; this is not one"
        }
        guard geteuid() == 0 else {
            return "real hosts need root, for mounts and namespaces: run the tests as root"
        }
        return nil
    }

    /// - Parameter options: Further options of `deploy/fleet up`.
    package static func up(_ count: Int, options: [String] = []) async throws -> TestFleet {
        try await removeLeftovers()
        let pid = Int(getpid())
        let directory = "\(place)/\(prefix)\(pid)"
        // Two processes that run at a time have different numbers, so different networks.
        let network = "127.\(100 + pid % 100).\(pid / 100 % 250)"
        try await fleet(["up", "\(count)", "--dir", directory, "--network", network] + options)
        let inventory = try await fleet(["inventory", "--dir", directory])
        return TestFleet(directory: directory, addresses: try parse(inventory))
    }

    package func down() async throws {
        try await Self.fleet(["down", "--dir", directory])
    }

    /// The host `host-<number>`, counted from 1.
    package func host(_ number: Int) -> HostAddress {
        addresses[number - 1]
    }

    /// How the executor reaches these hosts.
    package var settings: SSHSettings {
        SSHSettings(
            keyFile: directory + "/client-key", knownHostsFile: directory + "/known_hosts")
    }

    /// Runs `deploy/fleet` on this fleet, such as `command("fault", "host-1", "fill-disk")`.
    @discardableResult package func command(_ words: String...) async throws -> String {
        try await Self.fleet(["--dir", directory] + words)
    }

    package func fault(_ kind: String, on number: Int) async throws {
        try await command("fault", "host-\(number)", kind)
    }

    package func heal(_ number: Int) async throws {
        try await command("heal", "host-\(number)")
    }

    /// Runs a shell script on a host, past ssh.
    @discardableResult package func shell(_ number: Int, _ script: String) async throws -> String {
        try await command("exec", "host-\(number)", "sh", "-c", script)
    }

    /// How often the host itself saw the package's script run, for one version.
    package func count(_ number: Int, _ package: String, _ version: String) async throws -> Int {
        let text = try await command("count", "host-\(number)", package, version)
        guard let count = Int(text.filter(\.isNumber)) else {
            throw FleetError(words: ["count"], output: text)
        }
        return count
    }

    // MARK: -

    private static let place = "/var/tmp"
    private static let prefix = "patchflow-fleet-"

    /// Fleets whose test process was killed.
    private static func removeLeftovers() async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: place) {
            guard name.hasPrefix(prefix), let pid = pid_t(name.dropFirst(prefix.count)),
                kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            try await fleet(["down", "--dir", "\(place)/\(name)"])
        }
    }

    private static func parse(_ inventory: String) throws -> [HostAddress] {
        let lines = inventory.split(separator: "\n").filter { $0.hasPrefix("host-") }
        return try lines.map { line in
            let words = line.split(separator: " ")
            let pairs = words.dropFirst().map { $0.split(separator: "=", maxSplits: 1) }
            let values = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], String($0[1])) })
            guard let address = values["ansible_host"], let user = values["ansible_user"],
                let port = values["ansible_port"].flatMap({ Int($0) })
            else { throw FleetError(words: ["inventory"], output: String(line)) }
            return HostAddress(
                asset: StreamID(prefix: "as", UUID()), name: String(words[0]), address: address,
                port: port, user: user)
        }
    }

    @discardableResult private static func fleet(_ words: [String]) async throws -> String {
        let program = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "deploy/fleet").path
        var platform = PlatformOptions()
        platform.createSession = true
        // Its children that stay, the hosts, would hold a pipe open: so into a file.
        let log = "\(place)/patchflow-fleet-log-\(getpid())-\(UUID().uuidString)"
        let file = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadWrite])
        defer { unlink(log) }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words), platformOptions: platform,
            input: .none, output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .combinedWithOutput)
        let output = String(
            decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self)
        guard result.terminationStatus.isSuccess else {
            throw FleetError(words: words, output: output)
        }
        return output
    }
}

/// `deploy/fleet` failed, or said something unexpected.
package struct FleetError: Error, CustomStringConvertible {
    package let words: [String]
    package let output: String

    package var description: String {
        "deploy/fleet \(words.joined(separator: " ")) failed: \(output.suffix(2000))"
    }
}
