-- Work that follows from events: who may do what, now. Rows come with the events they follow from
-- and go with the events that end them.

-- One row per worker process; its lease is that of everything it holds.
create table patchflow.workers (
    id uuid primary key,
    name text not null,
    started_at timestamptz not null default clock_timestamp(),
    lease_until timestamptz not null
) with (fillfactor = 50);

-- A row is waiting while worker is null, claimed otherwise; it is deleted by the append that
-- carries its result.
create table patchflow.activities (
    id uuid primary key,
    kind text not null,
    queue text not null,
    stream text not null collate "C",
    asset text collate "C",
    data json not null,
    priority integer not null,
    scheduled_at timestamptz not null default clock_timestamp(),
    available_at timestamptz not null,
    tries integer not null default 0,
    worker uuid,
    fence bigint,
    claimed_at timestamptz,
    -- Why it was given back last, for people.
    last_reason text,
    correlation_id uuid not null
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0
);
create index activities_waiting on patchflow.activities (queue, priority desc, available_at, id)
where worker is null;
create index activities_claimed on patchflow.activities (worker) where worker is not null;
create index activities_stream on patchflow.activities (stream);

-- A moment to come back to a stream; a later timer of the same name replaces an earlier one.
create table patchflow.timers (
    id uuid primary key,
    stream text not null collate "C",
    name text not null,
    due timestamptz not null,
    data json not null,
    correlation_id uuid not null,
    unique (stream, name)
);
create index timers_due on patchflow.timers (due);

-- Which restore of the database this is; raised by an operator after one, so that fences given out
-- since the backup are lower than any new one.
create table patchflow.incarnation (
    singleton boolean primary key default true check (singleton),
    number bigint not null
);
insert into patchflow.incarnation (number) values (1);
create sequence patchflow.fences;

-- What may be dispatched: by rollout, by site, and everywhere (scope globe).
create table patchflow.dispatch_control (
    scope text primary key collate "C",
    halted boolean not null default false,
    -- Batches up to this number may start; null where batches don't apply.
    released_batch integer,
    -- Attempts under way at most; null for no limit of its own.
    capacity integer check (capacity >= 0)
);
insert into patchflow.dispatch_control (scope) values ('globe');

-- A limit is a number of rows, never a count: to start an attempt is to own a row.
create table patchflow.slots (
    scope text not null collate "C",
    number integer not null,
    attempt uuid,
    primary key (scope, number)
) with (fillfactor = 50);
create index slots_attempt on patchflow.slots (attempt) where attempt is not null;

-- At most one attempt per asset (I3), and the highest fence that any attempt on it had (I5). The
-- row stays when the attempt ends.
create table patchflow.asset_attempt (
    asset text primary key collate "C",
    attempt uuid,
    fence bigint not null
) with (fillfactor = 50);
