internal import EventSourcing
internal import Foundation
internal import Glibc
internal import PatchManagement
internal import SimulatedFleet

/// The simulated fleet as an executor. Each host is a file below `directory`, changed under a lock
/// of its own, so that several workers share one fleet and a killed one takes nothing with it: what
/// had begun on a host is on record there, and ends by itself at its time.
///
/// `hosts/<address>,<port>.json` holds a `SimulatedHost`; its `executions` say what really ran.
struct SimulatedExecutor: ActivityExecutor {
    private let directory: String
    private let settings: FleetSettings

    /// - Parameter directory: Made if it isn't there; its hosts go on from where they were.
    init(directory: String, settings: FleetSettings) throws {
        self.directory = directory
        self.settings = settings
        try FileManager.default.createDirectory(
            atPath: "\(directory)/hosts", withIntermediateDirectories: true)
    }

    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        guard HostLocation(order.host.address) != nil else {
            return .failed(
                WorkFailure(.invalidOrder, "address: \(HostLocation.rule)"))
        }
        guard await mayBegin() else {
            return .failed(WorkFailure(.unreachable, "the order was withheld"))
        }
        let performance: Performance
        do {
            performance = try await change(order.host) { $0.perform(order, settings, at: .now) }
        } catch {
            // The state is read and replaced as a whole: nothing of this order has begun.
            return .failed(WorkFailure(.unreachable, "the simulated host's file: \(error)"))
        }
        do {
            try await Task.sleep(for: performance.duration)
        } catch {
            return .failed(WorkFailure(.lost, "the waiting was cancelled"))
        }
        return performance.result
    }

    /// The host as it is now.
    func host(_ address: HostAddress) throws -> SimulatedHost {
        try read(address)
    }

    /// What somebody does to a host by other ways than patchflow's: heal it, break it, reboot it.
    func change<Result>(
        _ address: HostAddress, _ change: (inout SimulatedHost) -> Result
    ) async throws -> Result {
        let lock = try await FileLock(path: "\(path(address)).lock")
        defer { lock.release() }
        var host = try read(address)
        let result = change(&host)
        try Data(CanonicalJSON.encode(host)).write(
            to: URL(filePath: "\(path(address)).json"), options: .atomic)
        return result
    }

    private func read(_ address: HostAddress) throws -> SimulatedHost {
        let file = "\(path(address)).json"
        guard FileManager.default.fileExists(atPath: file) else {
            return SimulatedHost(address, settings)
        }
        return try CanonicalJSON.decode(
            SimulatedHost.self, from: Array(Data(contentsOf: URL(filePath: file))))
    }

    private func path(_ address: HostAddress) -> String {
        "\(directory)/hosts/\(address.address),\(address.port)"
    }
}

/// An exclusive lock on a file, which the kernel gives back when its process ends.
private struct FileLock {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    private let descriptor: Int32

    /// Waits without blocking the thread; whoever holds it needs a moment only.
    init(path: String) async throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            do {
                guard code == EWOULDBLOCK || code == EINTR else {
                    throw Failure(path: path, code: code)
                }
                try await Task.sleep(for: .milliseconds(2))
            } catch {
                close(descriptor)
                throw error
            }
        }
        self.descriptor = descriptor
    }

    func release() { close(descriptor) }
}
