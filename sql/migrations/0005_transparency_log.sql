-- The transparency log over the events: leaf n - 1 of its Merkle tree (RFC 6962) is the entry of the
-- event at position n. Written by patchflow.seal_log and patchflow.store_note alone. Bundles of
-- entries aren't kept: they are made from the events when somebody asks for them.

-- C2SP tiles: 1 to 256 hashes of 32 bytes, side by side. One row for each place: a partial tile
-- grows in its row, since a wider one begins with the same hashes; a full one never changes.
create table patchflow.tiles (
    level smallint not null check (level between 0 and 63),
    index bigint not null check (index >= 0),
    hashes bytea not null
        check (octet_length(hashes) % 32 = 0 and octet_length(hashes) between 32 and 8192),
    primary key (level, index)
) with (fillfactor = 80);
-- Hashes don't compress.
alter table patchflow.tiles alter column hashes set storage external;

-- The heads of the tree, each committed together with the tiles that it stands on.
create table patchflow.checkpoints (
    size bigint primary key check (size > 0),
    root bytea not null check (octet_length(root) = 32),
    -- The signed note (C2SP), null until the signer has signed: it is asked after this row is
    -- durable, never before. Signatures of witnesses come below those that are there.
    note text,
    sealed_at timestamptz not null default clock_timestamp()
);
-- What everybody asks for: the latest one that was signed.
create index checkpoints_signed on patchflow.checkpoints (size) where note is not null;
