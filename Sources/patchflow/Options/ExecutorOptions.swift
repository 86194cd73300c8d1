internal import ArgumentParser
internal import Executors
internal import Logging
internal import PatchManagement
internal import SimulatedFleet

/// With what a worker performs its activities.
struct ExecutorOptions: ParsableArguments {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case ssh, simulated
    }

    @Option(
        help: """
            ssh (the default): real hosts, by OpenSSH and apt; simulated: hosts that exist on disk \
            only.
            """)
    var executor: Kind?

    @Option(help: "The private key that opens the hosts (default ssh/id_ed25519 in --data-dir).")
    var sshKey: String?

    @Option(
        help: """
            The hosts' public keys, as in OpenSSH's known_hosts (default ssh/known_hosts in \
            --data-dir). No other host is trusted.
            """)
    var knownHosts: String?

    @Option(
        help: """
            How the simulated hosts fail: none, default (8 % offline and so on), storm=20 (so many \
            percent with one fault each), host-3=disk-full; separated by commas.
            """)
    var simulatedFaults = Self.usualFaults

    static let usualFaults = "default"

    var kind: Kind { executor ?? .ssh }

    /// The same choice on another process's command line.
    var arguments: [String] {
        var words = ["--executor", kind.rawValue]
        if let sshKey { words += ["--ssh-key", sshKey] }
        if let knownHosts { words += ["--known-hosts", knownHosts] }
        if kind == .simulated { words += ["--simulated-faults", simulatedFaults] }
        return words
    }

    /// The simulated hosts of the demonstration: those that fail there, and no absent ones, so that
    /// its history always comes out the same.
    var demonstrating: ExecutorOptions {
        var options = self
        options.executor = .simulated
        options.simulatedFaults = DemonstrationFleet.faults
        return options
    }

    func make(in directory: DataDirectory, logger: Logger) throws -> any ActivityExecutor {
        switch kind {
        case .ssh:
            return try SSHExecutor(
                settings: SSHSettings(
                    keyFile: sshKey ?? directory.sshKey,
                    knownHostsFile: knownHosts ?? directory.knownHosts), logger: logger)
        case .simulated:
            return try SimulatedExecutor(
                directory: directory.simulatedFleet,
                settings: FleetSettings(seed: 1, faults: try FaultProfile(simulatedFaults)))
        }
    }
}
