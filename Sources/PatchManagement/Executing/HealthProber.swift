/// The port through which a worker asks over the network: HTTP, TCP and Prometheus. Commands go the
/// way of all work on hosts, by the `ActivityExecutor`.
///
/// It never throws: whatever happens is a reading.
package protocol HealthProber: Sendable {
    /// Asks `host`, or for it, by `probe`, within the probe's time limit. `host` is nil for a query
    /// that is for a whole batch.
    func read(_ probe: HealthProbe, on host: HostAddress?) async -> HealthReading
}
