internal import Application
internal import EventSourcing
internal import PatchManagement
internal import Postgres

/// Patches with what is open that they mend: the earliest deadline, the findings, and the assets
/// that have them.
///
/// A patch mends the findings in its packages on the assets of its assessment, as the assessment
/// itself says of its class. Those findings come and go without any event of the patch, so they are
/// counted when patches are read.
///
/// Cost: the open findings in the patches' packages, by an index of their own, and the list of assets
/// of each patch that is still of interest. Measured with 500,000 findings on 100,000 assets: 10 ms for
/// one patch that applies to 24,000 assets, 1.3 s for a list of a hundred such patches. A page in the
/// usual order counts for its own patches, any other for all. As of the past the index is of no use,
/// and all findings of then are read.
extension PostgresReadModel {
    func patches(_ request: ListRequest) async throws -> ViewPage {
        let (generation, position) = try await live(asOf: request.asOf)
        let limit = Self.limit(request.limit)
        let key = Self.key(request.order)
        var query = try Self.patches(generation, request)
        query.append(
            """
            select w.id, w.parent, w.state, \(unsafe: key), w.document, n.deadline, n.findings,
                n.assets
            from wanted w left join needed n on n.id = w.id where true
            """)
        if !Self.assetFields(request).isEmpty {
            query.append(
                """
                 and exists (
                    select from lists l
                    cross join lateral json_array_elements_text(
                        convert_from(l.bytes, 'UTF8')::json) e(asset)
                    where l.id = w.id and e.asset in (select id from scoped))
                """)
        }
        if let moment = request.dueBefore {
            query.append(" and n.deadline < \(moment.description)")
        }
        query.append(try Self.page(request, of: "w", key))
        let views = try await pool.query(query).map(Self.patch)
        return ViewPage(views, limit: limit, position: request.asOf ?? position) {
            ListCursor(sortKey: $0.sortKey, id: $0.id)
        }
    }

    func patch(_ id: String, asOf: Int64?) async throws -> View? {
        var request = ListRequest(.patch)
        request.asOf = asOf
        request.id = id
        return try await patches(request).views.first
    }

    private static func key(_ order: ListRequest.Order) -> String {
        switch order {
        // To no patch belongs one owner or one site.
        case .usual, .owner, .site: "w.sort_key"
        case .urgency:
            #"""
            ((case w.document->>'risk_class' when 'urgent' then '0' when 'important' then '1'
                when 'nonCritical' then '2' else '3' end || ' ' || coalesce(n.deadline, '~'))
                collate "C")
            """#
        case .deadline: #"(coalesce(n.deadline, '~') collate "C")"#
        }
    }

    /// Whether nothing that is counted has a say in which patches are on a page: then it is counted
    /// for those alone.
    private static func isPagedFirst(_ request: ListRequest) -> Bool {
        switch request.order {
        case .usual, .owner, .site: request.dueBefore == nil && assetFields(request).isEmpty
        case .urgency, .deadline: false
        }
    }

    private static func page(
        _ request: ListRequest, of row: String, _ key: String
    ) throws -> Query {
        var query: Query = ""
        if let cursor = request.cursor {
            let after = try ListCursor(cursor)
            query.append(
                " and (\(unsafe: key), \(unsafe: row).id) > (\(after.sortKey), \(after.id))")
        }
        query.append(
            """
             order by \(unsafe: key), \(unsafe: row).id limit \(Int32(limit(request.limit) + 1))
            """)
        return query
    }

    private static func assetFields(_ request: ListRequest) -> [(String, String)] {
        request.fields.sorted { $0.key < $1.key }.filter {
            ["site", "owner", "environment"].contains($0.key)
        }.map { ($0.key, $0.value) }
    }

    /// Nothing is due by those that lead nowhere, or that are in effect.
    private static let settled: [String] = [
        PatchState.notApplicable, .rejected, .withdrawn, .superseded, .resolvedElsewhere, .verified,
        .documented,
    ].map(\.rawValue)

    private static func patches(_ generation: Int32, _ request: ListRequest) throws -> Query {
        let assetFields = assetFields(request)
        var query: Query = """
            with wanted as materialized (
                select r.id, r.parent, r.state, r.sort_key, r.document
                from patchflow.projection_rows r
                where r.generation = \(generation) and r.kind = 'patch'
                    \(query: valid("r", asOf: request.asOf))
            """
        if let id = request.id { query.append(" and r.id = \(id)") }
        let states = request.wantedStates
        if !states.isEmpty { query.append(" and r.state = any(\(states))") }
        for (field, text) in request.fields.sorted(by: { $0.key < $1.key })
        where !assetFields.contains(where: { $0.0 == field }) {
            query.append(" and r.document->>\(field) = \(text)")
        }
        if isPagedFirst(request) { query.append(try page(request, of: "r", "r.sort_key")) }
        query.append(packages)
        if !assetFields.isEmpty {
            query.append(scoped(generation, assetFields, asOf: request.asOf))
        }
        query.append(mended(generation, asOf: request.asOf))
        if !assetFields.isEmpty {
            query.append(" and f.parent in (select id from scoped)")
        }
        query.append(needed(isForEnded: !assetFields.isEmpty))
        return query
    }

    private static let packages: Query = """
        ), packages as materialized (
            select distinct w.id, p.package->>'name' as package
            from wanted w cross join json_array_elements(w.document->'packages') p(package)
            where w.state <> all(\(settled))
        """

    private static func scoped(
        _ generation: Int32, _ fields: [(String, String)], asOf: Int64?
    ) -> Query {
        var query: Query = """
            ), scoped as materialized (
                select a.id from patchflow.projection_rows a
                where a.generation = \(generation) and a.kind = 'asset'
                    \(query: valid("a", asOf: asOf))
            """
        for (field, text) in fields { query.append(" and a.document->>\(field) = \(text)") }
        return query
    }

    private static func mended(_ generation: Int32, asOf: Int64?) -> Query {
        """
        ), mended as materialized (
            select p.id, f.parent as asset, min((f.document->>'deadline') collate "C") as deadline,
                count(*) as findings
            from patchflow.projection_rows f
            join packages p on p.package = f.document->>'package'
            where f.generation = \(generation) and f.kind = 'finding' and f.state = 'open'
                -- So that the index is used, however few the planner takes them for.
                and f.document->>'package' = any(array(select distinct package from packages))
                \(query: valid("f", asOf: asOf))
        """
    }

    /// The lists are taken apart one by one, and only those of patches: a document may be anything.
    private static func needed(isForEnded: Bool) -> Query {
        """
            group by p.id, f.parent
        ), lists as materialized (
            select w.id, d.bytes
            from wanted w
            join patchflow.documents d
                on d.sha256 = decode(w.document->'assessment'->>'assets_digest', 'hex')
            where \(isForEnded) or w.state <> all(\(settled))
        ), needed as materialized (
            select l.id, m.deadline, m.findings, m.assets
            from lists l
            cross join lateral (
                select min(m.deadline) as deadline, sum(m.findings)::bigint as findings,
                    count(*) as assets
                from mended m
                where m.id = l.id and m.asset in (
                    select json_array_elements_text(convert_from(l.bytes, 'UTF8')::json))
            ) m
            where m.assets > 0
        )

        """
    }

    @Sendable
    private static func patch(_ row: Row) throws -> View {
        var view = View(
            id: try row.decode(at: 0), parent: try row.decode(at: 1), state: try row.decode(at: 2),
            sortKey: try row.decode(at: 3), document: try row.decode(JSONText.self, at: 4).bytes)
        if let findings: Int64 = try row.decode(at: 6), let assets: Int64 = try row.decode(at: 7) {
            var document = try ViewJSON.decode(PatchDocument.self, from: view.document)
            document.due = PatchDocument.Due(
                deadline: try row.decode(at: 5), findings: Int(findings), assets: Int(assets))
            view.document = try ViewJSON.encode(document)
        }
        return view
    }
}
