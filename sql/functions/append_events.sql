-- Appends a batch of commands, each whole or not at all, in one round trip. Called by the
-- appenders of serve, work and project, in a transaction of its own whose commit doesn't wait for
-- the flush; a second, flushing transaction follows, and only then is anything acknowledged.
--
-- Every parameter but the first is an array, and null where there is nothing; the first letter of its name tells what it describes,
-- and *_cmd is the command's number in the batch, from 1:
--   c command, s stream to append to or to guard (s_events: how many events), e event (e_s: its
--   place among s), d document, f claim on an activity (fence), t timer that fires, p permit,
--   k change of control, w change of the calendar (its control's scope), x attempt that ends,
--   z stream whose waiting work is taken back, a new activity, n new timer.
-- *_offset is how many events of the batch come before. The appender never puts two commands that
-- write the same stream into one batch.
--
-- Most batches hold nothing that was sent before, and their new streams are new. So they are
-- appended as if that were certain: where it isn't, a unique key (of commands, streams or timers)
-- refuses the whole batch, and the appender sends it again with `careful` set, after name_streams has made the
-- rows of its new streams, in a transaction of its own, so that they can be locked like all others.
-- A stream that must not exist yet and gets no event is sent carefully at once.
--
-- Locks, each kind in the order of its key: control, streams, activities, timers, attempts, slots,
-- and the sequencing lock last, but for the rows made under it. Positions are dense because the
-- next one is looked up under that lock; no client's think-time ever passes while it is held.
--
-- Status of a command: 0 appended, 1 repeated (answered as it was then), 2 its id was used with
-- another body, 3 version conflict, 4 stale claim or timer, 5 halted, 6 batch not released,
-- 7 asset busy, 8 no slot, 9 no window is open, 10 frozen. No array of them: all were appended. The
-- events of the appended ones follow `base` without gaps, in the order of the batch; those of the
-- repeated ones have positions and a time of their own.

-- The earlier shape of the function goes: what it takes and answers can't be replaced. A later
-- change of its shape says here by what its predecessor is known.
do $$
declare
    earlier regprocedure;
begin
    for earlier in
        select oid from pg_proc
        where pronamespace = 'patchflow'::regnamespace and proname = 'append_events'
            and not 'w_cmd' = any(proargnames)
    loop
        execute format('drop function %s', earlier);
    end loop;
end
$$;

create or replace function patchflow.append_events(
    careful boolean,
    c_id uuid[], c_digest bytea[], c_correlation uuid[], c_events integer[], c_offset integer[],
    s_cmd integer[], s_key text[], s_expected integer[], s_events integer[], s_offset integer[],
    e_cmd integer[], e_s integer[], e_version integer[], e_id uuid[],
    e_type text[], e_schema smallint[], e_occurred timestamptz[], e_actor text[],
    e_role text[], e_behalf text[], e_causation uuid[], e_data text[],
    d_cmd integer[] = null, d_sha256 bytea[] = null, d_media text[] = null,
    d_bytes bytea[] = null,
    f_cmd integer[] = null, f_activity uuid[] = null, f_worker uuid[] = null,
    f_fence bigint[] = null, f_mode smallint[] = null,
    t_cmd integer[] = null, t_id uuid[] = null,
    p_cmd integer[] = null, p_asset text[] = null, p_attempt uuid[] = null,
    p_rollout text[] = null, p_batch integer[] = null, p_site text[] = null,
    p_calendar integer[] = null, p_freeze_scopes text[] = null, p_at timestamptz[] = null,
    k_cmd integer[] = null, k_scope text[] = null, k_halted boolean[] = null,
    k_released integer[] = null, k_capacity integer[] = null,
    w_cmd integer[] = null, w_scope text[] = null, w_change text[] = null,
    x_cmd integer[] = null, x_asset text[] = null, x_attempt uuid[] = null,
    z_cmd integer[] = null, z_stream text[] = null,
    a_cmd integer[] = null, a_id uuid[] = null, a_kind text[] = null, a_queue text[] = null,
    a_stream text[] = null, a_asset text[] = null, a_data text[] = null, a_delay bigint[] = null,
    a_priority integer[] = null, a_parked text[] = null,
    n_cmd integer[] = null, n_id uuid[] = null, n_stream text[] = null, n_name text[] = null,
    n_due timestamptz[] = null, n_data text[] = null,
    out status smallint[], out detail text[], out base bigint, out recorded timestamptz,
    out repeated_first bigint[], out repeated_last bigint[], out repeated_recorded timestamptz[]
)
language plpgsql
-- The roles that call it have no rights of their own on the log: see sql/roles.sql.
security definer
set search_path = patchflow, pg_temp
-- The tables grow while their plans are kept, so no plan may rest on their being small.
set enable_seqscan = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
    s_id bigint[];
    s_version integer[];
    -- Whether its row is made below; null where that goes for all.
    s_new boolean[];
    -- How many events of refused commands come before; null where none was refused.
    c_refused integer[];
    refused integer := 0;
    head_at timestamptz;
    -- When the permits were asked for; null where none was.
    granted_at timestamptz;
    r record;
begin
    -- The commit of this transaction only; the flushing transaction behind it is what is waited
    -- for.
    perform set_config('synchronous_commit', 'off', true);

    if p_cmd is not null or k_cmd is not null or w_cmd is not null then
        perform lock_control(
            k_scope || w_scope,
            case when p_cmd is not null then p_rollout || p_site || array['globe'] end);
    end if;

    if not careful and 0 = all(s_expected) then
        s_id := array(
            select nextval('streams_id_seq') from generate_series(1, cardinality(s_key)));
        s_version := s_expected;
    else
        with locked as materialized (
            select id, key, version from streams where key = any(s_key)
            order by key for update
        )
        select array_agg(coalesce(l.id, nextval('streams_id_seq')) order by s.o),
            array_agg(coalesce(l.version, 0) order by s.o),
            array_agg(l.id is null order by s.o)
        into s_id, s_version, s_new
        from unnest(s_key) with ordinality s(key, o) left join locked l on l.key = s.key;
    end if;

    if careful or s_expected <> s_version or 0 = any(c_events) or f_cmd is not null
        or t_cmd is not null or p_cmd is not null or x_cmd is not null
    then
        status := array_fill(0::smallint, array[cardinality(c_id)]);
        detail := array_fill(null::text, array[cardinality(c_id)]);
    end if;
    if s_expected <> s_version then
        for r in
            select cmd, key
            from unnest(s_cmd, s_key, s_expected, s_version) s(cmd, key, expected, version)
            where expected <> version
        loop
            if status[r.cmd] = 0 then
                status[r.cmd] := 3;
                detail[r.cmd] := r.key;
            end if;
        end loop;
    end if;

    if f_cmd is not null then
        for r in
            with held as materialized (
                select id, worker, fence from activities where id = any(f_activity)
                order by id for update
            )
            select f.cmd
            from unnest(f_cmd, f_activity, f_worker, f_fence, f_mode)
                f(cmd, activity, worker, fence, mode)
            left join held h
                on h.id = f.activity and h.worker = f.worker and h.fence = f.fence
            left join workers w on w.id = f.worker
            where h.id is null
                or (f.mode = 2) <> (coalesce(w.lease_until, '-infinity') <= clock_timestamp())
        loop
            if status[r.cmd] = 0 then status[r.cmd] := 4; end if;
        end loop;
    end if;
    if t_cmd is not null then
        for r in
            with held as materialized (
                select id from timers where id = any(t_id) order by id for update
            )
            select t.cmd from unnest(t_cmd, t_id) t(cmd, id)
            where not exists (select from held h where h.id = t.id)
        loop
            if status[r.cmd] = 0 then status[r.cmd] := 4; end if;
        end loop;
    end if;

    -- Old acquaintances. A command that was appended before finds its streams further on, or its
    -- claim used up, or else a unique key, at the end. Before it asks for a permit, which might be
    -- refused by now.
    if careful or p_cmd is not null or 0 <> any(status) or 0 = any(c_events) then
        repeated_first := array_fill(null::bigint, array[cardinality(c_id)]);
        repeated_last := repeated_first;
        repeated_recorded := array_fill(null::timestamptz, array[cardinality(c_id)]);
        for r in
            select i.o, k.request_digest = i.digest as same, k.first_position, k.last_position,
                k.recorded_at
            from unnest(c_id, c_digest) with ordinality i(id, digest, o)
            join commands k on k.command_id = i.id
        loop
            status[r.o] := case when r.same then 1 else 2 end;
            detail[r.o] := null;
            if r.same then
                repeated_first[r.o] := r.first_position;
                repeated_last[r.o] := r.last_position;
                repeated_recorded[r.o] := r.recorded_at;
            end if;
        end loop;
    end if;

    if p_cmd is not null or x_cmd is not null then
        if p_cmd is not null then granted_at := clock_timestamp(); end if;
        insert into asset_attempt (asset, fence)
        select distinct asset, 0 from unnest(p_asset) asset order by asset
        on conflict do nothing;
        perform from asset_attempt where asset = any(p_asset || x_asset) order by asset for update;
        -- Attempts that end first: their slots may serve the others of this batch. Not those of
        -- commands that want a permit as well, which may be refused yet.
        perform end_attempts(array_agg(asset), array_agg(attempt))
        from unnest(x_cmd, x_asset, x_attempt) x(cmd, asset, attempt)
        where status[cmd] = 0 and cmd <> all(coalesce(p_cmd, '{}'));
        for r in
            select p.cmd, t.status, t.detail
            from (
                select p.*, f.fence, f.activity
                from unnest(
                    p_cmd, p_asset, p_attempt, p_rollout, p_batch, p_site, p_calendar,
                    p_freeze_scopes, p_at)
                    p(cmd, asset, attempt, rollout, batch, site, calendar, freeze_scopes, at)
                -- Without a claim there is no fence, and take_permit refuses that.
                left join unnest(f_cmd, f_fence, f_activity) f(cmd, fence, activity)
                    on f.cmd = p.cmd
                where append_events.status[p.cmd] = 0
                order by p.asset collate "C"
            ) p
            cross join lateral take_permit(
                p.asset, p.attempt, array[p.rollout, p.site, 'globe'], p.batch, p.fence,
                p.calendar, string_to_array(p.freeze_scopes, E'\n'), p.at, p.activity) t
        loop
            status[r.cmd] := r.status;
            detail[r.cmd] := r.detail;
        end loop;
        perform end_attempts(array_agg(asset), array_agg(attempt))
        from unnest(x_cmd, x_asset, x_attempt) x(cmd, asset, attempt)
        where status[cmd] = 0 and cmd = any(p_cmd);
    end if;

    if k_cmd is not null or w_cmd is not null or z_cmd is not null or f_cmd is not null
        or t_cmd is not null or a_cmd is not null or n_cmd is not null
    then
        perform schedule_work(
            coalesce(status, array_fill(0::smallint, array[cardinality(c_id)])), c_correlation,
            k_cmd, k_scope, k_halted, k_released, k_capacity, w_cmd, w_change, z_cmd, z_stream,
            f_cmd, f_activity, f_mode, t_cmd, t_id, a_cmd, a_id, a_kind, a_queue, a_stream, a_asset,
            a_data, a_delay, a_priority, a_parked, n_cmd, n_id, n_stream, n_name, n_due, n_data);
    end if;
    if d_cmd is not null then
        insert into documents (sha256, media_type, bytes)
        select distinct on (sha256) sha256, media, bytes
        from unnest(d_cmd, d_sha256, d_media, d_bytes) d(cmd, sha256, media, bytes)
        where coalesce(status[cmd], 0) = 0
        order by sha256
        on conflict do nothing;
    end if;

    -- Positions follow the order of the batch; refused commands take none.
    if 0 <> any(status) then
        if 0 <> all(status) then return; end if;
        for n in 1..cardinality(c_id) loop
            c_refused[n] := refused;
            if status[n] <> 0 then refused := refused + c_events[n]; end if;
        end loop;
    end if;

    perform pg_advisory_xact_lock(7310442, 1);
    select e.position, e.recorded_at into base, head_at
    from events e order by e.position desc limit 1;
    base := coalesce(base, 0);
    recorded := greatest(clock_timestamp(), head_at);
    -- A permit that has waited here for longer than it lives might begin after the cutoff.
    if clock_timestamp() > granted_at + interval '2 seconds'
        and exists (
            select from unnest(p_cmd, p_calendar, p_freeze_scopes) p(cmd, calendar, scopes)
            where coalesce(status[p.cmd], 0) = 0 and (p.calendar is not null or p.scopes <> ''))
    then
        raise exception using
            errcode = '40001', message = 'a permit has waited longer than it lives';
    end if;

    -- One statement instead of three: each costs as much to begin and to end as several events.
    with named as (
        insert into streams (id, key, version, first_position, last_position)
        overriding system value
        select s_id[s], s_key[s], s_events[s],
            case when s_events[s] > 0
                then base + s_offset[s] - coalesce(c_refused[s_cmd[s]], 0) + 1 end,
            case when s_events[s] > 0
                then base + s_offset[s] - coalesce(c_refused[s_cmd[s]], 0) + s_events[s] end
        from generate_series(1, cardinality(s_cmd)) s
        where coalesce(s_new[s], true) and coalesce(status[s_cmd[s]], 0) = 0
        order by s_key[s] collate "C"
    ), accepted as (
        insert into commands (command_id, request_digest, first_position, last_position, recorded_at)
        select c_id[c], c_digest[c],
            case when c_events[c] > 0 then base + c_offset[c] - coalesce(c_refused[c], 0) + 1
                else 0 end,
            case when c_events[c] > 0 then base + c_offset[c] - coalesce(c_refused[c], 0) + c_events[c]
                else 0 end,
            recorded
        from generate_series(1, cardinality(c_id)) c
        where coalesce(status[c], 0) = 0
    )
    insert into events (
        position, stream_id, version, id, type, schema_version, occurred_at, recorded_at,
        actor, actor_role, on_behalf_of, command_id, correlation_id, causation_id, data)
    select base + e - coalesce(c_refused[e_cmd[e]], 0), s_id[e_s[e]], e_version[e], e_id[e],
        e_type[e], e_schema[e], e_occurred[e], recorded, e_actor[e], e_role[e],
        e_behalf[e], c_id[e_cmd[e]], c_correlation[e_cmd[e]], e_causation[e], e_data[e]::json
    from generate_series(1, cardinality(e_cmd)) e
    where coalesce(status[e_cmd[e]], 0) = 0;

    if s_new is not null then
        update streams t
        set version = s_expected[s] + s_events[s],
            first_position = coalesce(
                t.first_position, base + s_offset[s] - coalesce(c_refused[s_cmd[s]], 0) + 1),
            last_position = base + s_offset[s] - coalesce(c_refused[s_cmd[s]], 0) + s_events[s]
        from generate_series(1, cardinality(s_cmd)) s
        where t.id = s_id[s] and not s_new[s] and s_events[s] > 0
            and coalesce(status[s_cmd[s]], 0) = 0;
    end if;
end
$$;
