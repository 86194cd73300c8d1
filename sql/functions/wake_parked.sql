-- Makes activities due that were given back for want of a slot of their own rollout: for each freed slot
-- one, and one more for each rollout, as one that was given back at this very moment isn't seen here.
-- Called by end_attempts, with a scope for each freed slot.
create or replace function patchflow.wake_parked(p_freed text[]) returns void
language plpgsql
set search_path = patchflow, pg_temp
set enable_seqscan = off
as $$
begin
    update activities set available_at = clock_timestamp()
    where id = any(array(
        select a.id
        from (select scope, count(*) as slots from unnest(p_freed) scope group by scope) f
        cross join lateral (
            select id from activities
            where parked_by = f.scope and worker is null and available_at > clock_timestamp()
            limit f.slots + 1
            for update skip locked
        ) a));
end
$$;
