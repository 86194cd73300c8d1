-- The right of one attempt to touch one asset (I1, I3, I5, I6): takes the asset's row and a slot in
-- each scope that has a capacity, or nothing. Asking again within the same attempt checks again and
-- takes nothing more. Called by append_events, which holds the control rows and the asset's row.
--
-- Status: 0 granted, 4 stale (the asset has seen a higher fence), 5 halted, 6 batch not released,
-- 7 asset busy, 8 no slot; detail names the scope. 9 no window is open, 10 frozen: see
-- check_calendar.

-- The earlier shape of the function goes.
drop function if exists patchflow.take_permit(text, uuid, text[], integer, bigint);

-- The first of the scopes is the rollout's.
create or replace function patchflow.take_permit(
    p_asset text, p_attempt uuid, p_scopes text[], p_batch integer, p_fence bigint,
    p_calendar integer, p_freeze_scopes text[], p_at timestamptz,
    out status smallint, out detail text
)
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    control record;
    holder record;
    free integer;
    taken_scopes text[] := '{}';
    taken_numbers integer[] := '{}';
begin
    status := 0;
    select attempt, fence into holder from asset_attempt where asset = p_asset;
    if holder.attempt is not null and holder.attempt <> p_attempt then
        status := 7;
        detail := holder.attempt::text;
        return;
    end if;
    if p_fence < holder.fence then
        status := 4;
        return;
    end if;
    if p_calendar is not null or p_freeze_scopes <> '{}' then
        select c.status, c.detail into status, detail
        from check_calendar(p_scopes[1], p_calendar, p_freeze_scopes, p_at) c;
        if status <> 0 then return; end if;
    end if;
    for control in
        select scope, halted, released_batch, capacity from dispatch_control
        where scope = any(p_scopes) order by scope
    loop
        if control.halted then
            status := 5;
            detail := control.scope;
            return;
        end if;
        if control.scope like 'rollout/%' and coalesce(control.released_batch, -1) < p_batch then
            status := 6;
            detail := control.scope;
            return;
        end if;
        continue when control.capacity is null or exists (
            select from slots where scope = control.scope and attempt = p_attempt);
        select number into free from slots
        where scope = control.scope and attempt is null and number <= control.capacity
        order by number limit 1
        for update skip locked;
        if not found then
            status := 8;
            detail := control.scope;
            return;
        end if;
        taken_scopes := taken_scopes || control.scope;
        taken_numbers := taken_numbers || free;
    end loop;
    update slots set attempt = p_attempt
    from unnest(taken_scopes, taken_numbers) t(scope, number)
    where slots.scope = t.scope and slots.number = t.number;
    update asset_attempt set attempt = p_attempt, fence = p_fence where asset = p_asset;
end
$$;
