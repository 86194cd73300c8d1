-- Takes the log's tree from `old_size` to `new_size` leaves: stores the tiles that are new or have
-- grown, and the new head, unsigned. Called by the sealer, alone in its transaction. One sealer at
-- a time gets through (an advisory lock, to the end of the transaction), and only one that has seen
-- the head before.
--
-- Its commit waits for the flush, and for a synchronous standby, whatever the server's settings
-- say: commit records are written in order, so that every event that was read before is durable
-- with it (I11).
--
-- Returns: false when the head isn't `old_size` any more; nothing is stored then.
create or replace function patchflow.seal_log(
    old_size bigint, new_size bigint, new_root bytea, tile_level smallint[], tile_index bigint[],
    tile_hashes bytea[]
) returns boolean
language plpgsql
-- Nobody has rights of their own on what is sealed: see sql/roles.sql.
security definer
set search_path = patchflow, pg_temp
as $$
begin
    if current_setting('synchronous_commit') <> 'remote_apply' then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    perform pg_advisory_xact_lock(7310442, 3);
    if coalesce((select max(size) from checkpoints), 0) <> old_size then
        return false;
    end if;
    insert into tiles (level, index, hashes)
    select t.level, t.index, t.hashes
    from unnest(tile_level, tile_index, tile_hashes) t(level, index, hashes)
    order by t.level, t.index
    on conflict (level, index) do update set hashes = excluded.hashes;
    insert into checkpoints (size, root) values (new_size, new_root);
    return true;
end
$$;
