internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import Subprocess
internal import SystemPackage

/// A role of this program as a child process, started again when it ends unexpectedly. It ends
/// with this process, whatever happens to it: the operating system sends it SIGTERM.
struct ChildRole: Service {
    let name: String
    /// The role's command line, without the program.
    let arguments: [String]
    let logger: Logger

    /// So many ends within a minute are not an accident any more.
    private static let restartBudget = 10

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await keepRunning()
        }
    }

    private func keepRunning() async throws {
        var ends: [ContinuousClock.Instant] = []
        while !Task.isCancelled {
            let status = try await runOnce()
            if Task.isCancelled { return }
            let now = ContinuousClock.now
            ends = ends.filter { now - $0 < .seconds(60) } + [now]
            guard ends.count <= Self.restartBudget else {
                throw ChildRoleFailure(name: name, status: status)
            }
            logger.warning(
                "a process ended and is started again",
                metadata: ["role": "\(name)", "status": "\(status)"])
            do {
                try await Task.sleep(for: .milliseconds(ends.count < 3 ? 50 : 1000))
            } catch {
                return
            }
        }
    }

    private func runOnce() async throws -> String {
        var platform = PlatformOptions()
        platform.createSession = true
        let result = try await Subprocess.run(
            .path("/usr/bin/setpriv"),
            arguments: Arguments(["--pdeathsig", "TERM", Self.program] + arguments),
            platformOptions: platform, input: .none,
            output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        ) { child in
            while isAlive(child.processIdentifier) {
                do {
                    try await Task.sleep(for: .milliseconds(50))
                } catch {
                    // Told to stop: let the role finish what it has begun.
                    await child.teardown(using: [
                        .send(signal: .terminate, allowedDurationToNextStep: .seconds(15))
                    ])
                    return
                }
            }
        }
        return "\(result.terminationStatus)"
    }

    /// The path of this very program: `/proc/self` would be the child's own.
    private static let program =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? CommandLine.arguments[0]

    /// A process that has ended makes its descriptor readable.
    private func isAlive(_ process: ProcessIdentifier) -> Bool {
        var descriptor = pollfd(fd: process.processDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }
}

struct ChildRoleFailure: Error, CustomStringConvertible {
    let name: String
    let status: String

    var description: String {
        "the role '\(name)' ends again and again, last with \(status): see its messages above"
    }
}
