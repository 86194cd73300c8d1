-- Forgets what nobody asks for any more: commands accepted 30 days ago, workers that have been gone for
-- a day and hold nothing, freezes that ended a day ago, waits for a slot that nobody has asked for again in
-- an hour, and checkpoints between those that stay
-- (keeps_checkpoint, which is asked again for each). Called by the store's upkeep; a limited number at a
-- time.
create or replace function patchflow.forget_old_rows(
    limit_per_call integer default 50000
) returns void
language plpgsql
security definer
set search_path = patchflow, pg_temp
as $$
begin
    delete from commands where command_id = any(array(
        select command_id from commands
        where recorded_at < clock_timestamp() - interval '30 days'
        limit limit_per_call));
    delete from workers w
    where w.lease_until < clock_timestamp() - interval '1 day'
        and not exists (select from activities a where a.worker = w.id);
    delete from slot_waits where seen_at < clock_timestamp() - interval '1 hour';
    delete from freezes where ends < clock_timestamp() - interval '1 day';
    -- Several processes see to it: one is enough.
    if pg_try_advisory_xact_lock(7310442, 5) then
        delete from checkpoints where size = any(array(
            select c.size from (
                select size, cosignatures, lead(sealed_at) over (order by size) as followed_at,
                    sealed_at
                from checkpoints
                -- With those of the hour behind, by which the last of the old ones is followed.
                where note is not null and sealed_at < clock_timestamp() - interval '23 hours') c
            where date_trunc('day', c.followed_at, 'UTC') = date_trunc('day', c.sealed_at, 'UTC')
                and not keeps_checkpoint(c.size)
            order by c.size
            limit least(limit_per_call, 5000)));
    end if;
end
$$;
