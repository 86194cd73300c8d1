import Testing

/// What somebody with a superuser's rights does to a store, and what the doctor must say.
struct Damage: Sendable, CustomTestStringConvertible {
    let sql: String
    let check: String
    let position: Int64?
    let reason: String

    init(_ sql: String, _ check: String, at position: Int64? = nil, _ reason: String) {
        self.sql = sql
        self.check = check
        self.position = position
        self.reason = reason
    }

    var testDescription: String { "\(check): \(reason)" }

    static let all = log + sealed + books + catalog

    static let log = [
        Damage(
            "update events set data = '{\"x\":1}' where position = 300", "sealed events", at: 300,
            "the event is not the one that was sealed"),
        Damage(
            "update events set actor = 'pe_x' where position = 1", "sealed events", at: 1,
            "the event is not the one that was sealed"),
        Damage(
            "delete from events where position = 300", "positions", at: 300,
            "the event at position 300 is missing"),
        Damage(
            "delete from events where position between 300 and 310", "positions", at: 300,
            "the events at positions 300 to 310 are missing"),
        Damage(
            "delete from events where position > 590", "checkpoints", at: 591,
            "600 events are sealed, and only 590 are there"),
        Damage(
            """
            insert into events select 610, stream_id, 99, gen_random_uuid(), type, schema_version,
                occurred_at, recorded_at, actor, actor_role, on_behalf_of, command_id,
                correlation_id, causation_id, data
            from events where position = 600
            """, "positions", at: 601, "the events at positions 601 to 609 are missing"),
        Damage(
            "update events set recorded_at = recorded_at - interval '1 hour' where position = 300",
            "positions", at: 300, "before the event in front of it"),
        Damage(
            "update events set stream_id = -1 where position = 3", "positions", at: 3,
            "its stream is missing"),
        Damage(
            "update events set type = repeat('x', 70000) where position = 300", "positions",
            at: 300,
            "no entry can be made"),
        Damage(
            "delete from commands where 300 between first_position and last_position",
            "commands", at: 300, "is not remembered, though it is recent"),
        Damage(
            "update commands set first_position = 17, last_position = 17 where first_position = 1",
            "commands", at: 1, "is remembered with the positions 17 to 17"),
        Damage(
            "update commands set last_position = 2 where first_position = 1", "commands", at: 2,
            "the event is another command's"),
        Damage(
            """
            insert into commands values (gen_random_uuid(), sha256(''), 7000, 7001, now())
            """, "commands", at: 7000, "where its events aren't"),
        Damage(
            "update streams set version = 7 where first_position = 1", "streams", at: 1,
            "has version 7 and 3 events"),
        Damage(
            "update streams set last_position = 2 where first_position = 1", "streams", at: 1,
            "is said to lie at positions 1 to 2, and lies at 1 to 3"),
        Damage(
            """
            update events set version = version + 10 where position in (1, 2);
            update events set version = case position when 1 then 2 else 1 end
            where position in (1, 2)
            """, "streams", at: 1, "is out of order"),
        Damage(
            "delete from streams where first_position = 1", "positions", at: 1,
            "its stream is missing"),
    ]

    static let sealed = [
        Damage(
            "update tiles set hashes = set_byte(hashes, 32, 1 # get_byte(hashes, 32)) "
                + "where level = 0 and index = 1", "sealed events", at: 258,
            "the event is not the one that was sealed"),
        Damage(
            "update tiles set hashes = set_byte(hashes, 32, 1 # get_byte(hashes, 32)) "
                + "where level = 1", "tiles", "does not follow from the tiles below it"),
        Damage(
            "delete from tiles where level = 1", "tiles", "is missing or too short"),
        Damage(
            "delete from tiles where level = 0 and index = 2", "tiles", at: 513,
            "the tile with the event's hash is missing or too short"),
        Damage(
            "insert into tiles values (0, 9, sha256('x'))", "tiles",
            "1 tile beyond the last head's tree"),
        Damage(
            "update checkpoints set root = sha256('x') where size = 600", "checkpoints", at: 600,
            "the stored root of 600 events is not that of the stored tiles"),
        Damage(
            "update checkpoints set note = 'x' where size = 600", "checkpoints", at: 600,
            "the note of the head is none of this log"),
        Damage(
            // Rewritten with all that stands on it, but for the key.
            "update checkpoints set note = replace(note, 'example.org/log', 'example.org/gol') "
                + "where size = 600", "checkpoints", at: 600,
            "the note of the head is none of this log"),
        Damage(
            "insert into checkpoints (size, root) values (9999, sha256('x'))", "checkpoints",
            at: 601, "9999 events are sealed, and only 600 are there"),
    ]

    static let books = [
        Damage(
            "update documents set bytes = 'other'", "documents",
            "holds other bytes than its name says"),
        Damage(
            "delete from documents", "named documents", at: 5, "which the event names, is missing"),
        Damage(
            "update activities set stream = 'te_x'", "work", "is for the stream te_x"),
        Damage(
            "update timers set stream = 'te_x'", "work", "the timer soak is for the stream te_x"),
        Damage("delete from workers", "work", "which there is not"),
        Damage(
            "update asset_attempt set attempt = null", "work", "which no asset has"),
        Damage(
            "update asset_attempt set asset = 'as_x'", "work", "the asset as_x is held by"),
        Damage(
            "update asset_attempt set fence = 1::bigint << 60", "work",
            "is higher than any that was given out"),
        Damage(
            "update subscriptions set position = 601", "work",
            "the subscriber runner has come to position 601"),
        Damage("delete from incarnation", "work", "the table incarnation has not one row"),
        Damage(
            "insert into projections (definition, position, live) values (1, 601, true)",
            "read models", at: 600, "beyond the end of the log"),
        Damage(
            """
            insert into projections (definition, live) values (1, true);
            insert into projection_rows
            select generation, 'patch', 'pa_1', n, null, null, 's', 'k', '{}'
            from projections, generate_series(1, 2) n
            """, "read models", at: 2, "two versions of patch pa_1 at once"),
    ]

    static let catalog = [
        Damage(
            "alter table events detach partition events_000005000001", "partitions",
            "the table events_000005000001 was detached"),
        Damage(
            "alter table events detach partition events_000000000001", "partitions",
            "the partition of positions 1 to 5000000 is missing"),
        Damage(
            "drop table events_000000000001", "partitions",
            "the partition of positions 1 to 5000000 is missing"),
        Damage(
            "alter table events_000005000001 disable trigger all", "triggers",
            "the trigger that refuses TRUNCATE of events_000005000001 is switched off"),
        Damage(
            "alter table events_000000000001 disable trigger events_append_only", "triggers",
            "the trigger that refuses UPDATE of events_000000000001 is switched off"),
        Damage(
            "drop trigger events_append_only on events", "triggers",
            "nothing refuses UPDATE of events"
        ),
        Damage(
            "drop trigger events_000000000001_truncate on events_000000000001", "triggers",
            "nothing refuses TRUNCATE of events_000000000001"),
        Damage(
            "drop trigger tiles_no_delete on tiles", "triggers", "nothing refuses DELETE of tiles"),
        Damage(
            """
            do $$ begin execute format(
                'alter database %I set session_replication_role = replica', current_database());
            end $$
            """, "triggers", "session_replication_role is set for"),
        Damage(
            """
            create or replace function refuse_change() returns trigger language plpgsql
            as 'begin return new; end'
            """, "functions", "the function refuse_change is not this program's"),
        Damage(
            """
            create function public.meddle() returns trigger language plpgsql
            as 'begin new.data = ''{}''; return new; end';
            create trigger meddle before insert on events for each row
            execute function public.meddle()
            """, "triggers",
            "the trigger meddle on events calls public.meddle, and is none of patchflow's"),
        Damage(
            "create rule forget as on insert to commands do instead nothing", "triggers",
            "the rewrite rule commands.forget is none of patchflow's"),
        Damage(
            "drop function wake_waiting cascade", "functions",
            "the function wake_waiting is missing"),
        Damage(
            "alter function seal_log security invoker", "functions",
            "the function seal_log runs with the rights of whoever calls it"),
        Damage(
            "alter function append_events reset search_path", "functions",
            "the function append_events is run with other settings than it was made with"),
        Damage(
            "alter table documents drop constraint documents_pkey", "functions",
            "the table documents has lost its primary key"),
        Damage(
            "grant update on events to public", "rights",
            "not from sql/roles.sql: UPDATE on events to PUBLIC"),
        Damage(
            "grant update (data) on events to patchflow_appender", "rights",
            "not from sql/roles.sql: UPDATE (data) on events to patchflow_appender"),
        Damage(
            "grant insert on events_000000000001 to patchflow_worker", "rights",
            "not from sql/roles.sql: INSERT on events_000000000001 to patchflow_worker"),
        Damage(
            "grant execute on function append_events to public", "rights",
            "not from sql/roles.sql: EXECUTE on append_events to PUBLIC"),
        Damage(
            "grant create on schema patchflow to patchflow_projector", "rights",
            "not from sql/roles.sql: CREATE on patchflow to patchflow_projector"),
        Damage(
            "alter table commands owner to patchflow_appender", "rights",
            "commands belongs to patchflow_appender, not to patchflow_owner"),
        Damage(
            "update migrations set sha256 = sha256('x') where version = 2", "schema",
            "was edited after it had been applied"),
    ]
}
