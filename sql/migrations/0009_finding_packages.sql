-- Open and closed findings by the package that they are in: for what a patch mends.

create index projection_rows_package on patchflow.projection_rows
(generation, (document ->> 'package'))
where kind = 'finding' and to_position is null;

-- Rows by when they were replaced: what was current at a position is what still is, and what was
-- replaced after it. Without this, lists and reports of the past read every version of every row.

create index projection_rows_past on patchflow.projection_rows
(generation, kind, to_position)
where to_position is not null;
