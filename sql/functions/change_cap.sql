-- Sets how many attempts may be under way in a scope at once; null for no cap. Those under way count from
-- the beginning: where they are more than the new cap, nothing begins until they have become fewer. Called
-- by change_calendar only, whose caller has locked the globe's row of dispatch_control: no permit is taken
-- meanwhile.
create or replace function patchflow.change_cap(p_scope text, p_capacity integer) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
declare
    r record;
    under_way uuid[] := '{}';
begin
    insert into dispatch_control (scope, capacity) values (p_scope, p_capacity)
    on conflict (scope) do update set capacity = excluded.capacity;
    if p_capacity is null then
        perform wake_waiting(array[p_scope], null);
        delete from slot_waits where scope = p_scope;
        delete from slots where scope = p_scope;
        return;
    end if;
    -- An attempt that ends at this moment has its row locked: it is waited for, and doesn't count then.
    for r in
        select attempt from asset_attempt
        where attempt is not null and (p_scope = 'globe' or p_scope = any(scopes))
        order by asset
        for update
    loop
        under_way := under_way || r.attempt;
    end loop;
    delete from slots where scope = p_scope and attempt is null;
    insert into slots (scope, number, attempt)
    select p_scope, n.number, m.attempt
    from (
        select u.attempt, row_number() over () as place from unnest(under_way) u(attempt)
        where not exists (
            select from slots s where s.scope = p_scope and s.attempt = u.attempt)
    ) m
    join (
        select g.number, row_number() over (order by g.number) as place
        from generate_series(
            1,
            cardinality(under_way) + (select count(*)::integer from slots where scope = p_scope)
        ) g(number)
        where not exists (
            select from slots s where s.scope = p_scope and s.number = g.number)
    ) n using (place);
    insert into slots (scope, number)
    select p_scope, n from generate_series(1, p_capacity) n
    on conflict do nothing;
    perform wake_waiting(array[p_scope], p_capacity);
end
$$;
