-- Makes the rows of streams that don't exist yet, without an event: so that append_events can lock
-- them like all others. Called before it, in a transaction of its own, which waits for nothing but
-- others that make the same rows, in the same order. Its commit doesn't wait for the flush: somebody
-- may wait for it who holds the sequencing lock.
create or replace function patchflow.name_streams(keys text[]) returns void
language sql
security definer
set search_path = patchflow, pg_temp
as $$
    select set_config('synchronous_commit', 'off', true);
    insert into streams (key)
    select distinct key collate "C" from unnest(keys) key order by key collate "C"
    on conflict (key) do nothing
$$;
