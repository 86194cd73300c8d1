import APIContract
import FoundationEssentials
import JSON

enum PolicyTable {
    static let columns: [Column<PolicyResource>] = [
        Column("scope") { $0.scope }, Column("state") { $0.state },
        Column("version", .right) { $0.published.map { String($0.version) } ?? "-" },
        Column("published") { $0.published.map { Moment.short($0.publishedAt) } ?? "never" },
        Column("by") { $0.published?.publishedBy ?? "-" },
        Column("review due") { $0.reviewDueAt.map(Moment.short) ?? "-" },
        Column("proposed", .right) { $0.proposal.map { "version \($0.version)" } ?? "-" },
        Column("policy") { $0.id },
    ]

    static func details(_ policy: PolicyResource) -> String {
        var pairs: [(String, String?)] = [
            ("policy", policy.id), ("scope", policy.scope), ("state", policy.state),
        ]
        if let published = policy.published {
            pairs += [
                ("version", String(published.version)),
                ("published", "\(Moment.short(published.publishedAt)) by \(published.publishedBy)"),
                ("proposed by", published.proposedBy), ("because", published.reason),
                ("says", json(published.document)),
            ]
        }
        pairs.append(
            (
                "review",
                policy.reviewDueAt.map {
                    (policy.isReviewDue ? "overdue since " : "due ") + Moment.short($0)
                }
            ))
        if let proposal = policy.proposal {
            pairs += [
                ("proposed version", String(proposal.version)),
                (
                    "proposed",
                    "\(Moment.short(proposal.proposedAt)) by \(proposal.proposedBy)"
                ),
                ("because", proposal.reason), ("would say", json(proposal.document)),
                ("digest", proposal.digest),
                ("what-if", proposal.whatIf.map { summary($0) } ?? "not looked at yet"),
            ]
        }
        return Table.details(pairs)
    }

    private static func summary(_ whatIf: PolicyWhatIfSummaryResource) -> String {
        var words =
            "\(Moment.short(whatIf.examinedAt)): \(whatIf.fields) values, \(whatIf.changed) of "
            + "\(whatIf.examined) open findings change, \(whatIf.earlier) get less time"
        if whatIf.unexamined > 0 { words += "; \(whatIf.unexamined) were not looked at" }
        if !whatIf.faults.isEmpty { words += "; it does not fit together" }
        return words
    }

    static func effective(_ policy: EffectivePolicyResource, isExplained: Bool) -> String {
        let place = [
            policy.site.map { "site \($0)" }, policy.group.map { "group \($0)" },
            policy.asset.map { "asset \($0)" },
        ].compactMap { $0 }
        var columns: [Column<PolicyValueResource>] = [
            Column("field") { $0.field }, Column("value") { Table.cut(json($0.value), to: 60) },
            Column("from") { source($0.scope, $0.version) },
        ]
        if isExplained {
            columns.append(
                Column("instead of") { value in
                    value.hidden.map {
                        "\(Table.cut(json($0.value), to: 40)) (\(source($0.scope, $0.version)))"
                    }.joined(separator: ", ")
                })
        }
        let head: [(String, String?)] = [
            ("counts for", place.isEmpty ? "the account" : place.joined(separator: ", ")),
            (
                "versions",
                policy.sections.map { "\($0.section) \($0.version)" }.joined(separator: ", ")
            ),
            (
                "passed over",
                policy.ignored.isEmpty
                    ? nil
                    : policy.ignored.joined(separator: ", ")
                        + ": they don't fit to the scopes above any more"
            ),
        ]
        return Table.details(head) + "\n" + Table.text(policy.values, columns)
    }

    private static func source(_ scope: String?, _ version: Int) -> String {
        scope.map { "\($0) version \(version)" } ?? "built in"
    }

    static func whatIf(_ whatIf: PolicyWhatIfResource) -> String {
        var text = Table.details([
            ("policy", whatIf.policy), ("scope", whatIf.scope),
            ("version", String(whatIf.version)), ("digest", whatIf.digest),
            (
                "open findings",
                "\(whatIf.examined) looked at, \(whatIf.changed) change, \(whatIf.earlier) get "
                    + "less time"
            ),
            ("not looked at", whatIf.unexamined > 0 ? String(whatIf.unexamined) : nil),
            ("does not fit", whatIf.faults.isEmpty ? nil : whatIf.faults.joined(separator: "; ")),
        ])
        if !whatIf.fields.isEmpty {
            text +=
                "\n"
                + Table.text(
                    whatIf.fields,
                    [
                        Column("field") { $0.field }, Column("now") { json($0.before) },
                        Column("then") { json($0.after) },
                    ])
        }
        if !whatIf.classes.isEmpty {
            text +=
                "\n"
                + Table.text(
                    whatIf.classes,
                    [
                        Column("class now") { $0.before }, Column("then") { $0.after },
                        Column("findings", .right) { String($0.findings) },
                    ])
        }
        if !whatIf.findings.isEmpty {
            text += "\n" + Table.text(whatIf.findings, findingColumns)
        }
        return text
    }

    private static let findingColumns: [Column<PolicyFindingChangeResource>] = [
        Column("vulnerability") { $0.vulnerability },
        Column("class") { $0.before == $0.after ? $0.after : "\($0.before) -> \($0.after)" },
        Column("deadline now") { Moment.short($0.deadline) },
        Column("then") { Moment.short($0.newDeadline) }, Column("asset") { $0.asset },
        Column("finding") { $0.finding },
    ]

    private static func json(_ value: JSONValue) -> String {
        guard let data = try? WireJSON.encode(value) else { return "-" }
        return String(decoding: data, as: UTF8.self)
    }
}
