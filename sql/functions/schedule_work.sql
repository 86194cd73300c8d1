-- Carries out what follows from the accepted commands of a batch: control, the calendar, work taken back, claims
-- and timers used up, new activities, new timers. Called by append_events only, which has checked
-- everything and holds the locks; status[cmd] = 0 marks the accepted ones. Null
-- arrays where there is nothing.

-- The earlier shape of the function goes.
do $$
declare
    earlier regprocedure;
begin
    for earlier in
        select oid from pg_proc
        where pronamespace = 'patchflow'::regnamespace and proname = 'schedule_work'
            and not 'w_cmd' = any(proargnames)
    loop
        execute format('drop function %s', earlier);
    end loop;
end
$$;

create or replace function patchflow.schedule_work(
    status smallint[], c_correlation uuid[],
    k_cmd integer[], k_scope text[], k_halted boolean[], k_released integer[],
    k_capacity integer[],
    w_cmd integer[], w_change text[],
    z_cmd integer[], z_stream text[],
    f_cmd integer[], f_activity uuid[], f_mode smallint[],
    t_cmd integer[], t_id uuid[],
    a_cmd integer[], a_id uuid[], a_kind text[], a_queue text[], a_stream text[], a_asset text[],
    a_data text[], a_delay bigint[], a_priority integer[], a_parked text[],
    n_cmd integer[], n_id uuid[], n_stream text[], n_name text[], n_due timestamptz[],
    n_data text[]
) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    at constant timestamptz := clock_timestamp();
begin
    if k_cmd is not null then
        perform change_control(scope, halted, released, capacity)
        from unnest(k_cmd, k_scope, k_halted, k_released, k_capacity) with ordinality
            k(cmd, scope, halted, released, capacity, o)
        where status[cmd] = 0
        order by o;
    end if;
    if w_cmd is not null then
        perform change_calendar(change::jsonb)
        from unnest(w_cmd, w_change) with ordinality w(cmd, change, o)
        where status[cmd] = 0
        order by o;
    end if;
    if z_cmd is not null then
        delete from activities using unnest(z_cmd, z_stream) z(cmd, stream)
        where activities.stream = z.stream and worker is null and status[z.cmd] = 0;
        delete from timers using unnest(z_cmd, z_stream) z(cmd, stream)
        where timers.stream = z.stream and status[z.cmd] = 0;
    end if;
    if f_cmd is not null then
        delete from activities using unnest(f_cmd, f_activity, f_mode) f(cmd, activity, mode)
        where activities.id = f.activity and f.mode > 0 and status[f.cmd] = 0;
    end if;
    if t_cmd is not null then
        delete from timers using unnest(t_cmd, t_id) t(cmd, id)
        where timers.id = t.id and status[t.cmd] = 0;
    end if;
    if a_cmd is not null then
        insert into activities (
            id, kind, queue, stream, asset, data, priority, available_at, correlation_id,
            parked_by)
        select id, kind, queue, stream, asset, data::json, priority,
            at + delay * interval '1 microsecond', c_correlation[cmd], parked
        from unnest(
            a_cmd, a_id, a_kind, a_queue, a_stream, a_asset, a_data, a_delay, a_priority,
            a_parked)
            a(cmd, id, kind, queue, stream, asset, data, delay, priority, parked)
        where status[cmd] = 0
        -- Two senders of the same commands meet in one order.
        order by id
        on conflict do nothing;
    end if;
    if n_cmd is not null then
        -- One command may start a timer twice, a resumed rollout that goes on to its next batch for
        -- one: the last counts.
        insert into timers (id, stream, name, due, data, correlation_id)
        select distinct on (stream, name) id, stream, name, due, data::json, c_correlation[cmd]
        from unnest(n_cmd, n_id, n_stream, n_name, n_due, n_data) with ordinality
            n(cmd, id, stream, name, due, data, o)
        where status[cmd] = 0
        order by stream, name, o desc
        on conflict (stream, name) do update
        set id = excluded.id, due = excluded.due, data = excluded.data,
            correlation_id = excluded.correlation_id;
    end if;
end
$$;
