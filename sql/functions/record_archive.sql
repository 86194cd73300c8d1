-- Records the file that holds the events of the positions `first` to `last`, and where in it those of
-- each stream lie. Called by 'patchflow archive create', as the schema's owner, once that file is
-- durable and was verified; nobody else may. In the same transaction release_partition lets the
-- partition go: this is the part of it that takes long and is in nobody's way, so it is done once.

-- The function that did both is gone.
drop function if exists patchflow.archive_partition(bigint, bigint, text, bytea, bigint, bigint);

create or replace function patchflow.record_archive(
    first bigint, last bigint, file text, sha256 bytea, bytes bigint, checkpoint_size bigint
) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    child regclass;
    earlier bigint;
    found bigint;
begin
    -- Partitions are made under the same lock.
    perform pg_advisory_xact_lock(7310442, 2);
    select i.inhrelid::regclass into child
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'patchflow.events'::regclass
        and pg_get_expr(c.relpartbound, c.oid)
            = format('FOR VALUES FROM (''%s'') TO (''%s'')', first, last + 1);
    if child is null then
        raise exception 'no partition holds exactly the positions % to %', first, last
            using errcode = 'PF010';
    end if;
    select coalesce(max(last_position), 0) into earlier from archives;
    if earlier <> first - 1 then
        raise exception 'archives reach position %: the next one begins behind it, not at %',
            earlier, first using errcode = 'PF010';
    end if;
    if not exists (select from events where position > last) then
        raise exception 'the log ends before position %: its last partition stays', last + 1
            using errcode = 'PF010';
    end if;
    if not exists (
        select from checkpoints c
        where c.size = record_archive.checkpoint_size and c.size >= last and c.note is not null)
    then
        raise exception 'no signed checkpoint of % entries covers position %', checkpoint_size, last
            using errcode = 'PF010';
    end if;

    insert into archives (first_position, last_position, file, sha256, bytes, checkpoint_size)
    values (first, last, record_archive.file, record_archive.sha256,
        record_archive.bytes, record_archive.checkpoint_size);
    execute format(
        'insert into archived_streams (stream_id, first_position, first_version, places)
         select stream_id, $1, min(version), array_agg((position - $1)::integer order by version)
         from %s group by stream_id', child)
    using first;
    select sum(cardinality(places)) into found
    from archived_streams a where a.first_position = record_archive.first;
    if found is distinct from last - first + 1 then
        raise exception 'of the positions % to % only % are there', first, last, found
            using errcode = 'PF010';
    end if;
end
$$;
