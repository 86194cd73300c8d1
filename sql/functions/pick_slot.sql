-- The number of a free slot of a scope that the asset may take, which is locked then; null where it has to
-- wait, and for a cap it is written down who waits (see slot_waits). Called by take_permit, which holds the
-- asset's row; the rows of dispatch_control that caps are changed under are locked.
create or replace function patchflow.pick_slot(
    p_scope text, p_capacity integer, p_asset text, p_activity uuid, p_rollout text
) returns integer
language plpgsql
set search_path = patchflow, pg_temp
-- The free slots are read in order up to the first: collected and sorted, those of a rollout that touches
-- thousands of hosts at a time would cost milliseconds for each.
set enable_bitmapscan = off
set enable_seqscan = off
as $$
declare
    -- How long a row of slot_waits counts after it was asked for.
    life constant interval := '30 seconds';
    at constant timestamptz := clock_timestamp();
    free integer;
    own_class integer;
begin
    select number into free from slots
    where scope = p_scope and attempt is null and number <= p_capacity
    order by number limit 1
    for update skip locked;
    -- The order in which a rollout's own assets have their turn is nobody else's business.
    if p_scope like 'rollout/%' then return free; end if;

    -- A cap that was lowered below what is under way has owned slots above it. As long as it has, the
    -- number of a free slot says nothing, and permits count one after the other.
    if free is not null and exists (
        select from slots where scope = p_scope and number > p_capacity and attempt is not null)
    then
        perform pg_advisory_xact_lock(7310442, 6);
        if p_capacity <= (
            select count(*) from slots where scope = p_scope and attempt is not null)
        then
            free := null;
        end if;
    end if;
    if free is not null and not exists (select from slot_waits where scope = p_scope) then
        return free;
    end if;

    select priority into own_class from activities where id = p_activity;
    update slot_waits set seen_at = at, activity = p_activity, class = coalesce(own_class, 0)
    where asset = p_asset and scope = p_scope;
    if not found then
        insert into slot_waits (scope, asset, activity, rollout, class, turn, since, seen_at)
        select p_scope, p_asset, p_activity, p_rollout, coalesce(own_class, 0),
            greatest(
                (select coalesce(min(turn), 0) from slot_waits w
                    where w.scope = p_scope and w.class = coalesce(own_class, 0)),
                (select coalesce(max(turn), -1) + 1 from slot_waits w
                    where w.scope = p_scope and w.rollout = p_rollout)),
            at, at;
    end if;
    if free is null then return null; end if;
    -- As many as there are free slots have their turn.
    if exists (
        select from (
            select asset from slot_waits
            where scope = p_scope and seen_at > at - life
            order by class desc, turn, since, asset
            limit (
                select count(*) from slots
                where scope = p_scope and attempt is null and number <= p_capacity)
        ) next
        where next.asset = p_asset)
    then
        return free;
    end if;
    return null;
end
$$;
