-- An emergency overrides a freeze for as long as it lasts, whatever was approved in it: until then.
-- Null for what a person has overridden, which counts for the rollout's whole life.
alter table patchflow.freeze_overrides add column until timestamptz;
