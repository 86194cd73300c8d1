package import EventSourcing
package import TransparencyLog

/// A row of events as it was read, with what belongs to it.
package struct LoggedRow: Sendable {
    /// What the table of commands says of the event's command.
    package struct Command: Sendable, Equatable {
        package let firstPosition: Int64
        package let lastPosition: Int64
        package let recordedAt: Timestamp

        package init(firstPosition: Int64, lastPosition: Int64, recordedAt: Timestamp) {
            self.firstPosition = firstPosition
            self.lastPosition = lastPosition
            self.recordedAt = recordedAt
        }
    }

    package let position: Int64
    /// What can be read of it: nil when it isn't an event, for `fault`.
    package let event: RecordedEvent?
    package let fault: String?
    package let command: Command?
    /// The event is recent enough for its command to be remembered.
    package let mustBeRemembered: Bool
    /// It lies in an archive that isn't at hand: nothing is known of it, for `fault`.
    package let isAway: Bool

    package init(
        position: Int64, event: RecordedEvent, command: Command?, mustBeRemembered: Bool
    ) {
        self.position = position
        self.event = event
        fault = nil
        self.command = command
        self.mustBeRemembered = mustBeRemembered
        isAway = false
    }

    package init(position: Int64, fault: String, isAway: Bool = false) {
        self.position = position
        event = nil
        self.fault = fault
        command = nil
        mustBeRemembered = false
        self.isAway = isAway
    }

    /// The entry of the log that it makes, or why it makes none.
    package func entry() -> (entry: LogEntry?, fault: String?) {
        guard let event else { return (nil, fault) }
        do {
            return (try LogEntry(event), nil)
        } catch {
            return (nil, error.description)
        }
    }
}
