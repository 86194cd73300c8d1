-- Gives up to `wanted` due activities of `queues` to a worker, highest priority first, then
-- oldest. A worker whose lease has run out gets nothing: it must come back under a new id.
-- Called by workers; locks only the rows it gives, and skips those that others are taking.
create or replace function patchflow.claim_activities(
    p_worker uuid, p_queues text[], wanted integer
) returns setof patchflow.activities
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    at constant timestamptz := clock_timestamp();
    given integer := 0;
    n integer;
    q text;
begin
    if not exists (select from workers where id = p_worker and lease_until > at) then
        raise exception using errcode = 'PF002', message = 'the lease of this worker has run out';
    end if;
    foreach q in array p_queues loop
        return query
        with due as materialized (
            select id from activities
            where worker is null and queue = q and available_at <= at
            order by priority desc, available_at, id
            limit wanted - given
            for update skip locked
        )
        update activities a
        set worker = p_worker, fence = next_fence(), tries = tries + 1, claimed_at = at
        from due where a.id = due.id
        returning a.*;
        get diagnostics n = row_count;
        given := given + n;
        exit when given >= wanted;
    end loop;
end
$$;
