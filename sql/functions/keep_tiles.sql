-- Refuses every change of a tile to everyone, the owner included, but that a partial one gets more
-- hashes behind those that it has. A trigger of patchflow.tiles.
create or replace function patchflow.keep_tiles() returns trigger
language plpgsql
as $$
begin
    if tg_op = 'UPDATE' then
        if new.level = old.level and new.index = old.index
            and octet_length(new.hashes) >= octet_length(old.hashes)
            and substr(new.hashes, 1, octet_length(old.hashes)) = old.hashes
        then
            return new;
        end if;
    end if;
    raise exception using
        errcode = 'PF001',
        message = format('%s of %s refused: what was sealed stays', tg_op, tg_table_name);
end
$$;

create or replace trigger tiles_append_only before update or delete on patchflow.tiles
for each row execute function patchflow.keep_tiles();
create or replace trigger tiles_no_truncate before truncate on patchflow.tiles
execute function patchflow.keep_tiles();
revoke all on patchflow.tiles from public;
