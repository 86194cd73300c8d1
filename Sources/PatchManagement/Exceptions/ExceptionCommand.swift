package import EventSourcing

/// Everything that can be asked of an exception.
package enum ExceptionCommand: Sendable, Equatable {
    case request(ExceptionRequest, exception: StreamID, policy: ExceptionPolicy)
    /// - Parameters:
    ///   - request: The digest of the request that the risk owner has seen.
    ///   - until: Not after the end that was asked for.
    ///   - control: The control that the request names, as it stands; nil when it names none. One
    ///     that doesn't hold any more would never lapse, and so never end the exception.
    case grant(
        request: Digest, until: Timestamp, restart: ClockRestart, control: ControlOnPath?,
        reason: String)
    case deny(reason: String)
    case revoke(reason: String)
    /// The security control that it leans on holds no longer.
    case loseControl(StreamID)
    case timer(ExceptionTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .request: .requestException
        case .grant, .deny: .decideException
        case .revoke: .revokeException
        case .loseControl: .endException
        case .timer: .fireExceptionTimer
        }
    }
}

/// The timers of an exception, by their stored names.
package enum ExceptionTimer: String, Sendable, CaseIterable {
    case end = "exception-end"
    case reminder = "exception-reminder"
}
