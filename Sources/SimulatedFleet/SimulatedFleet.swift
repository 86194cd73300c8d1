package import EventSourcing
package import PatchManagement

/// What a simulated fleet is like. With the same settings, every host is the same in every process.
package struct FleetSettings: Codable, Sendable, Equatable {
    package let seed: UInt64
    package let faults: FaultProfile

    package init(seed: UInt64, faults: FaultProfile = .none) {
        self.seed = seed
        self.faults = faults
    }
}

/// Hosts that fail as real ones do. A host comes to be by being addressed.
///
/// This value holds them all, for tests and simulations in one process. Where several processes
/// share a fleet, each host's `SimulatedHost` is kept by itself, under a lock of its own.
package struct SimulatedFleet: Codable, Sendable, Equatable {
    package let settings: FleetSettings
    /// By identity.
    private var hosts: [String: SimulatedHost] = [:]

    package init(_ settings: FleetSettings) {
        self.settings = settings
    }

    /// Performs `order` as if begun at `moment`; see `SimulatedHost.perform`.
    package mutating func perform(_ order: WorkOrder, at moment: Timestamp) -> Performance {
        let settings = settings
        return change(order.host) { $0.perform(order, settings, at: moment) }
    }

    /// The host at `address`, as it is now or would be on its first day.
    package func host(_ address: HostAddress) -> SimulatedHost {
        hosts[SimulatedHost.identity(of: address)] ?? SimulatedHost(address, settings)
    }

    /// What somebody does to a host by other ways than patchflow's: heal it, break it, reboot it.
    @discardableResult
    package mutating func change<Result>(
        _ address: HostAddress, _ change: (inout SimulatedHost) -> Result
    ) -> Result {
        var host = host(address)
        let result = change(&host)
        hosts[host.identity] = host
        return result
    }

    /// Every host that was addressed, by identity.
    package var all: [SimulatedHost] {
        hosts.values.sorted { $0.identity < $1.identity }
    }
}
