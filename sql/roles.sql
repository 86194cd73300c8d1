-- What the processes of patchflow may do with the database: append, by the one function that does;
-- read everything; keep their own books (work, subscriptions, read models). Nobody of them can
-- change or remove an event, or what was sealed: append_events, seal_log, store_note and
-- add_cosignature run with their owner's rights, they have none of their own on the log. Applied again
-- by every migration, after the functions.
--
-- Where the owner may not create roles, make patchflow_service by hand and migrate again.
do $$
begin
    if not exists (select from pg_roles where rolname = 'patchflow_service') then
        if not (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) then
            raise notice 'the role patchflow_service is missing and may not be made by %',
                current_user;
            return;
        end if;
        begin
            create role patchflow_service login;
        exception when duplicate_object or unique_violation then
            -- Roles belong to the whole server, and another database was migrated just now.
            null;
        end;
    end if;

    revoke all on all tables in schema patchflow from patchflow_service;
    grant usage on schema patchflow to patchflow_service;
    grant select on all tables in schema patchflow to patchflow_service;
    grant insert, update, delete on
        patchflow.workers, patchflow.subscriptions, patchflow.subscription_notes,
        patchflow.projections, patchflow.projection_rows, patchflow.projection_parked
    to patchflow_service;
    -- Work is claimed and given back; what it is comes from append_events alone, and goes with it.
    grant update (worker, fence, tries, claimed_at, available_at, last_reason)
    on patchflow.activities to patchflow_service;
    grant usage on all sequences in schema patchflow to patchflow_service;
    revoke execute on function
        patchflow.append_events, patchflow.seal_log, patchflow.store_note,
        patchflow.add_cosignature
    from public;
    grant execute on function
        patchflow.append_events, patchflow.seal_log, patchflow.store_note,
        patchflow.add_cosignature
    to patchflow_service;
end
$$;
