import APIContract
import ArgumentParser

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Who may do what: tokens of people and programs.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a token. Its secret is shown once and kept nowhere.")

        @Option(help: "Whose token it is, by a name of your own choice.")
        var person: String

        @Option(
            name: .customLong("role"),
            help: """
                viewer, vendorWatch, analyst, tester, securityTester, approver, releaseManager, \
                assetOwner, riskOwner, incidentCommander, auditor, administrator or worker; may \
                be repeated.
                """)
        var roles: [String]

        @Option(help: "How long it is good, such as 30d.")
        var expiresIn = Seconds(90 * 86_400)

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let token: TokenResource = try await session.client.post(
                "tokens",
                IssueTokenRequest(
                    person: person, roles: roles, expiresInSeconds: expiresIn.value))
            try session.printer.show(token) {
                Table.details([
                    ("token", token.id), ("person", "\(token.person) (\(token.personId))"),
                    ("roles", token.roles.joined(separator: ", ")),
                    ("expires", Moment.short(token.expiresAt)), ("secret", token.secret),
                ])
            }
        }
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists tokens.")

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let columns: [Column<TokenResource>] = [
                Column("token") { $0.id }, Column("person") { $0.person },
                // As the log names people.
                Column("in events") { String($0.personId.prefix(11)) },
                Column("state") { $0.state },
                Column("expires") { Moment.minute($0.expiresAt) },
                Column("roles") { $0.roles.joined(separator: ",") },
            ]
            try await session.list("tokens", columns)
        }
    }

    struct Revoke: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token worthless at once.")

        @Argument(help: "The token's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "tokens/\(id.segment):revoke", ReasonRequest(reason: why.reason))
        }
    }
}
