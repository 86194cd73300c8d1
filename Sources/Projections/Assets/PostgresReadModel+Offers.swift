package import Application
internal import Postgres

/// A version of a package that signed lists offer, as the API shows it.
struct OfferedUpdateDocument: Codable, Equatable {
    var name: String
    var source: String
    var architecture: String
    var offeredVersion: String
    var origin: String
    var fromSecurityArchive: Bool
    var sha256: String
    var size: Int
    var assets: [OfferedTo]

    struct OfferedTo: Codable, Equatable {
        var id: String
        var name: String
        var environment: String
        var installedVersion: String
    }
}

extension PostgresReadModel {
    /// Hosts that are alike are offered the same list, which is one document: it is read once, and
    /// then joined with the hosts.
    package func offeredUpdates(_ request: OfferRequest) async throws -> ViewPage {
        let (generation, position) = try await live(asOf: request.asOf)
        let limit = Self.limit(request.limit)
        var query: Query = """
            with hosts as materialized (
                select id, document->>'name' as host, document->>'environment' as environment,
                    document->>'list' as list
                from patchflow.projection_rows
                where generation = \(generation) and kind = 'offer' and state = 'active'
            """
        query.append(Self.valid(asOf: request.asOf))
        if let asset = request.asset { query.append(" and id = \(asset)") }
        query.append(Self.offers)
        if let source = request.source { query.append(" and o.source = \(source)") }
        if request.isSecurityOnly { query.append(" and o.\"fromSecurityArchive\"") }
        if let cursor = request.cursor {
            let after = try ListCursor(cursor)
            query.append(" and (o.source, \(unsafe: Self.rest)) > (\(after.sortKey), \(after.id))")
        }
        query.append(Self.sums)
        query.append(" order by o.source, o.rest limit \(Int32(limit + 1))")
        let views = try await pool.query(query).map(Self.offer)
        return ViewPage(views, limit: limit, position: request.asOf ?? position) {
            ListCursor(sortKey: $0.sortKey, id: $0.id)
        }
    }

    /// What tells two offers of one source apart.
    private static let rest = """
        concat_ws(E'\\x1e', o.name, o.architecture, o."offeredVersion", o.origin, o.sha256) collate "C"
        """

    private static let offers: Query = """
        ), offers as materialized (
            select l.list, o.name, \(unsafe: rest) as rest, o.source, o.architecture,
                o."offeredVersion", o.origin, o."fromSecurityArchive", o.sha256, o.size,
                o."installedVersion"
            from (select distinct list from hosts) l
            join patchflow.documents d on d.sha256 = decode(l.list, 'hex')
            cross join json_to_recordset(convert_from(d.bytes, 'UTF8')::json) o(
                name text, source text collate "C", architecture text, "installedVersion" text,
                "offeredVersion" text, origin text, "fromSecurityArchive" boolean, sha256 text,
                size bigint)
            where true
        """

    private static let sums: Query = """
        )
        select o.name, o.rest, o.source, o.architecture, o."offeredVersion", o.origin,
            o."fromSecurityArchive", o.sha256, o.size,
            array_agg(h.id order by h.host, h.id), array_agg(h.host order by h.host, h.id),
            array_agg(h.environment order by h.host, h.id),
            array_agg(o."installedVersion" order by h.host, h.id)
        from offers o join hosts h using (list)
        group by o.name, o.rest, o.source, o.architecture, o."offeredVersion", o.origin,
            o."fromSecurityArchive", o.sha256, o.size
        """

    @Sendable
    private static func offer(_ row: Row) throws -> View {
        let ids: [String] = try row.decode(at: 9)
        let hosts: [String] = try row.decode(at: 10)
        let environments: [String] = try row.decode(at: 11)
        let installed: [String] = try row.decode(at: 12)
        let offer = OfferedUpdateDocument(
            name: try row.decode(at: 0), source: try row.decode(at: 2),
            architecture: try row.decode(at: 3), offeredVersion: try row.decode(at: 4),
            origin: try row.decode(at: 5), fromSecurityArchive: try row.decode(at: 6),
            sha256: try row.decode(at: 7), size: Int(try row.decode(Int64.self, at: 8)),
            assets: ids.indices.map { index in
                OfferedUpdateDocument.OfferedTo(
                    id: ids[index], name: hosts[index], environment: environments[index],
                    installedVersion: installed[index])
            })
        return View(
            id: try row.decode(at: 1), parent: nil, state: "offered", sortKey: offer.source,
            document: try ViewJSON.encode(offer))
    }
}
