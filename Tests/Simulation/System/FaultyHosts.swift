import EventSourcing
import PatchManagement
import SimulatedFleet
import Support

/// The hosts as one process reaches them: it takes a while, answers get lost, orders come twice.
struct FaultyHosts: ActivityExecutor {
    let system: SimulatedSystem
    let process: SimulatedProcess

    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        do {
            try await reach()
            if system.bug?.asksBeforeItBegins != false {
                guard await mayBegin() else {
                    return .failed(WorkFailure(.lost, "the right to begin was lost"))
                }
            }
            // From the last look at the clock to here nothing else has run.
            try process.checkAlive()
            let performance = dispatch(order)
            try system.effect(of: process)
            try await system.scheduler.sleep(for: performance.duration)
            try system.effect(of: process)
            return performance.result
        } catch {
            return .failed(WorkFailure(.lost, "nobody waits for it any more"))
        }
    }

    /// A host may take longer to greet than a right to begin lives (I6).
    private func reach() async throws {
        // Without the question it takes slow hosts for anything to be late.
        let slow = system.bug == .neverAsksAgain ? 800 : system.weather.slow
        let isSlow = system.scheduler.chance(perMille: slow)
        let delay = system.scheduler.draw { random in
            Duration.milliseconds(isSlow ? 1000 + random.below(4000) : random.below(200))
        }
        try await system.scheduler.sleep(for: delay)
        try system.effect(of: process)
    }

    private func dispatch(_ order: WorkOrder) -> Performance {
        let times = system.scheduler.chance(perMille: system.weather.duplicated) ? 2 : 1
        let now = system.scheduler.now
        return system.with { contents in
            system.bug?.beforeOrder(order, &contents.fleet)
            var performance = contents.fleet.perform(order, at: now)
            if times > 1 { performance = contents.fleet.perform(order, at: now) }
            return performance
        }
    }
}
