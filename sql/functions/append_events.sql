-- Appends a batch of commands, each whole or not at all, in one round trip. Called by the
-- appenders of serve, work and project, in a transaction of its own whose commit doesn't wait for
-- the flush; a second, flushing transaction follows, and only then is anything acknowledged.
--
-- Every parameter is an array; the first letter of its name tells what it describes, and *_cmd is
-- the command's number in the batch, from 1:
--   c command, s stream to append to or to guard (s_events: how many events, s_offset: behind how
--   many others of its command), e event (e_s: its place among s, e_offset: behind how many others
--   of its command), d document, f claim on an activity (fence), t timer that fires, p permit,
--   k change of control, x attempt that ends, z stream whose waiting work is taken back,
--   a new activity, n new timer.
-- The appender never puts two commands that write the same stream into one batch.
--
-- Locks, each kind in the order of its key: control, streams, activities, timers, attempts, slots,
-- and the sequencing lock last. Positions are dense because the next one is looked up under that
-- lock; no client's think-time ever passes while it is held.
--
-- Status of a command: 0 appended, 1 repeated (answered as it was then), 2 its id was used with
-- another body, 3 version conflict, 4 stale claim or timer, 5 halted, 6 batch not released,
-- 7 asset busy, 8 no slot.
create or replace function patchflow.append_events(
    c_id uuid[], c_digest bytea[], c_correlation uuid[], c_events integer[],
    s_cmd integer[], s_key text[], s_expected integer[], s_events integer[], s_offset integer[],
    e_cmd integer[], e_s integer[], e_offset integer[], e_version integer[], e_id uuid[],
    e_type text[], e_schema smallint[], e_occurred timestamptz[], e_actor text[],
    e_role text[], e_behalf text[], e_causation uuid[], e_data text[],
    d_cmd integer[], d_sha256 bytea[], d_media text[], d_bytes bytea[],
    f_cmd integer[], f_activity uuid[], f_worker uuid[], f_fence bigint[], f_mode smallint[],
    t_cmd integer[], t_id uuid[],
    p_cmd integer[], p_asset text[], p_attempt uuid[], p_rollout text[], p_batch integer[],
    p_site text[],
    k_cmd integer[], k_scope text[], k_halted boolean[], k_released integer[],
    k_capacity integer[],
    x_cmd integer[], x_asset text[], x_attempt uuid[],
    z_cmd integer[], z_stream text[],
    a_cmd integer[], a_id uuid[], a_kind text[], a_queue text[], a_stream text[], a_asset text[],
    a_data text[], a_delay bigint[], a_priority integer[],
    n_cmd integer[], n_id uuid[], n_stream text[], n_name text[], n_due timestamptz[],
    n_data text[],
    out status smallint[], out detail text[], out first_position bigint[],
    out last_position bigint[], out recorded timestamptz[]
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
    firsts bigint[];
    lasts bigint[];
    commands_in_batch constant integer := cardinality(c_id);
    s_id bigint[];
    s_version integer[];
    all_made bigint := -1;
    at timestamptz;
    base bigint;
    head_at timestamptz;
    r record;
begin
    -- The commit of this transaction only; the flushing transaction behind it is what is waited
    -- for.
    perform set_config('synchronous_commit', 'off', true);
    status := array_fill(0::smallint, array[commands_in_batch]);
    detail := array_fill(null::text, array[commands_in_batch]);
    firsts := array_fill(0::bigint, array[commands_in_batch]);
    lasts := firsts;
    recorded := array_fill(null::timestamptz, array[commands_in_batch]);

    if cardinality(p_cmd) + cardinality(k_cmd) > 0 then
        perform lock_control(k_scope, p_rollout || p_site || array['globe']);
    end if;

    -- Streams: make the new ones, lock all, then look whether the commands are old acquaintances.
    -- In this order, because two senders of one command meet at its streams.
    if 0 = any(s_expected) then
        with made as (
            insert into streams (key)
            select distinct key collate "C" from unnest(s_key, s_expected) s(key, expected)
            where expected = 0
            order by key collate "C"
            on conflict do nothing
            returning id, key
        )
        select array_agg(m.id order by s.o), count(m.id)
        into s_id, all_made
        from unnest(s_key) with ordinality s(key, o) left join made m on m.key = s.key;
    end if;
    -- What was made here is locked by that, and nobody else can have appended to it.
    if all_made = cardinality(s_key) then
        s_version := array_fill(0, array[cardinality(s_key)]);
    else
        with locked as materialized (
            select id, key, version from streams where key = any(s_key)
            order by key for update
        )
        select array_agg(l.id order by s.o), array_agg(coalesce(l.version, 0) order by s.o)
        into s_id, s_version
        from unnest(s_key) with ordinality s(key, o) left join locked l on l.key = s.key;
    end if;

    for r in
        select i.o, k.request_digest = i.digest as same, k.first_position, k.last_position,
            k.recorded_at
        from unnest(c_id, c_digest) with ordinality i(id, digest, o)
        join commands k on k.command_id = i.id
    loop
        status[r.o] := case when r.same then 1 else 2 end;
        if r.same then
            firsts[r.o] := r.first_position;
            lasts[r.o] := r.last_position;
            recorded[r.o] := r.recorded_at;
        end if;
    end loop;

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

    if cardinality(f_cmd) > 0 then
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
    if cardinality(t_cmd) > 0 then
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

    if cardinality(p_cmd) + cardinality(x_cmd) > 0 then
        insert into asset_attempt (asset, fence)
        select distinct asset, 0 from unnest(p_asset) asset order by asset
        on conflict do nothing;
        perform from asset_attempt where asset = any(p_asset || x_asset) order by asset for update;
        -- Attempts that end first: their slots may serve the others of this batch. Not those of
        -- commands that want a permit as well, which may be refused yet.
        perform end_attempts(array_agg(asset), array_agg(attempt))
        from unnest(x_cmd, x_asset, x_attempt) x(cmd, asset, attempt)
        where status[cmd] = 0 and cmd <> all(p_cmd);
        for r in
            select p.cmd, t.status, t.detail
            from (
                select p.*, f.fence
                from unnest(p_cmd, p_asset, p_attempt, p_rollout, p_batch, p_site)
                    p(cmd, asset, attempt, rollout, batch, site)
                -- Without a claim there is no fence, and take_permit refuses that.
                left join unnest(f_cmd, f_fence) f(cmd, fence) on f.cmd = p.cmd
                where append_events.status[p.cmd] = 0
                order by p.asset collate "C"
            ) p
            cross join lateral take_permit(
                p.asset, p.attempt, array[p.rollout, p.site, 'globe'], p.batch, p.fence) t
        loop
            status[r.cmd] := r.status;
            detail[r.cmd] := r.detail;
        end loop;
        perform end_attempts(array_agg(asset), array_agg(attempt))
        from unnest(x_cmd, x_asset, x_attempt) x(cmd, asset, attempt)
        where status[cmd] = 0 and cmd = any(p_cmd);
    end if;

    if cardinality(k_cmd) + cardinality(z_cmd) + cardinality(f_cmd) + cardinality(t_cmd)
        + cardinality(a_cmd) + cardinality(n_cmd) > 0
    then
        perform schedule_work(
            status, c_correlation, k_cmd, k_scope, k_halted, k_released, k_capacity, z_cmd, z_stream,
            f_cmd, f_activity, f_mode, t_cmd, t_id, a_cmd, a_id, a_kind, a_queue, a_stream, a_asset,
            a_data, a_delay, a_priority, n_cmd, n_id, n_stream, n_name, n_due, n_data);
    end if;
    if cardinality(d_cmd) > 0 then
        insert into documents (sha256, media_type, bytes)
        select distinct on (sha256) sha256, media, bytes
        from unnest(d_cmd, d_sha256, d_media, d_bytes) d(cmd, sha256, media, bytes)
        where status[cmd] = 0
        order by sha256
        on conflict do nothing;
    end if;

    if 0 <> all(status) then
        first_position := firsts;
        last_position := lasts;
        return;
    end if;

    perform pg_advisory_xact_lock(7310442, 1);
    select e.position, e.recorded_at into base, head_at
    from events e order by e.position desc limit 1;
    base := coalesce(base, 0);
    at := greatest(clock_timestamp(), head_at);
    -- Positions follow the order of the batch; refused commands take none.
    for n in 1..commands_in_batch loop
        if status[n] = 0 then
            recorded[n] := at;
            if c_events[n] > 0 then
                firsts[n] := base + 1;
                base := base + c_events[n];
                lasts[n] := base;
            end if;
        end if;
    end loop;

    insert into events (
        position, stream_id, version, id, type, schema_version, occurred_at, recorded_at,
        actor, actor_role, on_behalf_of, command_id, correlation_id, causation_id, data)
    select firsts[cmd] + behind, s_id[s], version, id, type, schema, occurred, at,
        actor, role, behalf, c_id[cmd], c_correlation[cmd], causation, data::json
    from unnest(
        e_cmd, e_s, e_offset, e_version, e_id, e_type, e_schema, e_occurred, e_actor, e_role,
        e_behalf, e_causation, e_data
    ) e(
        cmd, s, behind, version, id, type, schema, occurred, actor, role, behalf, causation, data)
    where status[cmd] = 0;

    update streams t
    set version = s.expected + s.events,
        first_position = coalesce(t.first_position, firsts[s.cmd] + s.behind),
        last_position = firsts[s.cmd] + s.behind + s.events - 1
    from unnest(s_cmd, s_id, s_expected, s_events, s_offset) s(cmd, id, expected, events, behind)
    where t.id = s.id and s.events > 0 and status[s.cmd] = 0;

    insert into commands (command_id, request_digest, first_position, last_position, recorded_at)
    select id, digest, firsts[o], lasts[o], at
    from unnest(c_id, c_digest) with ordinality c(id, digest, o)
    where status[o] = 0;
    first_position := firsts;
    last_position := lasts;
end
$$;
