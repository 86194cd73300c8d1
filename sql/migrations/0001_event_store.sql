-- The log and what commits with it. Everything lives in the schema patchflow.
-- Room is left for what seals the log: tiles and checkpoints come with a migration of their own.

create table patchflow.streams (
    id bigint generated always as identity (cache 100) primary key,
    -- The stream's id as everyone sees it: prefix_uuid.
    key text not null unique collate "C",
    -- 0: named by an append that was refused, without an event yet.
    version integer not null default 0,
    first_position bigint,
    last_position bigint
) with (fillfactor = 70);

-- Append-only. Partitioned by position from the first day; partitions are made ahead of time by
-- patchflow.ensure_event_partitions, never by default.
create table patchflow.events (
    position bigint not null primary key,
    stream_id bigint not null,
    version integer not null,
    id uuid not null,
    type text not null collate "C",
    schema_version smallint not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    actor text not null,
    actor_role text not null,
    on_behalf_of text,
    command_id uuid not null,
    correlation_id uuid not null,
    causation_id uuid,
    -- json, not jsonb: the exact text is what gets hashed.
    data json not null
) partition by range (position);

-- Accepted commands, for idempotency: the same id is answered as it was then.
create table patchflow.commands (
    command_id uuid primary key,
    request_digest bytea not null,
    first_position bigint not null,
    last_position bigint not null,
    recorded_at timestamptz not null
);
create index commands_recorded_at on patchflow.commands using brin (recorded_at);

-- What is too large for an event, by the SHA-256 of its bytes.
create table patchflow.documents (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    media_type text not null,
    bytes bytea not null,
    recorded_at timestamptz not null default clock_timestamp()
);
alter table patchflow.documents alter column bytes set storage external;
