package import EventSourcing
package import FoundationEssentials

/// A test of a patch on a sample of lab hosts, as far as it has come.
package struct Qualification: Sendable, Equatable {
    /// 1 for the patch's first.
    package let number: Int
    package let artefact: Digest
    package let checks: VerificationChecks
    /// Platforms that the sample covers, sorted.
    package let covered: [PlatformStratum]
    package let tester: Actor
    package let deadline: Timestamp
    /// In the order of the sample.
    package var hosts: [TestedHost]
    /// What is tried beside the installation; nil for nothing.
    package var trial: QualificationTrial?
    /// The emergency in which its sample is enough; nil for a whole one.
    package var smoke: StreamID?

    /// The hosts that still have something to do.
    package var open: [TestedHost] { hosts.filter { $0.awaiting != .nothing } }

    /// Every check, by host in the sample's order and then by step: the same list whatever order
    /// the results came in.
    package var evidence: [Check] { hosts.flatMap(\.checks) }

    /// A failed check outweighs an inconclusive one, and either outweighs all that passed.
    package var verdict: CheckOutcome {
        let outcomes = evidence.map(\.outcome)
        if outcomes.contains(.failed) { return .failed }
        if outcomes.contains(.inconclusive) || outcomes.isEmpty { return .inconclusive }
        return .passed
    }

    /// The old versions could be kept, and brought back, on every host.
    package var isReversible: Bool {
        hosts.allSatisfy { host in
            host.checks.contains { $0.step == .verifyRestored && $0.outcome == .passed }
        }
    }

    /// Those of `pins` that no host of the sample has: nobody has seen them installed.
    func untested(of pins: [PinnedPackage]) -> [PinnedPackage] {
        pins.filter { pin in !hosts.contains { !$0.present([pin]).isEmpty } }
    }

    package func host(_ asset: StreamID) -> TestedHost? { hosts.first { $0.sample.asset == asset } }
}

/// One host of a sample.
package struct TestedHost: Sendable, Equatable {
    package enum Awaiting: Sendable, Equatable {
        /// The result of a step.
        case step(QualificationStep)
        /// Word of what became of a step that may have begun.
        case probe(QualificationStep)
        case nothing
    }

    package struct Lease: Sendable, Equatable {
        package let step: QualificationStep
        package let worker: UUID
        package let fence: Int64
    }

    package let sample: QualificationSample
    package let attempt: UUID
    package var awaiting = Awaiting.step(.precheck)
    /// The worker's right under which the awaited step was begun.
    package var lease: Lease?
    /// Whatever comes with this fence or a lower one has been heard, or has lost its say.
    package var spentFence: Int64 = 0
    package var retries = 0
    package var probes = 0
    /// What the precheck found there of the patch's packages; nil before it.
    package var installed: [PackageSelection]?
    /// The packages as they were; nil before the back-up.
    package var prior: [PriorPackage]?
    package var checks: [Check] = []

    package init(sample: QualificationSample, attempt: UUID) {
        self.sample = sample
        self.attempt = attempt
    }

    /// What the test brings to this host: those of `pins` that its precheck found there, or all of
    /// them before it.
    func present(_ pins: [PinnedPackage]) -> [PinnedPackage] {
        installed.map(pins.present(among:)) ?? pins
    }

    /// Every old version has a file to go back to.
    var canGoBack: Bool {
        guard let prior else { return false }
        return prior.allSatisfy { $0.version == nil || $0.keptFile != nil }
    }
}
