-- Forgets what nobody asks for any more: commands accepted 30 days ago, workers that have been
-- gone for a day and hold nothing, and freezes that ended a day ago. Called by the store's upkeep; a limited number at a time.
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
    delete from freezes where ends < clock_timestamp() - interval '1 day';
end
$$;
