-- How far each subscriber of the log has come, and what it keeps between events.

create table patchflow.subscriptions (
    name text primary key,
    position bigint not null
) with (fillfactor = 50);

create table patchflow.subscription_notes (
    name text not null,
    key text not null collate "C",
    note json not null,
    primary key (name, key)
);
