internal import EventSourcing
internal import Foundation
internal import PatchManagement
internal import SimulatedFleet
internal import Subprocess
internal import SystemPackage

/// Simulated hosts that answer at once and that nobody has to remember, so that neither their time
/// nor their memory is taken for the engine's: an order meets its host as the steps before it have
/// left it. Any number of processes may share them.
struct BenchHosts: ActivityExecutor {
    /// What is rolled out.
    let pins: [PinnedPackage]
    /// Run as a child process for each installation; nil for none.
    let command: String?
    private let settings: FleetSettings

    init(pins: [PinnedPackage], command: String?) throws {
        self.pins = pins
        self.command = command
        settings = FleetSettings(seed: 1, faults: try FaultProfile("instant"))
    }

    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        guard await mayBegin() else {
            return .failed(WorkFailure(.unreachable, "the order was withheld"))
        }
        var host = SimulatedHost(order.host, settings)
        let now = Timestamp.now
        switch order.work {
        case .install:
            if let command, await !Self.succeeds(command) {
                return .failed(WorkFailure(.lost, "\(command) failed"))
            }
        case .verify:
            let installation = WorkOrder(
                activity: order.activity, fence: order.fence, host: order.host,
                work: .install(attempt: order.activity, packages: pins),
                timeLimit: order.timeLimit)
            _ = host.perform(installation, settings, at: now)
        default: break
        }
        return host.perform(order, settings, at: now).result
    }

    private static func succeeds(_ command: String) async -> Bool {
        do {
            let outcome = try await Subprocess.run(
                .path(FilePath(command)), input: .none, output: .discarded, error: .discarded)
            return outcome.terminationStatus.isSuccess
        } catch {
            return false
        }
    }
}
