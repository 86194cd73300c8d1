-- Late folds of parked events change rows without moving the position of their generation: by this
-- number whoever read those rows before, to fold on or to prove them, sees that they are others now.
alter table patchflow.projections
    add column late_folds bigint not null default 0;

-- What a worker's program knows, as a number that rises with every type and version of events: 0 for
-- those of a time before. Events that it doesn't know it would pass over, so nobody writes any as long
-- as it lives.
alter table patchflow.workers
    add column vocabulary integer not null default 0;

-- Which of the checkpoints of an hour or a day most witnesses have cosigned, when old ones are thinned.
create index checkpoints_cosigned_at on patchflow.checkpoints (sealed_at) where cosignatures > 0;
