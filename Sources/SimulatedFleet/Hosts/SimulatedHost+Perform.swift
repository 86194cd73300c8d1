package import EventSourcing
package import PatchManagement

/// What came of an order, and how long that took from its beginning.
package struct Performance: Sendable, Equatable {
    package let result: WorkResult
    package let duration: Duration
}

extension SimulatedHost {
    /// Does what a real host would with `order`, begun at `moment`. What a step changes is on record
    /// when this returns, so that nothing is lost if nobody waits for the result; it takes effect
    /// when its time has come.
    package mutating func perform(
        _ order: WorkOrder, _ settings: FleetSettings, at moment: Timestamp
    ) -> Performance {
        settle(at: moment)
        orders += 1
        guard isReachable(settings, at: moment) else {
            return Performance(
                result: failed(.unreachable, "no answer from \(identity)"),
                duration: min(order.timeLimit, pause(settings, .milliseconds(3000))))
        }
        guard !faults.contains(.replaced) else {
            return Performance(
                result: failed(.hostKeyMismatch, "another key than the known one was shown"),
                duration: pause(settings, .milliseconds(50)))
        }
        switch order.work {
        case .backUp, .install, .reboot, .rollBack:
            return performStep(order, settings, at: moment)
        case .probe(let attempt, let step):
            guard order.fence >= highestFence else { return refused(order, settings) }
            highestFence = order.fence
            let record = records.first { $0.attempt == attempt && $0.step == step }
            return answer(.probe(record?.answer(at: moment) ?? .neverStarted), order, settings)
        case .inventory: return answer(.inventory(inventory), order, settings)
        case .discover: return answer(discover(), order, settings)
        case .acquire(let packages): return answer(acquire(packages), order, settings)
        case .precheck(let packages):
            let report = precheck(packages, at: moment)
            let result = answer(.precheck(report), order, settings)
            guard report.obstacles.contains(.lockHeld) else { return result }
            // It was waited for.
            return Performance(
                result: result.result, duration: pause(settings, order.timeLimit))
        case .verify(let checks): return answer(.verification(verify(checks)), order, settings)
        case .ask:
            return Performance(
                result: failed(.invalidOrder, "probes are asked one by one"), duration: .zero)
        case .check(let argv, _): return answer(.checked(check(argv)), order, settings)
        }
    }

    func draw(_ what: String, _ settings: FleetSettings) -> Draw {
        Draw(settings.seed, identity, what)
    }

    func isReachable(_ settings: FleetSettings, at moment: Timestamp) -> Bool {
        if faults.contains(.refuseSSH) { return false }
        if let died, moment >= died { return false }
        guard settings.faults.hasAbsences else { return true }
        return ![Absence.offline, .away].contains { absence in
            absence.isMissing(at: moment) { draw($0, settings) }
        }
    }

    func failed(_ cause: WorkFailure.Cause, _ detail: String) -> WorkResult {
        .failed(WorkFailure(cause, detail))
    }

    /// Hosts that take no time take none to fail either.
    func pause(_ settings: FleetSettings, _ duration: Duration) -> Duration {
        settings.faults.isInstant ? .zero : duration
    }

    /// The answer to something that changes nothing.
    private func answer(
        _ result: WorkResult, _ order: WorkOrder, _ settings: FleetSettings
    ) -> Performance {
        let duration = pause(
            settings, .milliseconds(30 + draw("order \(orders)", settings).below(120)))
        guard duration <= order.timeLimit else {
            return Performance(
                result: failed(.timedOut, "no answer in time"), duration: order.timeLimit)
        }
        let isGarbled = faults.contains(.garbles)
        return Performance(
            result: isGarbled ? failed(.badAnswer, "'\\u{1b}[2J' is no answer") : result,
            duration: duration)
    }

    func refused(_ order: WorkOrder, _ settings: FleetSettings) -> Performance {
        Performance(
            result: failed(
                .refusedByHost, "fence \(order.fence) is below \(highestFence), which was seen"),
            duration: pause(settings, .milliseconds(30)))
    }
}
