-- Changes when something may be dispatched: openings of a rollout, freezes, and what is overridden; and
-- caps, which are changed under the same lock. A
-- freeze that ends, or ends for some, makes what waits for its end due at once. Called by
-- schedule_work only, whose caller has locked the row of dispatch_control that stands for it. What a
-- change looks like: Sources/EventSourcing/Store/DispatchCalendar.swift.
create or replace function patchflow.change_calendar(change jsonb) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
begin
    case change ->> 'kind'
        when 'open' then
            delete from openings where rollout = change ->> 'scope';
            insert into openings (rollout, calendar, starts, last_start)
            select change ->> 'scope', r.calendar, r."from", r."to"
            from jsonb_to_recordset(change -> 'rows')
                r(calendar integer, "from" timestamptz, "to" timestamptz)
            on conflict do nothing;
        when 'forget' then
            delete from openings where rollout = change ->> 'scope';
        when 'freeze' then
            insert into freezes (id, scope, starts, ends)
            select r.freeze, change ->> 'scope', r."from", coalesce(r."to", 'infinity')
            from jsonb_to_recordset(change -> 'rows')
                r("freeze" text, "from" timestamptz, "to" timestamptz)
            on conflict do nothing;
        when 'policy' then
            delete from freezes
            where (id = change ->> 'policy'
                    or starts_with(id, (change ->> 'policy') || '/'))
                and id not in (
                    select r.freeze from jsonb_to_recordset(change -> 'rows') r("freeze" text));
            insert into freezes (id, scope, level, starts, ends)
            select r.freeze, change ->> 'scope', (change ->> 'level')::smallint, r."from",
                coalesce(r."to", 'infinity')
            from jsonb_to_recordset(change -> 'rows')
                r("freeze" text, "from" timestamptz, "to" timestamptz)
            union all
            select change ->> 'policy', change ->> 'scope', (change ->> 'level')::smallint,
                'infinity', 'infinity'
            where change ? 'rows'
            on conflict (id) do update
            set starts = excluded.starts, ends = excluded.ends;
            -- Those that are gone, or shorter: whoever waits for one asks again.
            update activities set available_at = least(available_at, clock_timestamp())
            where worker is null and starts_with(parked_by, (change ->> 'policy') || '/');
        when 'lift' then
            delete from freezes where id = change ->> 'freeze';
            update activities set available_at = least(available_at, clock_timestamp())
            where worker is null and parked_by = change ->> 'freeze';
        when 'cap' then
            perform change_cap(change ->> 'scope', (change ->> 'capacity')::integer);
        when 'override' then
            insert into freeze_overrides (freeze_id, rollout, until)
            select id, change ->> 'scope', (change ->> 'until')::timestamptz
            from freezes where id = change ->> 'freeze'
            -- One without an end stays without one.
            on conflict (freeze_id, rollout) do update
            set until = case
                when freeze_overrides.until is null or excluded.until is null then null
                else greatest(freeze_overrides.until, excluded.until)
            end;
            update activities set available_at = least(available_at, clock_timestamp())
            where worker is null and parked_by = change ->> 'freeze';
        when 'restore' then
            delete from freeze_overrides
            where freeze_id = change ->> 'freeze' and rollout = change ->> 'scope'
                and until is not null;
    end case;
end
$$;
