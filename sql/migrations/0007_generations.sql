-- Generations of the read models: what each is built for, how far that is, and what was proved.

alter table patchflow.projections
    -- What it is being built for: to take the place of the live one, or to prove it. None once it is
    -- live, or was.
    add column building text check (building in ('replace', 'verify')),
    -- The position that building it is to reach, as far as that is known.
    add column target bigint,
    add column advanced_at timestamptz,
    -- When another one took its place.
    add column replaced_at timestamptz,
    -- Up to where its rows were found equal to those of another fold, by which state hash, and when.
    add column verified_position bigint,
    add column verified_hash bytea check (octet_length(verified_hash) = 32),
    add column verified_at timestamptz,
    add check (not live or building is null);

alter table patchflow.projection_parked
    -- Of the event; not known of one that can't be read.
    add column stream text,
    add column type text,
    -- Tries by hand since it was parked.
    add column retries integer not null default 0,
    add column retried_at timestamptz;
