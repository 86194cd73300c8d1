import EventSourcing

@testable import PatchManagement

/// What is stored of probes and of what they found.
enum StoredHealthForms {
    static func events() -> [any DomainEvent] {
        [
            RolloutEvent.baselineOrdered(
                BaselineOrdered(
                    batch: 1, planDigest: Digest(of: "plan"),
                    deadline: Timestamp(seconds: 1_767_268_800))),
            RolloutEvent.healthRecorded(
                HealthRecorded(
                    round: round, verdict: .bad,
                    cause: HealthCause(
                        probes[1], .worse, value: 300, limit: 150, samples: 5,
                        assets: [production(1)], baseline: 100, baselineSamples: 5, control: 110,
                        controlSamples: 6),
                    probes: [
                        HealthSummary(
                            probe: "web", subjects: sums, control: sums, named: [production(1)])
                    ], report: Digest(of: "report"))),
        ]
    }

    static func forms() -> [StoredDocumentTests.Form] {
        let targets = (1...3).map { number in
            RolloutTarget(
                asset: production(number), host: lab(number).host, site: "default",
                stratum: "debian 12 amd64", criticality: "medium")
        }
        let sample = HealthSample(
            of: [Array(targets.prefix(1)), Array(targets.dropFirst())], size: 1)
        return [
            .init("health-sample", sample),
            .init(
                "qualification-trial",
                QualificationTrial(stress: probes[0], probes: Array(probes.dropFirst()))),
            .init(
                "command-report",
                WorkResult.checked(
                    CommandReport(
                        exitCode: 0, outputDigest: Digest(of: "output"), outputBytes: 6,
                        outputTail: "output", milliseconds: 12, bootID: "boot-1"))),
            .init(
                "probe-answers",
                WorkResult.asked([
                    HealthMeasurement(
                        .answer(value: 1, isRefusal: false, detail: "status 200"), of: probes[1],
                        on: lab(1).asset)
                ])),
            .init(
                "health-task",
                HealthTask(
                    round: round, probes: probes, sampleHosts: 1, sample: sample.document.digest)),
            .init(
                "health-report",
                HealthReport(
                    rollout: StreamID(prefix: "ro", uuid(3)), round: round,
                    subjects: [
                        HealthMeasurement(
                            .answer(value: 12, isRefusal: true, detail: "status 503 after 12 ms"),
                            of: probes[1], on: production(1))
                    ],
                    control: [
                        HealthMeasurement(
                            .none(detail: "unreachable: no answer"), of: probes[0],
                            on: production(2))
                    ])),
        ]
    }

    private static let round = HealthRound(number: 7, kind: .soak, batch: 1)

    private static let sums = {
        var sums = HealthSums()
        sums.good = 3
        sums.bad = 1
        sums.missing = 1
        sums.values = 4
        sums.total = 48
        return sums
    }()

    static let probes: [HealthProbe] = {
        var up = HealthProbe(name: "up", kind: .command)
        up.argv = ["/usr/bin/curl", "-fsS", "http://localhost/"]
        var web = HealthProbe(name: "web", kind: .http)
        web.port = 443
        web.path = "/healthz"
        web.tls = true
        web.status = 200
        web.reach = .privateNetwork
        web.limitSeconds = 5
        web.most = 500
        web.maxBadPercent = 20
        web.worse = HealthComparison(percent: 50, atLeast: 20, minSamples: 5)
        var errors = HealthProbe(name: "errors", kind: .prometheus)
        errors.server = "https://prometheus.example"
        errors.query = "rate(errors[5m])"
        errors.least = 0
        errors.most = 10
        return [up, web, errors]
    }()
}
