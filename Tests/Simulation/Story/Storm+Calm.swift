import PatchManagement
import SimulatedFleet

@testable import EventSourcing

extension Storm {
    /// I18: with the faults gone, everything ends within weeks or waits for a person; and a person
    /// can end whatever waits.
    mutating func calm() throws {
        story.system.with { contents in
            let death = contents.weather.deathAt
            contents.weather = .calm
            contents.weather.deathAt = death
        }
        for host in story.hosts {
            try finishExamination(of: host.asset)
            story.system.with { contents in
                contents.fleet.change(host.host) { host in
                    for fault in host.faults { host.heal(fault) }
                }
            }
        }
        // Approvals hold ten days; what was absent is waited for that long.
        let end = story.now + .seconds(21 * 86_400)
        var orders = 0
        while story.now < end {
            let paused = story.rollouts.filter { story.rollout($0).pause != nil }
            let isOver = story.rollouts.allSatisfy { story.rollout($0).hasEnded }
            if isOver { break }
            for rollout in paused where !story.rollout(rollout).hasEnded {
                orders += 1
                guard orders < 40 else { throw story.stuck("\(rollout) is halted again and again") }
                try story.tell(rollout, .rollBack(.all, reason: "end"), by: Cast.commander)
                guard story.rollout(rollout).pause != nil else { continue }
                // It went back already, and somebody had paused that; or it never began.
                try story.tell(
                    rollout,
                    .resume(reason: "end", acknowledged: [], acceptAbsent: false, approval: nil),
                    by: Cast.manager)
                guard story.rollout(rollout).pause != nil else { continue }
                try story.tell(rollout, .abort(reason: "end"), by: Cast.commander)
            }
            for rollout in story.rollouts where isIdle(rollout) {
                try story.tell(rollout, .cancel(reason: "end"), by: Cast.manager)
            }
            try story.run(until: end) { story in
                story.rollouts.contains { story.rollout($0).pause != nil }
                    || story.rollouts.allSatisfy { story.rollout($0).hasEnded }
            }
        }
        try story.run(until: story.now + .seconds(3 * 86_400)) { _ in false }
        for rollout in story.rollouts where !story.rollout(rollout).hasEnded {
            throw story.stuck("I18: \(rollout) is \(story.rollout(rollout).stage)")
        }
        let attempts = story.store.withState { state in
            state.attempts.values.compactMap(\.attempt)
        }
        guard attempts.isEmpty else {
            throw story.stuck("I18: \(attempts.count) attempts never ended")
        }
    }

    /// It never began, and waits for somebody who won't come.
    private mutating func isIdle(_ rollout: StreamID) -> Bool {
        switch story.rollout(rollout).stage {
        case .planned, .awaitingApproval, .approved: true
        case .unplanned, .measuring, .running, .soaking, .settling, .rollingBack, .ended: false
        }
    }
}
