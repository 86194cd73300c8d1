/// I11: the triggers that refuse changes of the log are there, on every partition, and switched on.
package enum TriggerCheck {
    package struct Trigger: Sendable {
        package let table: String
        package let name: String
        /// The function that it calls; with its schema where that is another one.
        package let function: String
        package let isEnabled: Bool
        package let events: Set<Event>
        /// It fires for some changes only.
        package let isConditional: Bool

        package init(
            table: String, name: String, function: String, isEnabled: Bool, events: Set<Event>,
            isConditional: Bool
        ) {
            self.table = table
            self.name = name
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
    ///   - rules: Rewrite rules on tables, `TABLE.RULE`: patchflow makes none.
    package static func judge(
        _ triggers: [Trigger], partitions: [String], settings: [String], rules: [String] = []
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
        // What changes a row on its way into the log is nowhere else to be seen.
        for trigger in triggers.sorted(by: { ($0.table, $0.name) < ($1.table, $1.name) })
        where trigger.function != "refuse_change" {
            check.damaged(
                "the trigger \(trigger.name) on \(trigger.table) calls \(trigger.function), and is none "
                    + "of patchflow's: what was written since it is there may not be what was sent",
                action: "find out who made it, and drop it")
        }
        for rule in rules.sorted() {
            check.damaged(
                "the rewrite rule \(rule) is none of patchflow's: what was written since it is there "
                    + "may not be what was sent", action: "find out who made it, and drop it")
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
