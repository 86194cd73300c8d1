-- Who may do what with the database; applied again by every migration, after the functions. What is
-- granted here is written down a second time in Sources/StoreCheck/Rights, by which tests try every
-- role on every table and function, and 'patchflow doctor' reads the catalog.
--
-- Roles that processes connect as, each with the least that it needs:
--   patchflow_appender   serve: reads, and writes by append_events alone
--   patchflow_worker     work: appends too, claims work, keeps its lease and its subscriptions
--   patchflow_projector  project: reads the log, writes the read models
--   patchflow_sealer     seal: reads the log, writes by seal_log, store_note and
--                        add_cosignature alone
--   patchflow_reader     read models and log, for lists
--   patchflow_auditor    doctor: reads everything, writes nothing
-- Roles that nobody connects as:
--   patchflow_log_writer owns append_events and name_streams, which run with its rights: rows are
--                        added to events, never changed or removed
--   patchflow_seal_writer  the same for seal_log, store_note and add_cosignature
--   patchflow_owner      owns all the rest, where a superuser migrates; otherwise whoever migrates does
--
-- UPDATE, DELETE and TRUNCATE of events are refused to everyone, the owner included, by triggers.
-- The owner can still drop or detach a partition and disable a trigger: that is found by
-- 'patchflow doctor' and 'patchflow audit verify', not prevented.
--
-- Roles belong to the whole server, so another database's migration may make them at the same time.
-- Where the migrating user may not make them, 'patchflow migrate' says what to run by hand, and
-- everybody keeps the rights that he has.
do $$
declare
    is_superuser constant boolean := (select rolsuper from pg_roles where rolname = current_user);
    may_make_roles constant boolean :=
        (select rolsuper or rolcreaterole from pg_roles where rolname = current_user);
    incomplete boolean := false;
    r record;
begin
    -- PostgreSQL lets everybody run a new function.
    revoke all on all functions in schema patchflow from public;
    -- A function that was made anew has lost what was granted on the one before.
    if exists (select from pg_roles where rolname = 'patchflow_service') then
        begin
            grant execute on function patchflow.append_events, patchflow.name_streams
            to patchflow_service;
        exception when insufficient_privilege then null;
        end;
    end if;
    for r in
        select name, attribute
        from (values
            ('patchflow_appender', 'login'), ('patchflow_worker', 'login'),
            ('patchflow_projector', 'login'), ('patchflow_sealer', 'login'),
            ('patchflow_reader', 'login'), ('patchflow_auditor', 'login'),
            ('patchflow_log_writer', 'nologin'), ('patchflow_seal_writer', 'nologin'),
            ('patchflow_owner', 'nologin')
        ) wanted(name, attribute)
        where not exists (select from pg_roles where rolname = name)
            and (is_superuser or name <> 'patchflow_owner')
    loop
        if not may_make_roles then
            raise notice 'the role % is missing and may not be made by %', r.name, current_user;
            incomplete := true;
            continue;
        end if;
        begin
            execute format('create role %I %s', r.name, r.attribute);
        exception when duplicate_object or unique_violation then null;
        end;
    end loop;
    if incomplete then return; end if;

    -- A function can only be given to a role that one is a member of.
    if not pg_has_role(current_user, 'patchflow_log_writer', 'usage')
        or not pg_has_role(current_user, 'patchflow_seal_writer', 'usage')
    then
        begin
            grant patchflow_log_writer, patchflow_seal_writer to current_user;
        exception
            when unique_violation then null;
            when insufficient_privilege then
                raise notice '% is no member of patchflow_log_writer and patchflow_seal_writer',
                    current_user;
                return;
        end;
    end if;

    if is_superuser then
        for r in
            select format('alter schema %I owner to patchflow_owner', nspname) as change
            from pg_namespace
            where nspname = 'patchflow' and nspowner <> 'patchflow_owner'::regrole
            union all
            select format('alter table %s owner to patchflow_owner', c.oid::regclass)
            from pg_class c
            where c.relnamespace = 'patchflow'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
                and c.relowner <> 'patchflow_owner'::regrole
                -- A sequence of a column goes with its table.
                and not exists (
                    select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid
                        and c.relkind = 'S' and d.deptype in ('a', 'i'))
            union all
            select format('alter function %s owner to patchflow_owner', p.oid::regprocedure)
            from pg_proc p
            where p.pronamespace = 'patchflow'::regnamespace
                and p.proowner <> 'patchflow_owner'::regrole
                and p.proname not in (
                    'append_events', 'name_streams', 'seal_log', 'store_note', 'add_cosignature')
        loop
            execute r.change;
        end loop;
    end if;
    grant usage, create on schema patchflow to patchflow_log_writer, patchflow_seal_writer;
    alter function patchflow.append_events owner to patchflow_log_writer;
    alter function patchflow.name_streams owner to patchflow_log_writer;
    alter function patchflow.seal_log owner to patchflow_seal_writer;
    alter function patchflow.store_note owner to patchflow_seal_writer;
    alter function patchflow.add_cosignature owner to patchflow_seal_writer;

    -- Nobody keeps what isn't given below. What an administrator gave to roles of his own stays.
    revoke all on schema patchflow from
        public, patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader, patchflow_auditor, patchflow_log_writer, patchflow_seal_writer;
    revoke all on all tables in schema patchflow from
        public, patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader, patchflow_auditor, patchflow_log_writer, patchflow_seal_writer;
    revoke all on all sequences in schema patchflow from
        public, patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader, patchflow_auditor, patchflow_log_writer, patchflow_seal_writer;
    revoke all on all functions in schema patchflow from
        patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader, patchflow_auditor;

    grant usage on schema patchflow to
        patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader, patchflow_auditor, patchflow_log_writer, patchflow_seal_writer;
    -- By the name of the table, never of a partition: partitions come later.
    -- Whoever reads events reads archived ones, and compares these with their hashes.
    grant select on
        patchflow.events, patchflow.streams, patchflow.archives, patchflow.archived_streams,
        patchflow.tiles
    to
        patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader;
    -- Whether it is the schema of the program that starts.
    grant select on patchflow.migrations to
        patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer,
        patchflow_reader;
    grant select on patchflow.commands, patchflow.documents to
        patchflow_appender, patchflow_worker;
    grant select on patchflow.checkpoints to
        patchflow_appender, patchflow_sealer, patchflow_reader;
    grant select on
        patchflow.projections, patchflow.projection_rows, patchflow.projection_parked
    to patchflow_appender, patchflow_projector, patchflow_reader;
    grant select on patchflow.activities, patchflow.workers to
        patchflow_appender, patchflow_worker, patchflow_reader;
    grant select on
        patchflow.timers, patchflow.incarnation, patchflow.subscriptions,
        patchflow.subscription_notes, patchflow.dispatch_control, patchflow.slots
    to patchflow_worker;
    grant select on
        patchflow.streams, patchflow.events, patchflow.archives, patchflow.archived_streams,
        patchflow.commands, patchflow.documents, patchflow.workers, patchflow.activities, patchflow.timers, patchflow.incarnation,
        patchflow.dispatch_control, patchflow.slots, patchflow.asset_attempt,
        patchflow.openings, patchflow.freezes, patchflow.freeze_overrides,
        patchflow.slot_waits, patchflow.subscriptions, patchflow.subscription_notes, patchflow.projections,
        patchflow.projection_rows, patchflow.projection_parked, patchflow.tiles,
        patchflow.checkpoints, patchflow.migrations, patchflow.fences,
        patchflow.projections_generation_seq, patchflow.streams_id_seq
    to patchflow_auditor;

    grant execute on function patchflow.append_events, patchflow.name_streams to
        patchflow_appender, patchflow_worker;
    grant execute on function
        patchflow.seal_log, patchflow.store_note, patchflow.add_cosignature
    to patchflow_sealer;
    -- The store's upkeep, wherever it runs.
    grant execute on function patchflow.ensure_event_partitions, patchflow.forget_old_rows to
        patchflow_appender, patchflow_worker, patchflow_projector, patchflow_sealer;

    -- Work is claimed and given back; what it is comes from append_events alone, and goes with it.
    grant execute on function patchflow.claim_activities, patchflow.next_fence to patchflow_worker;
    grant usage on sequence patchflow.fences to patchflow_worker;
    grant update (worker, fence, tries, claimed_at, available_at, last_reason, parked_by)
    on patchflow.activities to patchflow_worker;
    grant insert, update (lease_until) on patchflow.workers to patchflow_worker;
    grant insert, update (position) on patchflow.subscriptions to patchflow_worker;
    grant insert, update (note), delete on patchflow.subscription_notes to patchflow_worker;

    grant insert, delete, update (
        position, live, building, target, advanced_at, replaced_at, verified_position,
        verified_hash, verified_at, late_folds)
    on patchflow.projections to patchflow_projector;
    grant insert, update (to_position) on patchflow.projection_rows to patchflow_projector;
    grant insert, delete, update (reason, retries, retried_at)
    on patchflow.projection_parked to patchflow_projector;

    grant select, insert on
        patchflow.events, patchflow.commands, patchflow.documents
    to patchflow_log_writer;
    grant select, insert, update on
        patchflow.streams, patchflow.dispatch_control, patchflow.asset_attempt
    to patchflow_log_writer;
    grant select, insert, update, delete on
        patchflow.activities, patchflow.timers, patchflow.slots, patchflow.openings,
        patchflow.freezes, patchflow.freeze_overrides, patchflow.slot_waits
    to patchflow_log_writer;
    grant select on patchflow.workers to patchflow_log_writer;
    grant usage on sequence patchflow.streams_id_seq to patchflow_log_writer;
    grant execute on function
        patchflow.lock_control, patchflow.take_permit, patchflow.end_attempts,
        patchflow.schedule_work, patchflow.change_control, patchflow.change_calendar,
        patchflow.check_calendar, patchflow.change_cap, patchflow.pick_slot,
        patchflow.wake_waiting, patchflow.wake_parked
    to patchflow_log_writer;

    grant select, insert, update (hashes) on patchflow.tiles to patchflow_seal_writer;
    grant select, insert, update (note, cosignatures)
    on patchflow.checkpoints to patchflow_seal_writer;

    -- One role did everything before there were these. It goes on as a member of all of them, for
    -- processes and connection strings that name it; drop it when there are none.
    if exists (select from pg_roles where rolname = 'patchflow_service') then
        begin
            revoke all on all tables in schema patchflow from patchflow_service;
            revoke all on all sequences in schema patchflow from patchflow_service;
            revoke all on all functions in schema patchflow from patchflow_service;
            for r in
                select name from unnest(array[
                    'patchflow_appender', 'patchflow_worker', 'patchflow_projector',
                    'patchflow_sealer']) name
                where not pg_has_role('patchflow_service', name, 'usage')
            loop
                execute format('grant %I to patchflow_service', r.name);
            end loop;
        exception when insufficient_privilege or unique_violation then
            -- Rolled back to here: it keeps the rights that it had.
            raise notice 'patchflow_service could not be made a member of the roles that replace it';
        end;
    end if;
end
$$;
