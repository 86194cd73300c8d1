-- Changes what may be dispatched in one scope; null leaves a value as it is. Called by
-- append_events, which holds the row's lock.
create or replace function patchflow.change_control(
    p_scope text, p_halted boolean, p_released_batch integer, p_capacity integer
) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
begin
    update dispatch_control
    set halted = coalesce(p_halted, halted),
        released_batch = coalesce(p_released_batch, released_batch),
        capacity = coalesce(p_capacity, capacity)
    where scope = p_scope;
    if p_capacity is not null then
        insert into slots (scope, number)
        select p_scope, n from generate_series(1, p_capacity) n
        on conflict do nothing;
        delete from slots where scope = p_scope and number > p_capacity and attempt is null;
    end if;
end
$$;
