-- Whether a step may begin by the windows and freezes of its asset (I2). Called by take_permit; the
-- rows of dispatch_control that freezes and openings are changed under are locked.
--
-- A permit lives for two seconds, so that nothing begins after the cutoff that was allowed before: it
-- is granted only while that much is left. It has to be open, and free of freezes, by every clock that
-- there is: the database's, that of whoever asks, and the time that the log has reached. One that was
-- set back or forward closes; it never opens.
--
-- Status: 0 open, 9 no window is open, 10 frozen; then detail says when that ends, in how many
-- microseconds, and the freeze, with - for what there isn't.
create or replace function patchflow.check_calendar(
    p_rollout text, p_calendar integer, p_freeze_scopes text[], p_at timestamptz,
    out status smallint, out detail text
)
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    life constant interval := '2 seconds';
    now constant timestamptz := clock_timestamp();
    earliest constant timestamptz := least(now, p_at);
    latest timestamptz;
    until timestamptz;
    barrier text;
begin
    status := 0;
    select greatest(now, p_at, e.recorded_at) into latest
    from events e order by e.position desc limit 1;
    latest := coalesce(latest, greatest(now, p_at));

    select f.id, f.ends into barrier, until
    from freezes f
    where f.scope = any(p_freeze_scopes)
        and f.starts <= latest + life and earliest < f.ends
        and (f.level is null or f.level = (
            select max(p.level) from freezes p where p.scope = any(p_freeze_scopes)))
        and not exists (
            select from freeze_overrides o
            where o.freeze_id = f.id and o.rollout = p_rollout
                and (o.until is null or latest + life < o.until))
    order by f.ends desc, f.id
    limit 1;
    if found then
        status := 10;
    elsif p_calendar is not null and not exists (
        select from openings
        where rollout = p_rollout and calendar = p_calendar
            and starts <= earliest and latest + life < last_start)
    then
        status := 9;
        select min(starts) into until from openings
        where rollout = p_rollout and calendar = p_calendar and latest + life < last_start;
    else
        return;
    end if;
    if until is null or not isfinite(until) then
        detail := '- - ' || coalesce(barrier, '-');
    else
        detail := to_char(until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' '
            || greatest(
                1000000, (extract(epoch from until - earliest) * 1000000)::bigint)::text
            || ' ' || coalesce(barrier, '-');
    end if;
end
$$;
