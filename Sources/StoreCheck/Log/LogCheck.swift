internal import EventSourcing

/// I11: positions are 1, 2, 3, ... up to the head and times don't go back; and I10: each event is
/// remembered with the command that it came by. Fed with the rows in order; memory doesn't grow.
package struct LogCheck {
    package private(set) var positions = Check("positions")
    package private(set) var commands = Check("commands")
    private var last: Int64 = 0
    private var rows: Int64 = 0
    private var remembered: Int64 = 0
    /// Neighbouring positions whose archive isn't at hand, and why.
    private var away: (first: Int64, last: Int64, reason: String)?
    private var recordedAt: Timestamp?
    /// The command whose events are being read, and the last position that it says it has.
    private var open: (command: RecordedEvent, last: Int64)?

    package init() {}

    /// - Parameter fault: Why no entry of the log can be made of it.
    package mutating func take(_ row: LoggedRow, fault: String? = nil) {
        missing(before: row.position)
        last = row.position
        if row.isAway { return takeAway(row) }
        tellAway()
        rows += 1
        if row.event != nil, let fault {
            positions.damaged("no entry can be made of the event: \(fault)", at: row.position)
        }
        guard let event = row.event else {
            positions.damaged(
                "the event can't be read: \(row.fault ?? "no reason is known")", at: row.position)
            open = nil
            return
        }
        if let recordedAt, event.recordedAt < recordedAt {
            positions.damaged(
                "recorded at \(event.recordedAt), before the event in front of it", at: row.position
            )
        }
        recordedAt = event.recordedAt
        takeCommand(of: event, row)
    }

    /// - Parameters:
    ///   - head: Of the log when reading began.
    ///   - commands: How many rows of the table of commands were looked at besides.
    package mutating func finish(head: Int64, commands count: Int64) {
        tellAway()
        missing(before: head + 1)
        positions.hasLooked(at: "\(counted(rows, "event")) up to position \(head)")
        commands.hasLooked(
            at: "\(counted(count, "command")), \(remembered) of the events by them")
    }

    /// A row of the table of commands that events don't bear out.
    package mutating func strayCommand(_ id: String, firstPosition: Int64, lastPosition: Int64) {
        commands.damaged(
            "the command \(id) is remembered with the positions \(firstPosition) to "
                + "\(lastPosition), where its events aren't", at: firstPosition)
    }

    package mutating func unreadableCommands(_ reason: String) {
        commands.damaged("commands can't be compared with their events: \(reason)")
    }

    /// The table that leads to the archived events of a stream doesn't lead to this one.
    package mutating func unindexed(at position: Int64) {
        positions.damaged(
            "the table archived_streams doesn't lead to the archived event", at: position)
    }

    private mutating func takeAway(_ row: LoggedRow) {
        open = nil
        let reason = row.fault ?? "no reason is known"
        guard let known = away, known.reason == reason else {
            tellAway()
            away = (row.position, row.position, reason)
            return
        }
        away?.last = row.position
    }

    private mutating func tellAway() {
        guard let away else { return }
        positions.incomplete(
            "the events at positions \(away.first) to \(away.last) could not be looked at: "
                + away.reason, action: StoreFinding.findArchive)
        self.away = nil
    }

    private mutating func missing(before position: Int64) {
        guard position > last + 1 else { return }
        let first = last + 1
        let place =
            first == position - 1
            ? "the event at position \(first) is missing"
            : "the events at positions \(first) to \(position - 1) are missing"
        positions.damaged(place, at: first)
        open = nil
    }

    private mutating func takeCommand(of event: RecordedEvent, _ row: LoggedRow) {
        if let open, open.command.commandID != event.commandID, event.position <= open.last {
            commands.damaged(
                "the event is another command's than that of position \(open.command.position), "
                    + "which is remembered with positions up to \(open.last)", at: event.position)
        }
        guard let command = row.command else {
            if row.mustBeRemembered {
                commands.damaged(
                    "the event's command \(event.commandID.text) is not remembered, though it is "
                        + "recent: sent again, it would be appended again", at: event.position)
            }
            open = nil
            return
        }
        remembered += 1
        if !(command.firstPosition...max(command.firstPosition, command.lastPosition)).contains(
            event.position)
        {
            commands.damaged(
                "the event's command \(event.commandID.text) is remembered with the positions "
                    + "\(command.firstPosition) to \(command.lastPosition)", at: event.position)
        } else if command.recordedAt != event.recordedAt {
            commands.damaged(
                "the event was recorded at \(event.recordedAt), its command at "
                    + "\(command.recordedAt)", at: event.position)
        }
        open = (event, command.lastPosition)
    }
}
