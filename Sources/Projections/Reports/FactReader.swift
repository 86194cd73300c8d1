internal import Application
internal import EventSourcing
internal import PatchManagement
internal import Postgres

/// The queries for the facts of reports, and how their rows are read.
struct FactReader {
    /// Views of the definitions before don't say all that reports are made of.
    static let oldestDefinition = 4

    let generation: Int32
    /// nil for the current rows.
    let asOf: Int64?
    let scope: ReportScope

    /// A row says what no fold writes.
    struct UnreadableFact: Error, CustomStringConvertible {
        let field: String
        let value: String?

        var description: String { "a view has '\(value ?? "nothing")' as its \(field)" }
    }

    /// Those of the scope; every fact on an asset is joined with them.
    private var scopedAssets: Query {
        var query: Query = """
            assets as materialized (
                select r.id, a.site, a.owner, a.environment, r.state = 'active' as is_active,
                    greatest(
                        a.reported_at collate "C",
                        (select max((e.report->>'gathered_at') collate "C")
                            from json_array_elements(a.reports) e(report))) as reported_at
                from patchflow.projection_rows r
                cross join json_to_record(r.document)
                    a(site text, owner text, environment text, reported_at text, reports json)
                where r.generation = \(generation) and r.kind = 'asset'
                    \(query: PostgresReadModel.valid("r", asOf: asOf))
            """
        if let site = scope.site { query.append(" and a.site = \(site)") }
        if let owner = scope.owner { query.append(" and a.owner = \(owner)") }
        if let environment = scope.environment {
            query.append(" and a.environment = \(environment.rawValue)")
        }
        query.append(")")
        return query
    }

    /// Ordered by asset, as `MetricsTally` wants them.
    var findings: Query {
        """
        with \(query: scopedAssets)
        select a.id, a.site, a.owner, a.environment, a.is_active, a.reported_at, f.state,
            d.opened_at, d.deadline, d.disputed_from, d.classification->>'risk_class',
            d.classification->>'clock', d.classification->>'clock_start', d."end"->>'means',
            d."end"->>'gathered_at', (d."end"->>'is_in_time')::boolean, d.earlier,
            d.deferral->>'until', d.deferral->>'ungranted'
        from patchflow.projection_rows f
        join assets a on a.id = f.parent
        cross join json_to_record(f.document) d(
            opened_at text, deadline text, disputed_from text, classification json, "end" json,
            earlier json, deferral json)
        where f.generation = \(generation) and f.kind = 'finding'
            \(query: PostgresReadModel.valid("f", asOf: asOf))
        order by f.parent, f.id
        """
    }

    var assets: Query {
        """
        with \(query: scopedAssets)
        select id, site, owner, environment, is_active, reported_at from assets
        """
    }

    private var classes: Query {
        """
        classes as materialized (
            select r.id, r.document->>'risk_class' as risk_class
            from patchflow.projection_rows r
            where r.generation = \(generation) and r.kind = 'patch'
                \(query: PostgresReadModel.valid("r", asOf: asOf)))
        """
    }

    var deployments: Query {
        """
        with \(query: scopedAssets), \(query: classes)
        select a.id, a.site, a.owner, a.environment, a.is_active, a.reported_at, d.patch,
            c.risk_class, f.state, d.attempts, d.install_began_at, d.changed_at
        from patchflow.projection_rows f
        cross join json_to_record(f.document) d(
            patch text, asset text, attempts integer, install_began_at text, changed_at text)
        join assets a on a.id = d.asset
        left join classes c on c.id = d.patch
        where f.generation = \(generation) and f.kind = 'deployment'
            \(query: PostgresReadModel.valid("f", asOf: asOf))
        """
    }

    var rollouts: Query {
        """
        with \(query: classes)
        select c.risk_class, f.state, d.started_at, d.first_tripped_batch, d.emergency
        from patchflow.projection_rows f
        cross join json_to_record(f.document) d(
            patch text, started_at text, first_tripped_batch integer, emergency text)
        left join classes c on c.id = d.patch
        where f.generation = \(generation) and f.kind = 'rollout'
            \(query: PostgresReadModel.valid("f", asOf: asOf))
        """
    }

    var patches: Query {
        """
        select f.id, d.risk_class, f.state, d.identified_at, d.assessed_at, d.qualified_at,
            d.approved_at, (d.assessment->>'effort_minutes')::bigint
        from patchflow.projection_rows f
        cross join json_to_record(f.document) d(
            risk_class text, identified_at text, assessed_at text, qualified_at text,
            approved_at text, assessment json)
        where f.generation = \(generation) and f.kind = 'patch'
            \(query: PostgresReadModel.valid("f", asOf: asOf))
        """
    }
}
