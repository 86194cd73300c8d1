-- A fence above every fence that was given out before, also before a restore.
create or replace function patchflow.next_fence() returns bigint
language sql
volatile
as $$
    select number * 1099511627776 + nextval('patchflow.fences') from patchflow.incarnation
$$;
