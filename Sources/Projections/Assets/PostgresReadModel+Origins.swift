package import Application
internal import Postgres

extension PostgresReadModel {
    /// Hosts that are alike are offered the same list: it is read once.
    package func offeredOrigins(
        asOf: Int64?
    ) async throws -> (origins: [OfferedOrigin], position: Int64) {
        let (generation, position) = try await live(asOf: asOf)
        var query: Query = """
            with hosts as materialized (
                select id, document->>'list' as list
                from patchflow.projection_rows
                where generation = \(generation) and kind = 'offer' and state = 'active'
            """
        query.append(Self.valid(asOf: asOf))
        query.append(Self.origins)
        let origins = try await pool.query(query).map { row in
            OfferedOrigin(
                origin: try row.decode(at: 0), isSecurityArchive: try row.decode(at: 1),
                assets: Int(try row.decode(Int64.self, at: 2)))
        }
        return (origins, asOf ?? position)
    }

    private static let origins: Query = """
        ), origins as materialized (
            select l.list, o.origin collate "C" as origin,
                bool_or(o."fromSecurityArchive") as security
            from (select distinct list from hosts) l
            join patchflow.documents d on d.sha256 = decode(l.list, 'hex')
            cross join json_to_recordset(convert_from(d.bytes, 'UTF8')::json) o(
                origin text, "fromSecurityArchive" boolean)
            group by l.list, o.origin
        )
        select o.origin, bool_or(o.security), count(distinct h.id)
        from origins o join hosts h using (list)
        group by o.origin order by o.origin
        """
}
