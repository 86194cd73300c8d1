-- Refuses UPDATE, DELETE and TRUNCATE of events to everyone, the owner included. Row triggers on
-- the parent reach every partition; TRUNCATE triggers are made with each partition.
create or replace function patchflow.refuse_change() returns trigger
language plpgsql
as $$
begin
    raise exception using
        errcode = 'PF001',
        message = format('%s of %s refused: the log only grows', tg_op, tg_table_name),
        hint = 'Record a new event that corrects the old one.';
end
$$;

create or replace trigger events_append_only before update or delete on patchflow.events
for each row execute function patchflow.refuse_change();
create or replace trigger events_no_truncate before truncate on patchflow.events
execute function patchflow.refuse_change();
revoke all on patchflow.events from public;
