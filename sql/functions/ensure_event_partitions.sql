-- Makes the partitions of events that the next `ahead` positions need. Called by migrate and by
-- the store's upkeep; takes a lock of its own, so several may call it at once. A partition is made
-- apart and then attached, which neither waits for readers and appends nor holds them up. Every role
-- of a process may call it, so what it may ask for has bounds.
create or replace function patchflow.ensure_event_partitions(
    ahead bigint default 10000000, size bigint default 5000000
) returns integer
language plpgsql
security definer
set search_path = patchflow, pg_temp
as $$
declare
    head bigint;
    top bigint;
    made integer := 0;
    child text;
begin
    if ahead is null or ahead not between 0 and 1000000000 then
        raise exception using
            errcode = '22023',
            message = format('ahead is %s: 0 to 1000000000 positions can be made ready', ahead);
    end if;
    if size is null or size not between 1000000 and 100000000 then
        raise exception using
            errcode = '22023',
            message = format('size is %s: a partition holds 1000000 to 100000000 events', size);
    end if;
    perform pg_advisory_xact_lock(7310442, 2);
    select coalesce(max(position), 0) into head from events;
    select coalesce(max((regexp_match(
        pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(\d+)''?\)'))[1]::bigint), 1)
    into top
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'patchflow.events'::regclass;
    while top <= head + ahead loop
        child := format('events_%s', lpad(top::text, 12, '0'));
        execute format('create table %I (like events including defaults)', child);
        execute format('create unique index on %I (stream_id, version)', child);
        execute format(
            'create trigger %I before truncate on %I execute function refuse_change()',
            child || '_truncate', child);
        execute format('revoke all on %I from public', child);
        execute format(
            'alter table events attach partition %I for values from (%s) to (%s)',
            child, top, top + size);
        top := top + size;
        made := made + 1;
    end loop;
    return made;
end
$$;
