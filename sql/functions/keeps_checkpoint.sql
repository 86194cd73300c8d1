-- Whether a checkpoint stays. Called for every row that somebody deletes from checkpoints, the owner
-- included (trigger checkpoints_no_delete), and so by forget_old_rows.
--
-- All of the last day stay; of earlier ones the last of each hour, and of each day (UTC) when they are
-- older than thirty days. Beside it the last of those that most witnesses have cosigned, those that an
-- archive is proved by, and heads that were never signed. So the latest one always stays, and for every
-- moment there is a signed head that is not much younger.
--
-- Nothing that is proved needs the others: proofs are made of tiles, which stay, and whoever has kept
-- a checkpoint shows it himself.
create or replace function patchflow.keeps_checkpoint(of_size bigint) returns boolean
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    given checkpoints;
    starts timestamptz;
    ends timestamptz;
begin
    select * into given from checkpoints where size = of_size;
    if given.note is null or given.sealed_at > clock_timestamp() - interval '1 day'
        or exists (select from archives a where a.checkpoint_size = of_size)
    then
        return true;
    end if;
    if given.sealed_at > clock_timestamp() - interval '30 days' then
        starts := date_trunc('hour', given.sealed_at, 'UTC');
        ends := starts + interval '1 hour';
    else
        starts := date_trunc('day', given.sealed_at, 'UTC');
        ends := starts + interval '24 hours';
    end if;
    -- Times rise with sizes.
    if not exists (
        select from checkpoints c
        where c.size > of_size and c.note is not null and c.sealed_at < ends)
    then
        return true;
    end if;
    return given.cosignatures > 0 and not exists (
        select from checkpoints c
        where c.cosignatures > 0 and c.sealed_at >= starts and c.sealed_at < ends
            and (c.cosignatures, c.size) > (given.cosignatures, given.size));
end
$$;
