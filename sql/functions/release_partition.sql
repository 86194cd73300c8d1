-- Lets the partition of the positions `first` to `last` go, whose file record_archive has recorded in
-- the same transaction. Called by 'patchflow archive create', as the schema's owner; nobody else may.
-- Takes the table of events for itself, for a moment: whoever calls it has set a lock_timeout, and
-- tries again from a savepoint.
create or replace function patchflow.release_partition(first bigint, last bigint) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    child regclass;
begin
    select i.inhrelid::regclass into child
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'patchflow.events'::regclass
        and pg_get_expr(c.relpartbound, c.oid)
            = format('FOR VALUES FROM (''%s'') TO (''%s'')', first, last + 1);
    if child is null or not exists (
        select from archives where first_position = first and last_position = last)
    then
        raise exception 'no partition with exactly the positions % to % is recorded as archived',
            first, last using errcode = 'PF010';
    end if;
    execute format('alter table events detach partition %s', child);
    execute format('drop table %s', child);
end
$$;
