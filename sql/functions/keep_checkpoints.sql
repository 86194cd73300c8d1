-- Refuses every change of a checkpoint to everyone, the owner included, but that an unsigned one gets
-- its note, and a note more signatures below those that it has. A trigger of patchflow.checkpoints.
create or replace function patchflow.keep_checkpoints() returns trigger
language plpgsql
as $$
begin
    if tg_op = 'UPDATE' then
        if new.size = old.size and new.root = old.root and new.sealed_at = old.sealed_at
            and starts_with(new.note, coalesce(old.note, ''))
        then
            return new;
        end if;
    end if;
    raise exception using
        errcode = 'PF001',
        message = format('%s of %s refused: what was sealed stays', tg_op, tg_table_name);
end
$$;

create or replace trigger checkpoints_append_only before update or delete on patchflow.checkpoints
for each row execute function patchflow.keep_checkpoints();
create or replace trigger checkpoints_no_truncate before truncate on patchflow.checkpoints
execute function patchflow.keep_checkpoints();
revoke all on patchflow.checkpoints from public;
