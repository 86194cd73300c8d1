-- How many witnesses have cosigned a checkpoint: by this it is found. It proves nothing; the note does,
-- to whoever knows the witnesses' keys.
alter table patchflow.checkpoints
    add column cosignatures smallint not null default 0 check (cosignatures between 0 and 90);
create index checkpoints_cosigned on patchflow.checkpoints (size) where cosignatures > 0;
