private import EventSourcing
private import FoundationEssentials
private import Glibc
package import Logging
package import PatchManagement

/// Performs work on Debian hosts with the system's ssh and apt.
///
/// Each order is one or more conversations with `RemoteProgram`. Steps that change a host run
/// there detached, in a record of their own, and are followed: a connection that breaks is made
/// again, and nothing is ever started twice (I4).
package final class SSHExecutor: ActivityExecutor {
    private let session: SSHSession
    private let settings: SSHSettings
    private let logger: Logger

    /// - Throws: when a path can't be used or read, or no directory for sockets can be made.
    package init(
        settings: SSHSettings, logger: Logger = Logger(label: "patchflow.executor")
    ) throws(SSHSettingsError) {
        try settings.check()
        self.settings = settings
        self.logger = logger
        // A client that is gone fails our write to it; it must not end this process.
        signal(SIGPIPE, SIG_IGN)
        session = SSHSession(settings: settings, control: try ControlDirectory())
    }

    package func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        let deadline = ContinuousClock.now + order.timeLimit
        do throws(WorkFailure) {
            let text = try OrderText(order)
            switch order.work {
            case .inventory, .discover, .acquire, .precheck, .verify, .probe, .check:
                let answer = try await session.ask(
                    order.host, text.begin(follow: .zero), until: deadline, if: mayBegin)
                return try answer.result(of: order.work)
            case .ask:
                throw WorkFailure(
                    .invalidOrder, "probes are asked one by one, not by this executor")
            case .backUp, .install, .reboot, .rollBack:
                let answer = try await carryOut(order, text, until: deadline, if: mayBegin)
                return try answer.result(of: order.work)
            }
        } catch {
            logger.debug(
                "\(order.work.kind) on \(order.host.name): \(error.cause.rawValue)",
                metadata: ["detail": "\(error.detail)"])
            return .failed(error)
        }
    }

    /// Ends the connections that are kept for later orders. What runs on hosts goes on.
    package func close() async {
        await session.closeAll()
    }

    /// Starts a step and follows it to its end, over as many connections as that takes.
    private func carryOut(
        _ order: WorkOrder, _ text: OrderText, until deadline: ContinuousClock.Instant,
        if mayBegin: @escaping @Sendable () async -> Bool
    ) async throws(WorkFailure) -> HostAnswer {
        var last: WorkFailure?
        var answer: HostAnswer?
        do throws(WorkFailure) {
            let follow = min(settings.followInterval, order.timeLimit)
            answer = try await session.ask(
                order.host, text.begin(follow: follow), until: deadline + .seconds(5),
                if: mayBegin)
        } catch {
            // Whatever else it is, it certainly did not begin.
            guard error.cause == .lost else { throw error }
            last = error
        }
        var lastHeard = ContinuousClock.now
        while true {
            if let answer {
                switch try answer.stepState() {
                case .finished: return answer
                case .running: break
                case .interrupted:
                    throw WorkFailure(.lost, "the host stopped in the middle of it")
                case .neverStarted:
                    throw WorkFailure(.lost, last?.detail ?? "the host has no record of it")
                }
                lastHeard = ContinuousClock.now
            } else if ContinuousClock.now - lastHeard > settings.reconnectTimeout {
                throw WorkFailure(.lost, last?.detail ?? "the host does not answer any more")
            }
            guard !Task.isCancelled else {
                throw WorkFailure(.lost, "it is no longer waited for")
            }
            guard ContinuousClock.now < deadline else {
                throw WorkFailure(
                    .timedOut, "it did not end within \(order.timeLimit.components.seconds) s")
            }
            do throws(WorkFailure) {
                answer = try await follow(order, text, until: deadline)
            } catch {
                guard Self.isOfConnection(error.cause) else { throw error }
                logger.debug("following \(order.work.kind) on \(order.host.name): \(error.detail)")
                (answer, last) = (nil, error)
                await Self.rest()
            }
        }
    }

    /// Asks once more how a step goes.
    private func follow(
        _ order: WorkOrder, _ text: OrderText, until deadline: ContinuousClock.Instant
    ) async throws(WorkFailure) -> HostAnswer {
        let left = max(.zero, deadline - ContinuousClock.now)
        // The host answers by the deadline; the conversation may take a little longer.
        return try await session.ask(
            order.host, text.follow(min(settings.followInterval, left)),
            until: deadline + .seconds(5))
    }

    /// Whether another connection may do better.
    private static func isOfConnection(_ cause: WorkFailure.Cause) -> Bool {
        switch cause {
        case .unreachable, .hostKeyMismatch, .lost, .timedOut: true
        case .refusedByHost, .digestMismatch, .badSignature, .notAvailable, .diskFull, .lockHeld,
            .badAnswer, .invalidOrder:
            false
        }
    }

    /// A moment between two tries. When it is cancelled, the caller sees that for itself.
    private static func rest() async {
        do {
            try await Task.sleep(for: .milliseconds(500))
        } catch {
            return
        }
    }
}
