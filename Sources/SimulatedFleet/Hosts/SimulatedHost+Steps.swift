import EventSourcing
import FoundationEssentials
import PatchManagement

/// The steps that change a host: each with a record of its own, at most once (I4), and never under
/// a fence lower than the highest that was seen (I5).
extension SimulatedHost {
    mutating func performStep(
        _ order: WorkOrder, _ settings: FleetSettings, at moment: Timestamp
    ) -> Performance {
        guard order.fence >= highestFence else { return refused(order, settings) }
        highestFence = order.fence
        let step: Step
        switch order.work {
        case .backUp(let attempt, let packages):
            step = Step(.backUp, attempt, packages.map { "\($0.name) \($0.version)" })
        case .install(let attempt, let packages):
            step = Step(.install, attempt, packages.map { "\($0.name) \($0.version)" })
        case .rollBack(let attempt, let packages):
            step = Step(.rollBack, attempt, packages.map { "\($0.name) \($0.version ?? "-")" })
        case .reboot(let attempt, _): step = Step(.reboot, attempt, [])
        case .inventory, .discover, .acquire, .precheck, .verify, .probe, .check, .ask:
            return Performance(
                result: failed(.invalidOrder, "'\(order.work.kind)' is no step"), duration: .zero)
        }
        guard !records.contains(where: { $0.attempt == step.attempt && $0.step == step.kind })
        else {
            return Performance(
                result: failed(
                    .refusedByHost,
                    "there is a record of \(step.kind.rawValue) for \(step.attempt.text)"),
                duration: pause(settings, .milliseconds(30)))
        }
        if let obstacle = obstacle(to: order.work, at: moment) {
            return Performance(result: obstacle, duration: pause(settings, .milliseconds(80)))
        }
        return run(step, order, settings, at: moment)
    }

    /// A step of an attempt, and what it is about.
    struct Step {
        let kind: AttemptStep
        let attempt: UUID
        let packages: [String]

        init(_ kind: AttemptStep, _ attempt: UUID, _ packages: [String]) {
            self.kind = kind
            self.attempt = attempt
            self.packages = packages
        }
    }

    /// Why it can't even begin.
    private func obstacle(to work: Work, at moment: Timestamp) -> WorkResult? {
        if isLocked(at: moment) { return failed(.lockHeld, "dpkg's lock is held") }
        if faults.contains(.diskFull) { return failed(.diskFull, "no space left on device") }
        switch work {
        case .install(_, let packages):
            for pin in packages {
                guard
                    let entry = SimulatedArchive.entry(pin.name, pin.architecture, pin.version)
                else {
                    return failed(.notAvailable, "\(pin.name) \(pin.version) can't be had")
                }
                guard entry.pin == pin, !faults.contains(.editedPackage) else {
                    return failed(.digestMismatch, "\(pin.name) is not the pinned file")
                }
            }
        case .rollBack(_, let packages):
            let files = kept.values.flatMap(\.self).compactMap(\.keptFile)
            for package in packages where package.version != nil {
                guard let file = package.keptFile, files.contains(file) else {
                    return failed(.notAvailable, "the old file of \(package.name) wasn't kept")
                }
            }
        case .backUp, .reboot, .inventory, .discover, .acquire, .precheck, .verify, .probe, .check,
            .ask:
            break
        }
        return nil
    }

    private mutating func run(
        _ step: Step, _ order: WorkOrder, _ settings: FleetSettings, at moment: Timestamp
    ) -> Performance {
        executions.append(
            Execution(
                attempt: step.attempt, step: step.kind, packages: step.packages, at: moment))
        let course = course(of: order.work, settings)
        let ends = moment + course.duration
        let end: StepRecord.End
        switch course.ending {
        case .good, .bad:
            end = .finishes(ends, report(course))
        case .never: end = .hangs
        case .death(let back):
            died = ends
            returns = back.map { ends + $0 }
            end = .dies(ends)
        }
        records.append(
            StepRecord(
                attempt: step.attempt, step: step.kind, fence: order.fence, began: moment,
                end: end, change: course.change))
        if case .good(.backUp(let prior)) = course.ending { kept[step.attempt.text] = prior }
        let performance = seen(end, course, order, settings, at: moment)
        if course.goesDown { goDown(after: ends, for: course.isDownFor) }
        return performance
    }

    private mutating func goDown(after moment: Timestamp, for duration: Duration?) {
        guard duration != .zero else { return reboot() }
        died = moment + .milliseconds(500)
        returns = duration.map { moment + .milliseconds(500) + $0 }
    }

    /// What whoever waits gets to see, and when.
    private mutating func seen(
        _ end: StepRecord.End, _ course: Course, _ order: WorkOrder, _ settings: FleetSettings,
        at moment: Timestamp
    ) -> Performance {
        switch end {
        case .dies:
            return Performance(
                result: failed(.lost, "the connection broke"),
                duration: min(course.duration, order.timeLimit))
        case .hangs:
            return Performance(
                result: failed(.timedOut, "it still ran"), duration: order.timeLimit)
        case .finishes(let ends, let report):
            guard course.duration <= order.timeLimit else {
                return Performance(
                    result: failed(.timedOut, "it still ran"), duration: order.timeLimit)
            }
            guard isReachable(settings, at: ends) else {
                return Performance(
                    result: failed(.lost, "the connection broke"), duration: course.duration)
            }
            // Without time in between nobody else could see it settle.
            if course.duration == .zero { settle(at: ends) }
            if case .good(.backUp(let prior)) = course.ending {
                return Performance(result: .backUp(prior), duration: course.duration)
            }
            return Performance(result: .executed(report), duration: course.duration)
        }
    }
}
