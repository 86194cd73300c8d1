-- Open and closed findings by the package that they are in: for what a patch mends.

create index projection_rows_package on patchflow.projection_rows
(generation, (document ->> 'package'))
where kind = 'finding' and to_position is null;
