/// How the command line ends. The numbers are a promise to scripts.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    case cancelledAtPrompt = 3
    case notAllowed = 4
    case stale = 5
    case halted = 6
    case timedOut = 7
    case changesPresent = 8
    case evidenceFailed = 9

    /// The exit status for a problem that a server answered. The code decides where one status
    /// stands for several things.
    package init(_ problem: Problem) {
        let codes: [ProblemCode] = [.evidenceIncomplete, .historyDamaged]
        if codes.map(\.rawValue).contains(problem.code) {
            self = .evidenceFailed
            return
        }
        switch problem.status {
        case 401, 403: self = .notAllowed
        case 412: self = .stale
        case 408, 504: self = .timedOut
        default: self = .failed
        }
    }

    /// The exit status that a rollout in `state` gives to `watch` and `wait`; nil while it goes on.
    /// One that only waits for absent assets to return, which can take weeks, has done its work.
    package init?(rolloutState state: String) {
        switch state {
        case "completed", "completedWithFailures", "completedWithStragglers",
            "awaitingStragglers":
            self = .done
        case "paused", "aborted", "cancelled", "rolledBack", "partiallyRolledBack",
            "rollbackFailed", "rejected", "expired":
            self = .halted
        default: return nil
        }
    }
}
