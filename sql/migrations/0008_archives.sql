-- Events that have left the database: a partition at a time, the oldest first, each into a file that
-- was read back and verified before. Streams, tiles, checkpoints and documents stay.

create table patchflow.archives (
    first_position bigint primary key,
    last_position bigint not null unique check (last_position >= first_position),
    -- Its name in the directory of archives, and what it holds.
    file text not null unique,
    sha256 bytea not null check (octet_length(sha256) = 32),
    bytes bigint not null,
    -- The signed checkpoint that its proofs lead to.
    checkpoint_size bigint not null,
    archived_at timestamptz not null default clock_timestamp()
);

-- Where the events of a stream lie in an archive: versions from first_version on, each by how far it
-- lies behind the archive's first position.
create table patchflow.archived_streams (
    stream_id bigint not null,
    first_position bigint not null references patchflow.archives on delete cascade,
    first_version integer not null,
    places integer[] not null,
    primary key (stream_id, first_position)
);
