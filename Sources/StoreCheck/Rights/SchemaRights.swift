/// What sql/roles.sql grants, all of it: tests try each role on each object by this table, and fail
/// for an object that isn't in it; `patchflow doctor` compares it with the catalog.
package enum SchemaRights {
    package static let schema = "patchflow"

    /// Without the partitions of events, on which nobody but the owner has any right.
    package static let tables = [
        "streams", "events", "archives", "archived_streams", "commands", "documents", "workers",
        "activities", "timers",
        "incarnation", "dispatch_control", "slots", "asset_attempt", "openings", "freezes",
        "freeze_overrides", "slot_waits", "subscriptions",
        "subscription_notes", "projections", "projection_rows", "projection_parked", "tiles",
        "checkpoints", "migrations",
    ]

    package static let sequences = ["fences", "projections_generation_seq", "streams_id_seq"]

    package static let functions = [
        "add_cosignature", "append_events", "change_calendar", "change_cap", "change_control",
        "check_calendar", "claim_activities", "end_attempts", "ensure_event_partitions",
        "forget_old_rows", "keeps_checkpoint", "lock_control", "name_streams", "next_fence",
        "pick_slot", "record_archive", "refuse_change", "release_partition", "schedule_work",
        "seal_log",
        "store_note", "take_permit", "wake_parked", "wake_waiting",
    ]

    /// Functions that run with their owner's rights and aren't the schema owner's.
    package static let functionOwners: [String: DatabaseRole] = [
        "append_events": .logWriter, "name_streams": .logWriter, "seal_log": .sealWriter,
        "store_note": .sealWriter, "add_cosignature": .sealWriter,
    ]

    package static let grants: Set<Grant> = Set(reading + working + writing + running)

    private static let reading: [Grant] =
        may([.usage], on: [schema], .appender, .worker, .projector, .sealer, .reader, .auditor)
        + may([.usage], on: [schema], .logWriter, .sealWriter)
        + may(
            [.select], on: ["events", "streams", "archives", "archived_streams", "tiles"],
            .appender,
            .worker, .projector, .sealer, .reader)
        + may(
            [.select], on: ["migrations"], .appender, .worker, .projector, .sealer, .reader)
        + may([.select], on: ["commands", "documents"], .appender, .worker)
        + may([.select], on: ["checkpoints"], .appender, .sealer, .reader)
        + may(
            [.select], on: ["projections", "projection_rows", "projection_parked"], .appender,
            .projector, .reader)
        + may([.select], on: ["activities", "workers"], .appender, .worker, .reader)
        + may(
            [.select],
            on: [
                "timers", "incarnation", "subscriptions", "subscription_notes",
                "dispatch_control", "slots",
            ], .worker)
        + may([.select], on: tables + sequences, .auditor)

    /// What processes write themselves.
    private static let working: [Grant] =
        may([.usage], on: ["fences"], .worker)
        + mayUpdate(
            [
                "worker", "fence", "tries", "claimed_at", "available_at", "last_reason",
                "parked_by",
            ],
            of: "activities", .worker)
        + may([.insert], on: ["workers", "subscriptions", "subscription_notes"], .worker)
        + mayUpdate(["lease_until"], of: "workers", .worker)
        + mayUpdate(["position"], of: "subscriptions", .worker)
        + mayUpdate(["note"], of: "subscription_notes", .worker)
        + may([.delete], on: ["subscription_notes"], .worker)
        + may(
            [.insert], on: ["projections", "projection_rows", "projection_parked"], .projector)
        + mayUpdate(
            [
                "position", "live", "building", "target", "advanced_at", "replaced_at",
                "verified_position", "verified_hash", "verified_at", "late_folds",
            ], of: "projections", .projector)
        + mayUpdate(["to_position"], of: "projection_rows", .projector)
        + mayUpdate(["reason", "retries", "retried_at"], of: "projection_parked", .projector)
        + may([.delete], on: ["projections", "projection_parked"], .projector)

    /// What functions write for them.
    private static let writing: [Grant] =
        may([.select, .insert], on: ["events", "commands", "documents"], .logWriter)
        + may(
            [.select, .insert, .update], on: ["streams", "dispatch_control", "asset_attempt"],
            .logWriter)
        + may(
            [.select, .insert, .update, .delete],
            on: [
                "activities", "timers", "slots", "openings", "freezes", "freeze_overrides",
                "slot_waits",
            ],
            .logWriter)
        + may([.select], on: ["workers"], .logWriter)
        // New streams are numbered before they are made.
        + may([.usage], on: ["streams_id_seq"], .logWriter)
        + may([.select, .insert], on: ["tiles", "checkpoints"], .sealWriter)
        + mayUpdate(["hashes"], of: "tiles", .sealWriter)
        + mayUpdate(["note", "cosignatures"], of: "checkpoints", .sealWriter)

    private static let running: [Grant] =
        may([.execute], on: ["append_events", "name_streams"], .appender, .worker, .logWriter)
        + may(
            [.execute], on: ["seal_log", "store_note", "add_cosignature"], .sealer, .sealWriter)
        + may(
            [.execute], on: ["ensure_event_partitions", "forget_old_rows"], .appender, .worker,
            .projector, .sealer)
        + may([.execute], on: ["claim_activities", "next_fence"], .worker)
        + may(
            [.execute],
            on: [
                "lock_control", "take_permit", "end_attempts", "schedule_work", "change_control",
                "change_calendar", "check_calendar", "change_cap", "pick_slot", "wake_waiting",
                "wake_parked",
            ],
            .logWriter)

    private static func may(
        _ privileges: [Privilege], on objects: [String], _ roles: DatabaseRole...
    ) -> [Grant] {
        roles.flatMap { role in
            objects.flatMap { object in
                privileges.map { Grant(role: role.name, privilege: $0, object: object) }
            }
        }
    }

    private static func mayUpdate(
        _ columns: [String], of table: String, _ role: DatabaseRole
    ) -> [Grant] {
        columns.map { Grant(role: role.name, privilege: .update, object: table, column: $0) }
    }
}
