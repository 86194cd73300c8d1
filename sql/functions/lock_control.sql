-- Locks the dispatch_control rows that a batch of commands changes (for update) or relies on (for
-- share), in one order, so that a pause and a dispatch can't pass each other. Called by
-- append_events first of all.
create or replace function patchflow.lock_control(changed text[], relied text[]) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    r record;
begin
    insert into dispatch_control (scope)
    select distinct s from unnest(changed || relied) s
    where not exists (select from dispatch_control d where d.scope = s)
    order by s
    on conflict do nothing;
    for r in
        select s, bool_or(for_change) as for_change
        from (
            select s, true as for_change from unnest(changed) s
            union all
            select s, false from unnest(relied) s
        ) wanted
        group by s
        order by s collate "C"
    loop
        if r.for_change then
            perform from dispatch_control where scope = r.s for update;
        else
            perform from dispatch_control where scope = r.s for share;
        end if;
    end loop;
end
$$;
