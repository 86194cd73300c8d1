/// I11: the triggers that refuse changes of the log are there, on every partition, and switched on.
package enum TriggerCheck {
    package struct Trigger: Sendable {
        package let table: String
        /// The function that it calls, within the schema.
        package let function: String
        package let isEnabled: Bool
        package let events: Set<Event>
        /// It fires for some changes only.
        package let isConditional: Bool

        package init(
            table: String, function: String, isEnabled: Bool, events: Set<Event>,
            isConditional: Bool
        ) {
            self.table = table
            self.function = function
            self.isEnabled = isEnabled
            self.events = events
            self.isConditional = isConditional
        }
    }

    package enum Event: String, Sendable, CaseIterable {
        case update, delete, truncate
    }

    /// What was sealed may grow, and old checkpoints between others may go.
    private static func letsSome(_ event: Event, of table: String) -> Bool {
        switch event {
        case .update: table == "checkpoints" || table == "tiles"
        case .delete: table == "checkpoints"
        case .truncate: false
        }
    }

    /// - Parameters:
    ///   - partitions: Of events.
    ///   - settings: Where `session_replication_role` is set for a database or a role, which would
    ///     switch triggers off.
    package static func judge(
        _ triggers: [Trigger], partitions: [String], settings: [String]
    ) -> Check {
        var check = Check("triggers")
        let action = "\(StoreFinding.migrate), which makes it again, and find out who took it away"
        for table in ["events"] + partitions.sorted() + ["checkpoints", "tiles"] {
            for event in Event.allCases {
                let guards = triggers.filter {
                    $0.table == table && $0.function == "refuse_change" && $0.events.contains(event)
                        && ($0.isConditional == false || Self.letsSome(event, of: table))
                }
                if guards.isEmpty {
                    check.damaged(
                        "nothing refuses \(event.rawValue.uppercased()) of \(table)", action: action
                    )
                } else if !guards.contains(where: \.isEnabled) {
                    check.damaged(
                        "the trigger that refuses \(event.rawValue.uppercased()) of \(table) is "
                            + "switched off",
                        action:
                            "alter table patchflow.\(table) enable trigger all, and find out who "
                            + "switched it off")
                }
            }
        }
        for setting in settings.sorted() {
            check.damaged(
                "session_replication_role is set for \(setting): triggers don't fire there",
                action: "reset it, and find out what was changed meanwhile")
        }
        check.hasLooked(
            at: "\(counted(triggers.count, "trigger")) on \(counted(partitions.count + 3, "table"))"
        )
        return check
    }
}
