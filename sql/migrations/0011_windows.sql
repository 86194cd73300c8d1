-- When something may be dispatched (I2): the openings that a plan has pinned, and the freezes that
-- hold whatever was planned. Changed by change_calendar in the commit of the event that decides it,
-- looked at by take_permit where an intent commits.

-- From `starts` on, before `last_start`, in microseconds: steps of the rollout that name the calendar
-- begin in them only. Without a row it is closed.
create table patchflow.openings (
    rollout text not null collate "C",
    calendar integer not null,
    starts timestamptz not null,
    last_start timestamptz not null,
    primary key (rollout, calendar, starts, last_start)
);

-- From `starts` on, before `ends`, nothing begins in the scope.
create table patchflow.freezes (
    id text primary key collate "C",
    -- asset/<id>, group/<name>, site/<name> or globe.
    scope text not null collate "C",
    -- Of a policy's scope, 1 for the account to 4 for an asset: the freezes of the lowest policy that
    -- says anything of freezes count, which a row that never holds tells of one that lists none.
    -- Null for a freeze of its own, which always counts.
    level smallint,
    starts timestamptz not null,
    ends timestamptz not null
);
create index freezes_scope on patchflow.freezes (scope);

-- A freeze that doesn't count for one rollout.
create table patchflow.freeze_overrides (
    freeze_id text not null collate "C" references patchflow.freezes on delete cascade,
    rollout text not null collate "C",
    primary key (freeze_id, rollout)
);

-- The freeze whose end an activity waits for: lifted earlier, it makes the activity due at once.
alter table patchflow.activities add column parked_by text collate "C";
create index activities_parked on patchflow.activities (parked_by)
where parked_by is not null and worker is null;

-- Policies that were published before have freezes as well.
insert into patchflow.freezes (id, scope, level, starts, ends)
-- The one without a name is the row that never holds.
select s.key || coalesce('/' || (f.entry ->> 'name'), ''),
    case split_part(p.scope, ':', 1)
        when 'account' then 'globe'
        else replace(p.scope, ':', '/')
    end,
    case split_part(p.scope, ':', 1)
        when 'account' then 1 when 'site' then 2 when 'group' then 3 else 4
    end,
    coalesce((f.entry ->> 'from')::timestamptz, 'infinity'),
    coalesce((f.entry ->> 'to')::timestamptz, 'infinity')
from (
    select distinct on (stream_id) stream_id, data -> 'policy' ->> 'scope' as scope,
        (data -> 'policy' -> 'document')::jsonb as document
    from patchflow.events
    where type = 'PolicyPublished'
    order by stream_id, version desc
) p
join patchflow.streams s on s.id = p.stream_id
cross join lateral (
    select p.document -> 'windows' -> 'freezes' as list
) l
cross join lateral (
    select null::jsonb as entry
    union all
    select jsonb_array_elements(l.list)
) f
where l.list is not null
on conflict do nothing;
