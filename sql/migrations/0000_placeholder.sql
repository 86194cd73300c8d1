create schema if not exists patchflow;
