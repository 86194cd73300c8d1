-- Puts a witness's cosignature below a checkpoint's note. Called by the collector of cosignatures,
-- each alone in its transaction; two at once come one after the other (the row's lock). A line that
-- is there already is not added again.
--
-- Returns: false when there is no such checkpoint that is signed.
create or replace function patchflow.add_cosignature(
    of_size bigint, of_root bytea, signature_line text
) returns boolean
language plpgsql
security definer
set search_path = patchflow, pg_temp
as $$
begin
    -- One line, as a note has them: nothing else may come below what was signed.
    if signature_line !~ '^— [^[:space:]+]+ [A-Za-z0-9+/]+=*\n$' then
        raise exception 'this is no line of a signature: %', left(signature_line, 200)
            using errcode = 'invalid_parameter_value';
    end if;
    update checkpoints set note = note || signature_line, cosignatures = cosignatures + 1
    where size = of_size and root = of_root and strpos(note, signature_line) = 0;
    return found or exists (
        select from checkpoints
        where size = of_size and root = of_root and strpos(note, signature_line) > 0);
end
$$;
