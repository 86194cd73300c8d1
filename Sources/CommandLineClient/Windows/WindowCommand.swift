import APIContract
import ArgumentParser
import JSON

struct WindowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "window",
        abstract: "Maintenance windows: when assets may be touched.",
        discussion: """
            Windows are part of the policy of the account, a site, a group or an asset, whose list \
            stands in the place of that of the scope above. So a new one is proposed by one person \
            and published by another: see 'policy'.
            """,
        subcommands: [List.self, Preview.self, Create.self])

    struct Preview: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows when assets may be touched next, in local time and in UTC.")

        @OptionGroup var path: WindowPath
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await path.show(session, asOf: global.asOf)
        }
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the windows that policies name, scope by scope.")

        @Option(help: "Only of this scope: account, site:NAME, group:NAME or asset:ID.")
        var scope: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "policies", query: ["scope": scope, "state": nil], limit: nil,
                WindowList.columns)
        }
    }

    struct Create: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes a window beside those that the policy of a scope has.",
            discussion: """
                The proposal is the scope's published policy with the window added; one of the same \
                name is replaced. 'policy what-if' and 'policy publish' let it count.
                """)

        @Argument(help: "What it is called, such as 'Sunday night'.")
        var name: String

        @Option(help: "account, site:NAME, group:NAME or asset:ID.")
        var scope: String

        @Option(help: "Its first start by the clock on the wall, such as 2026-01-04T22:00.")
        var start: String

        @Option(help: "A zone such as Europe/Berlin, or UTC.")
        var timeZone: String

        @Option(help: "When it comes again: RFC 5545, such as FREQ=WEEKLY;BYDAY=SU.")
        var rule: String

        @Option(help: "How long it is open, such as 4h.")
        var duration: Seconds

        @Option(help: "How long before its end nothing starts any more, such as 30m.")
        var cutoff: Seconds?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            var document = try await published(session)
            var windows = document["windows"]?["maintenance"]?.array ?? []
            windows.removeAll { $0["name"]?.string == name }
            windows.append(
                .object([
                    "name": .string(name), "start": .string(start),
                    "time_zone": .string(timeZone), "rule": .string(rule),
                    "duration_seconds": .integer(Int64(duration.value)),
                    "cutoff_seconds": .integer(Int64(cutoff?.value ?? 0)),
                ]))
            document = document.with("windows", "maintenance", .array(windows))
            try await session.act(
                "policies",
                ProposePolicyRequest(scope: scope, document: document, reason: why.reason))
        }

        /// The policy that the scope has; an empty one where it has none.
        private func published(_ session: Session) async throws -> JSONValue {
            do {
                let policy: PolicyResource = try await session.client.get(
                    "policies/\(scope.segment)", query: [:])
                return policy.published?.document ?? .object([:])
            } catch ClientFailure.problem(let problem) where problem.status == 404 {
                return .object([:])
            }
        }
    }
}

extension JSONValue {
    /// The same with `value` as that member of that member.
    fileprivate func with(_ outer: String, _ inner: String, _ value: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if case .object(let own) = self { members = own }
        var section: [String: JSONValue] = [:]
        if case .object(let own)? = members[outer] { section = own }
        section[inner] = value
        members[outer] = .object(section)
        return .object(members)
    }
}

enum WindowList {
    static let columns: [Column<PolicyResource>] = [
        Column("scope") { $0.scope },
        Column("windows") { policy in
            let windows = policy.published?.document["windows"]?["maintenance"]?.array ?? []
            return windows.isEmpty
                ? "-"
                : windows.map { window in
                    let name = window["name"]?.string ?? "?"
                    let rule = window["rule"]?.string ?? "?"
                    return "\(name) (\(rule), \(window["time_zone"]?.string ?? "?"))"
                }.joined(separator: "; ")
        },
    ]
}
