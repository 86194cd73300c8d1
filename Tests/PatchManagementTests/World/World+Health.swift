import EventSourcing
import SimulatedFleet

@testable import PatchManagement

/// Rounds of probes, as `PatchWork` carries them out.
extension World {
    /// What a probe finds, which may follow from what has become of the hosts.
    typealias Prober = @Sendable (HealthProbe, HostAddress?, World) -> HealthReading

    /// - Returns: nil for a round that has become stale.
    func healthReport(of activity: ClaimedActivity) throws -> HealthReport? {
        let task = try CanonicalJSON.decode(HealthTask.self, from: activity.data)
        guard rollout(activity.stream).dueRound == task.round else { return nil }
        let sample = try CanonicalJSON.decode(
            HealthSample.self, from: unwrapped(documents[task.sample]).bytes)
        func measure(_ hosts: [HostAddress], ofWhole: Bool) -> [HealthMeasurement] {
            task.probes.flatMap { probe in
                let asked: [HostAddress?] = probe.isPerHost ? hosts : ofWhole ? [nil] : []
                return asked.map { host in
                    HealthMeasurement(prober(probe, host, self), of: probe, on: host?.asset)
                }
            }
        }
        return HealthReport(
            rollout: activity.stream, round: task.round,
            subjects: measure(
                sample.subjects(of: task.round, atMost: task.sampleHosts), ofWhole: true),
            control: measure(
                sample.control(of: task.round, atMost: task.sampleHosts), ofWhole: false))
    }

    /// Whether the host has the new version of `pf-demo`.
    func isPatched(_ host: HostAddress?) -> Bool {
        host.map { fleet.host($0).version(of: "pf-demo") == "1.0-2" } ?? false
    }
}
