internal import Application
internal import EventSourcing
internal import PatchManagement

extension PatchWork {
    /// Hosts and probes that are asked side by side.
    private static let width = 16

    /// One round of probes. Nothing is changed by asking, so a lost worker's round is simply done
    /// again.
    func runHealth(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(HealthTask.self, from: activity.data)
        let state = try await bus.state(of: activity.stream, as: RolloutDecider.self).state
        guard state.dueRound == task.round else { return try await drop(activity) }
        guard let document = try await store.document(task.sample) else {
            throw EventStoreError(.corrupted, "the sample of hosts \(task.sample) is gone")
        }
        let sample = try CanonicalJSON.decode(HealthSample.self, from: document.bytes)
        let subjects = try await measure(
            task.probes, on: sample.subjects(of: task.round, atMost: task.sampleHosts), activity,
            ofWhole: true)
        let control = try await measure(
            task.probes, on: sample.control(of: task.round, atMost: task.sampleHosts), activity,
            ofWhole: false)
        let report = HealthReport(
            rollout: activity.stream, round: task.round, subjects: subjects, control: control)
        var options = using(activity, .complete)
        options.documents = [report.document]
        try await settle(
            activity, RolloutDecider.self, .recordHealth(report), context(activity, "result"),
            options)
    }

    /// The measurements by probe, then in the order of the hosts.
    ///
    /// - Parameter ofWhole: Also by probes that are for a whole batch and not for its hosts.
    private func measure(
        _ probes: [HealthProbe], on hosts: [HostAddress], _ activity: ClaimedActivity,
        ofWhole: Bool
    ) async throws -> [HealthMeasurement] {
        var questions: [(probe: HealthProbe, host: HostAddress?)] = []
        for probe in probes {
            if probe.isPerHost {
                questions += hosts.map { (probe, $0) }
            } else if ofWhole {
                questions.append((probe, nil))
            }
        }
        let measured = await withTaskGroup(of: (Int, HealthMeasurement).self) { group in
            var found: [(Int, HealthMeasurement)] = []
            for (place, question) in questions.enumerated() {
                if place >= Self.width, let next = await group.next() { found.append(next) }
                group.addTask {
                    let reading = await read(question.probe, on: question.host, activity)
                    return (
                        place,
                        HealthMeasurement(reading, of: question.probe, on: question.host?.asset)
                    )
                }
            }
            for await next in group { found.append(next) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        try Task.checkCancellation()
        return measured
    }

    /// A lab host under test, by each probe.
    func ask(
        _ probes: [HealthProbe], _ order: WorkOrder, _ activity: ClaimedActivity
    ) async -> WorkResult {
        var measured: [HealthMeasurement] = []
        for probe in probes {
            let reading = await read(probe, on: order.host, activity)
            measured.append(HealthMeasurement(reading, of: probe, on: order.host.asset))
        }
        return .asked(measured)
    }

    private func read(
        _ probe: HealthProbe, on host: HostAddress?, _ activity: ClaimedActivity
    ) async -> HealthReading {
        switch probe.kind {
        case .command:
            guard let host, let argv = probe.argv else {
                return .none(detail: "it names no command")
            }
            let work = Work.check(argv: argv, seconds: probe.timeLimitSeconds)
            return HealthReading(await executor.perform(order(activity, host, work)))
        case .http, .tcp, .prometheus:
            guard let probes else {
                return .none(detail: "this worker asks nothing over the network")
            }
            return await probes.read(probe, on: host)
        }
    }
}

extension HealthReading {
    /// What a command on a host says. A host that can't be reached says nothing of its health.
    init(_ result: WorkResult) {
        switch result {
        case .checked(let report) where report.exitCode == CommandReport.timedOut:
            self = .answer(
                value: report.exitCode, isRefusal: true,
                detail: "it did not end after \(report.milliseconds) ms")
        case .checked(let report):
            self = .answer(
                value: report.exitCode, isRefusal: report.exitCode != 0,
                detail: "exit code \(report.exitCode), sha256 \(report.outputDigest)")
        case .failed(let failure):
            self = .none(detail: "\(failure.cause.rawValue): \(failure.detail)")
        default: self = .none(detail: "the host answered something else")
        }
    }
}
