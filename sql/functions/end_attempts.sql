-- Frees what attempts own: the row of their asset, and their slots, for which the next ones that wait are
-- woken. Called by append_events, which holds the rows of the assets. Null arrays end nothing.
create or replace function patchflow.end_attempts(p_asset text[], p_attempt uuid[]) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    freed text[];
    freed_rollouts text[];
begin
    with ended as (
        update slots set attempt = null where attempt = any(p_attempt) returning scope
    )
    select array_agg(distinct scope) filter (where scope not like 'rollout/%'),
        array_agg(scope) filter (where scope like 'rollout/%')
    into freed, freed_rollouts from ended;
    update asset_attempt set attempt = null
    from unnest(p_asset, p_attempt) x(asset, attempt)
    where asset_attempt.asset = x.asset and asset_attempt.attempt = x.attempt;
    -- What is cancelled while it waits for a slot waits no longer.
    delete from slot_waits where asset = any(p_asset);
    if freed is not null then perform wake_waiting(freed, cardinality(p_attempt)); end if;
    if freed_rollouts is not null then perform wake_parked(freed_rollouts); end if;
end
$$;
