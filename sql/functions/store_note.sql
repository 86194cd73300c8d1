-- Stores the signed note of a head that is stored already. Called by the sealer after the signer has
-- answered; a note that is there may only get more signatures (trigger checkpoints_append_only).
--
-- Returns: false when there is no such head.
create or replace function patchflow.store_note(
    of_size bigint, of_root bytea, signed_note text
) returns boolean
language plpgsql
security definer
set search_path = patchflow, pg_temp
as $$
begin
    update checkpoints set note = signed_note
    where size = of_size and root = of_root and note is distinct from signed_note;
    return found or exists (
        select from checkpoints where size = of_size and root = of_root and note = signed_note);
end
$$;
