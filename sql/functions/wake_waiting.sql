-- Makes the activities due that have their turn in scopes in which slots are free. Called by end_attempts
-- and change_cap; what is claimed at this moment asks by itself.
create or replace function patchflow.wake_waiting(p_scopes text[], p_most integer) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
begin
    update activities set available_at = least(available_at, clock_timestamp())
    where id = any(array(
        select a.id
        from unnest(p_scopes) s(scope)
        cross join lateral (
            select activity from slot_waits w
            where w.scope = s.scope and w.seen_at > clock_timestamp() - interval '30 seconds'
            order by class desc, turn, since, asset
            limit p_most
        ) next
        join activities a on a.id = next.activity and a.worker is null
        for update of a skip locked));
end
$$;
