package import EventSourcing
package import FoundationEssentials
package import PatchManagement

/// The host's own record of one step of one attempt, which makes it run at most once (I4): the
/// simulation's `/var/lib/patchflow/attempts/<id>`.
package struct StepRecord: Codable, Sendable, Equatable {
    package let attempt: UUID
    package let step: AttemptStep
    package let fence: Int64
    package let began: Timestamp
    package let end: End
    /// What the step does when it ends well.
    let change: HostChange
    /// The change is made, or never will be.
    var isSettled = false

    package enum End: Codable, Sendable, Equatable {
        case finishes(Timestamp, ExecutionReport)
        /// It runs for ever.
        case hangs
        /// The host went down in the middle of it.
        case dies(Timestamp)
    }

    package func isRunning(at moment: Timestamp) -> Bool {
        switch end {
        case .finishes(let ends, _): moment < ends
        case .hangs: true
        case .dies(let died): moment < died
        }
    }

    func answer(at moment: Timestamp) -> ProbeReport {
        if isRunning(at: moment) { return .running }
        return switch end {
        case .finishes(_, let report): .finished(report)
        case .hangs: .running
        case .dies: .interrupted
        }
    }
}

/// A run of a step, noted as its first deed: what tests of I4 count, since it is kept apart from
/// the records that are to prevent a second one.
package struct Execution: Codable, Sendable, Equatable {
    package let attempt: UUID
    package let step: AttemptStep
    /// The packages and versions that it was about.
    package let packages: [String]
    package let at: Timestamp
}

/// What a step leaves on a host.
struct HostChange: Codable, Sendable, Equatable {
    /// By name and architecture; a version of nil removes the package.
    var packages: [PriorPackage] = []
    var stoppedServices: [String] = []
    var startsServices = false
    var needsReboot = false
    /// dpkg is left in the middle; nil leaves it as it is.
    var interruptsDpkg: Bool?
}
