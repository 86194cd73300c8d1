-- Frees what attempts own: the row of their asset, and their slots. Called by append_events, which
-- holds the rows of the assets. Null arrays end nothing.
create or replace function patchflow.end_attempts(p_asset text[], p_attempt uuid[]) returns void
language plpgsql
set search_path = patchflow, pg_temp
as $$
begin
    update slots set attempt = null where attempt = any(p_attempt);
    update asset_attempt set attempt = null
    from unnest(p_asset, p_attempt) x(asset, attempt)
    where asset_attempt.asset = x.asset and asset_attempt.attempt = x.attempt;
end
$$;
