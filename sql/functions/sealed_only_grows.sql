-- What was sealed stays, for everyone, the owner included: an unsigned checkpoint gets its note, a
-- note more signatures below those that it has, a partial tile more hashes behind those that it has. Old
-- checkpoints between others may go (keeps_checkpoint). Everything else is refused as a change of an
-- event is.
create or replace trigger checkpoints_append_only before update on patchflow.checkpoints
for each row when (
    (
        new.size = old.size and new.root = old.root and new.sealed_at = old.sealed_at
        and starts_with(new.note, coalesce(old.note, ''))
        and new.cosignatures >= old.cosignatures
    ) is not true
)
execute function patchflow.refuse_change();
create or replace trigger checkpoints_no_delete before delete on patchflow.checkpoints
for each row when (patchflow.keeps_checkpoint(old.size))
execute function patchflow.refuse_change();
create or replace trigger checkpoints_no_truncate before truncate on patchflow.checkpoints
execute function patchflow.refuse_change();
revoke all on patchflow.checkpoints from public;

create or replace trigger tiles_append_only before update on patchflow.tiles
for each row when (
    (
        new.level = old.level and new.index = old.index
        and octet_length(new.hashes) >= octet_length(old.hashes)
        and substr(new.hashes, 1, octet_length(old.hashes)) = old.hashes
    ) is not true
)
execute function patchflow.refuse_change();
create or replace trigger tiles_no_delete before delete on patchflow.tiles
for each row execute function patchflow.refuse_change();
create or replace trigger tiles_no_truncate before truncate on patchflow.tiles
execute function patchflow.refuse_change();
revoke all on patchflow.tiles from public;
