internal import PatchManagement

/// How long a piece of work may take on a host.
package struct TimeLimits: Sendable {
    package var inventory: Duration = .seconds(60)
    package var discover: Duration = .seconds(180)
    package var acquire: Duration = .seconds(600)
    package var precheck: Duration = .seconds(60)
    package var backUp: Duration = .seconds(300)
    package var install: Duration = .seconds(1800)
    /// Until it has heard of it; for its return the plan gives a time.
    package var reboot: Duration = .seconds(60)
    package var verify: Duration = .seconds(120)
    package var rollBack: Duration = .seconds(1800)
    package var probe: Duration = .seconds(60)

    package init() {}

    func limit(for work: Work) -> Duration {
        switch work {
        case .inventory: inventory
        case .discover: discover
        case .acquire: acquire
        case .precheck: precheck
        case .backUp: backUp
        case .install: install
        case .reboot: reboot
        case .verify: verify
        case .rollBack: rollBack
        case .probe: probe
        // Beyond the command's own: the host has to be reached, and to answer.
        case .check(_, let seconds): .seconds(seconds + 30)
        case .ask(let probes): .seconds(probes.reduce(30) { $0 + $1.timeLimitSeconds })
        }
    }
}
