package import APIContract

/// Why a command did not do what it was asked for.
package enum ClientFailure: Error, Equatable {
    /// The server refused.
    case problem(Problem)
    case unreachable(server: String, cause: String)
    /// The server answered something that can't be understood.
    case unreadable(server: String, cause: String)
    case usage(String)
    /// It was done, and came to nothing.
    case failed(String)
    case cancelledAtPrompt
    /// A rollout halted or was rolled back.
    case halted(String)
    case timedOut(String)
    /// What was proved isn't what was to be proved.
    case evidenceFailed(String)

    package var exitStatus: ExitStatus {
        switch self {
        case .problem(let problem): ExitStatus(problem)
        case .unreachable, .unreadable, .failed: .failed
        case .usage: .usage
        case .cancelledAtPrompt: .cancelledAtPrompt
        case .halted: .halted
        case .timedOut: .timedOut
        case .evidenceFailed: .evidenceFailed
        }
    }

    /// What is wrong and what to try; a line for each field that is wrong.
    package var message: String {
        switch self {
        case .problem(let problem): Self.message(problem)
        case .unreachable(let server, let cause):
            "\(server): \(cause). Is patchflow running there? --server or PATCHFLOW_SERVER names it"
        case .unreadable(let server, let cause):
            "\(server) answered something that can't be read: \(cause)"
        case .usage(let text), .failed(let text), .halted(let text), .timedOut(let text),
            .evidenceFailed(let text):
            text
        case .cancelledAtPrompt: "cancelled; nothing was changed"
        }
    }

    private static func message(_ problem: Problem) -> String {
        var lines = [problem.detail]
        // The only fault may be what the detail says already.
        let isSaid = problem.errors.count == 1 && problem.detail.hasSuffix(problem.errors[0].detail)
        if !isSaid { lines += problem.errors.map { "  \($0.field): \($0.detail)" } }
        if problem.status == 401 {
            lines.append("  --token-file or PATCHFLOW_TOKEN_FILE names the file with your token")
        }
        let request = problem.requestId.isEmpty ? "" : ", request \(problem.requestId)"
        lines.append("  (\(problem.code)\(request))")
        return lines.joined(separator: "\n")
    }
}
