-- The right of one attempt to touch one asset (I1, I3, I5, I6): takes the asset's row and a slot in
-- each scope that has a capacity, or nothing. Asking again within the same attempt checks again and
-- takes nothing more. Called by append_events, which holds the control rows and the asset's row.
--
-- Status: 0 granted, 4 stale (the asset has seen a higher fence), 5 halted, 6 batch not released,
-- 7 asset busy, 8 no slot; detail names the scope. 9 no window is open, 10 frozen: see
-- check_calendar.

-- The earlier shapes of the function go.
drop function if exists patchflow.take_permit(text, uuid, text[], integer, bigint);
drop function if exists patchflow.take_permit(
    text, uuid, text[], integer, bigint, integer, text[], timestamptz);

-- The first of the scopes is the rollout's. Caps of groups and failure domains count by the scopes of
-- freezes, which name every place that the asset belongs to.
create or replace function patchflow.take_permit(
    p_asset text, p_attempt uuid, p_scopes text[], p_batch integer, p_fence bigint,
    p_calendar integer, p_freeze_scopes text[], p_at timestamptz, p_activity uuid,
    out status smallint, out detail text
)
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    control record;
    holder record;
    free integer;
    counted text[];
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
    end if;
    counted := array(
        select distinct scope from unnest(p_scopes || p_freeze_scopes) scope
        where scope not like 'asset/%');
    if status = 0 then
        for control in
            select scope, halted, released_batch from dispatch_control
            where scope = any(counted) order by scope
        loop
            if control.halted then
                status := 5;
                detail := control.scope;
                exit;
            end if;
            if control.scope like 'rollout/%' and coalesce(control.released_batch, -1) < p_batch
            then
                status := 6;
                detail := control.scope;
                exit;
            end if;
        end loop;
    end if;
    if status <> 0 then
        -- Nobody stands in a queue for what he may not begin.
        delete from slot_waits where asset = p_asset;
        return;
    end if;
    -- A slot is taken only by what may begin.
    for control in
        select scope, capacity from dispatch_control
        where scope = any(counted) and capacity is not null order by scope
    loop
        continue when exists (
            select from slots where scope = control.scope and attempt = p_attempt);
        free := pick_slot(control.scope, control.capacity, p_asset, p_activity, p_scopes[1]);
        if free is null then
            status := 8;
            detail := control.scope;
            delete from slot_waits where asset = p_asset and scope <> control.scope;
            return;
        end if;
        taken_scopes := taken_scopes || control.scope;
        taken_numbers := taken_numbers || free;
    end loop;
    if taken_scopes <> '{}' then
        update slots set attempt = p_attempt
        from unnest(taken_scopes, taken_numbers) t(scope, number)
        where slots.scope = t.scope and slots.number = t.number;
        delete from slot_waits where asset = p_asset;
    end if;
    update asset_attempt set attempt = p_attempt, fence = p_fence, scopes = counted
    where asset = p_asset;
end
$$;
