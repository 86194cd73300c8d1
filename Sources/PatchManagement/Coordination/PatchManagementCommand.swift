package import EventSourcing

/// A command for any of the deciders that the coordinator speaks to.
package enum PatchManagementCommand: Sendable, Equatable {
    case patch(PatchCommand)
    case rollout(RolloutCommand)
    case deployment(DeploymentCommand)
    case asset(AssetCommand)
    case emergency(EmergencyCommand)
    /// For a patch in the pack: whoever sends it finds out which of its assets remain.
    case inPack(VerifiedPack)
}

/// A command and the stream that it is for.
package struct RoutedCommand: Sendable, Equatable {
    package let stream: StreamID
    package let command: PatchManagementCommand

    package init(_ stream: StreamID, _ command: PatchManagementCommand) {
        self.stream = stream
        self.command = command
    }
}
