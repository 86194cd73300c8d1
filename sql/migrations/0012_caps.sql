-- Caps that people set (I1): on everything, a site, a group or a failure domain. A cap is the capacity of
-- its row of dispatch_control, and as many slots. Changed by change_cap in the commit of the event that
-- decides it, held by take_permit where an intent commits.

-- Where an attempt counts, so that a cap that is set while it is under way counts it from the beginning.
-- Null for attempts from before there were caps: they count on everything, and wherever they ask again.
alter table patchflow.asset_attempt add column scopes text[];

-- Who waits for a slot of a cap, and in which order they get one: the higher class first, then turn by
-- turn of the rollouts, then whoever has waited longer. A row that nobody has asked again for in 30 seconds
-- doesn't count: whoever waited for it waits for something else by now.
create table patchflow.slot_waits (
    scope text not null collate "C",
    asset text not null collate "C",
    -- The activity that is made due when a slot is free.
    activity uuid not null,
    rollout text not null collate "C",
    class integer not null,
    -- Of its rollout's assets one after the other: many of one rollout don't go before the first of another.
    turn bigint not null,
    since timestamptz not null,
    seen_at timestamptz not null,
    primary key (asset, scope)
) with (fillfactor = 50);
create index slot_waits_order on patchflow.slot_waits (scope, class desc, turn, since, asset);
create index slot_waits_turns on patchflow.slot_waits (scope, rollout, turn);

-- The first free one is found without a look at those that are taken.
create index slots_free on patchflow.slots (scope, number) where attempt is null;
