import EventSourcing
import FoundationEssentials
import Support

@testable import PatchManagement

/// The scheduler.
extension World {
    struct Unending: Error, CustomStringConvertible {
        let description: String
    }

    /// Lets everything go on until nothing is left to happen by itself, or until `moment`, choosing
    /// at random among what may happen now.
    ///
    /// - Parameter mostSteps: More than these means that something goes round in circles (I18).
    mutating func run(
        until moment: Timestamp? = nil, mostSteps: Int = 200_000,
        while condition: (World) -> Bool = { _ in true }
    ) throws {
        for _ in 0..<mostSteps {
            guard condition(self) else { return }
            if try stepNow() { continue }
            guard let next = nextMoment else { return }
            if let moment, next > moment {
                now = max(now, moment)
                return
            }
            now = max(now, next)
        }
        let last = log.suffix(20).map { "\($0.position) \($0.type) \($0.stream)" }
        throw Unending(
            description: "seed \(random.seed): still busy after \(mostSteps) steps at \(now), "
                + "with \(dispatch.activities.count) activities; last\n"
                + last.joined(separator: "\n"))
    }

    private enum Choice {
        case coordinate
        case claim(Int)
        case happen(Int)
        case fire(Int)
    }

    /// - Returns: false when nothing may happen now.
    private mutating func stepNow() throws -> Bool {
        var choices: [Choice] = coordinated < log.count ? [.coordinate] : []
        for (index, row) in dispatch.activities.enumerated() where row.due <= now {
            if row.claim == nil { choices.append(.claim(index)) }
        }
        for (index, happening) in happenings.enumerated() where happening.at <= now {
            choices.append(.happen(index))
        }
        for (index, row) in dispatch.timers.enumerated() where row.timer.due <= now {
            choices.append(.fire(index))
        }
        guard !choices.isEmpty else { return false }
        switch random.pick(choices) {
        case .coordinate: try coordinate()
        case .claim(let index): try claim(index)
        case .happen(let index): try happen(happenings.remove(at: index))
        case .fire(let index): try fire(dispatch.timers[index])
        }
        return true
    }

    private var nextMoment: Timestamp? {
        let work = dispatch.activities.filter { $0.claim == nil }.map(\.due)
        let others = happenings.map(\.at) + dispatch.timers.map(\.timer.due)
        return (work + others).min()
    }

    private mutating func coordinate() throws {
        let event = log[coordinated]
        coordinated += 1
        let key = try Coordinator.ledgerKey(for: event)
        var ledger = key.flatMap { ledgers[$0] } ?? RolloutLedger()
        var plan: RolloutPlan?
        if let digest = try Coordinator.documentNeeded(for: event) {
            plan = try CanonicalJSON.decode(
                RolloutPlan.self, from: unwrapped(documents[digest]).bytes)
        }
        let routed = try Coordinator.react(to: event, ledger: &ledger, plan: plan)
        if let key { ledgers[key] = ledger }
        for (index, route) in routed.enumerated() {
            let context = context(
                workflow, .version5(namespace: event.id, name: "effect/\(index)"),
                cause: event.id)
            do {
                switch route.command {
                case .patch(let command):
                    try send(command, to: route.stream, PatchDecider.self, context)
                case .rollout(let command):
                    try send(command, to: route.stream, RolloutDecider.self, context)
                case .deployment(let command):
                    try send(command, to: route.stream, DeploymentDecider.self, context)
                case .asset(let command):
                    try send(command, to: route.stream, AssetDecider.self, context)
                case .emergency(let command):
                    try send(command, to: route.stream, EmergencyDecider.self, context)
                case .inPack(let verified):
                    try send(
                        .resolveInPack(verified.pack, remaining: 0), to: route.stream,
                        PatchDecider.self, context)
                }
            } catch is any DomainRejection {
                continue
            }
        }
    }

    private mutating func fire(_ row: Dispatch.TimerRow) throws {
        let due = DueTimer(
            id: row.id, stream: row.stream, name: row.timer.name, due: row.timer.due,
            data: row.timer.data, correlationID: row.id)
        let options = Options(timer: row.id)
        do {
            if row.stream.prefix == "ro" {
                let command = try unwrapped(RolloutTimer.command(for: due))
                try send(
                    command, to: row.stream, RolloutDecider.self, context(clock, newID()), options)
            } else {
                let timer = try unwrapped(PatchTimer(rawValue: due.name))
                try send(
                    .timer(timer), to: row.stream, PatchDecider.self, context(clock, newID()),
                    options)
            }
        } catch is any DomainRejection {
            dispatch.timers.removeAll { $0.id == row.id }
        }
    }
}
