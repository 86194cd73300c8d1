-- Read models: what the log comes to, for lists and pages. Nobody writes here but a projector.

-- A generation is one whole fold of the log. One is live; another may be built beside it.
create table patchflow.projections (
    generation integer generated always as identity primary key,
    -- Which version of the folding code made it.
    definition integer not null,
    position bigint not null default 0,
    live boolean not null default false,
    started_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create unique index projections_live on patchflow.projections (live) where live;

-- Every version of every row, valid for positions from from_position up to, not including,
-- to_position; the current one has none. So a list as of any position is a predicate.
create table patchflow.projection_rows (
    generation integer not null references patchflow.projections on delete cascade,
    kind text not null collate "C",
    id text not null collate "C",
    from_position bigint not null,
    to_position bigint,
    parent text collate "C",
    state text not null collate "C",
    sort_key text not null collate "C",
    document json not null,
    primary key (generation, kind, id, from_position)
);
create index projection_rows_list on patchflow.projection_rows
(generation, kind, sort_key, id) where to_position is null;
create index projection_rows_parent on patchflow.projection_rows
(generation, kind, parent, sort_key, id);
create index projection_rows_current on patchflow.projection_rows
(generation, kind, id) where to_position is null;

-- Events that could not be folded, after three tries; the others go on.
create table patchflow.projection_parked (
    generation integer not null references patchflow.projections on delete cascade,
    position bigint not null,
    reason text not null,
    parked_at timestamptz not null default clock_timestamp(),
    primary key (generation, position)
);
