import APIContract
import ArgumentParser

extension PolicyCommand {
    struct Windows: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows when assets may be touched next.",
            discussion: """
                The windows and freezes that count for a site, a group or an asset, in their own time \
                and in UTC. A window is open from its start on and before its end; nothing is to \
                start at its last start or later. A start that clocks leave out moves forward with \
                them, one that comes twice counts once. A freeze stands before every window.

                A plan pins the openings of its targets, and their steps begin in them only. Freezes \
                of policies and those of 'patchflow freeze' hold whatever was planned.
                """)

        @OptionGroup var path: WindowPath
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await path.show(session, asOf: global.asOf)
        }
    }
}

/// Whose openings are shown, from when on and how many.
struct WindowPath: ParsableArguments {
    @Option(help: "What counts at this site.")
    var site: String?

    @Option(help: "What counts for this group.")
    var group: String?

    @Option(help: "What counts for this asset, by its id; its site and group follow.")
    var asset: String?

    @Option(help: "So many openings, 1 to 100.")
    var next = 10

    @Option(
        help: ArgumentHelp(
            "From this moment on, such as 2026-03-01T00:00:00Z, instead of now.",
            valueName: "time"))
    var from: String?

    func validate() throws {
        guard (1...100).contains(next) else {
            throw ValidationError("--next is \(next): it is from 1 to 100")
        }
    }

    func show(_ session: Session, asOf: String?) async throws {
        let found: WindowsResource = try await session.client.get(
            "windows",
            query: [
                "site": site, "group": group, "asset": asset, "from": from,
                "limit": String(next), "as_of": asOf,
            ])
        try session.printer.show(found) { WindowTable.text(found) }
    }
}

enum WindowTable {
    static func text(_ windows: WindowsResource) -> String {
        let place = [
            windows.site.map { "site \($0)" }, windows.group.map { "group \($0)" },
            windows.asset.map { "asset \($0)" },
        ].compactMap(\.self)
        var text = Table.details([
            ("counts for", place.isEmpty ? "the account" : place.joined(separator: ", ")),
            ("at", "\(Moment.short(windows.from)): \(words(windows.state))"),
            (
                "left out",
                windows.faults.isEmpty
                    ? nil : windows.faults.map(Table.printable).joined(separator: "; ")
            ),
        ])
        if !windows.openings.isEmpty { text += "\n" + Table.text(windows.openings, openings) }
        if !windows.freezes.isEmpty { text += "\n" + Table.text(windows.freezes, freezes) }
        return text
    }

    private static func words(_ state: String) -> String {
        switch state {
        case "open": "a window is open"
        case "past-cutoff": "a window is open, and nothing starts in it any more"
        case "frozen": "frozen"
        case "unrestricted": "open, as no policy names a window"
        default: "closed"
        }
    }

    private static let openings: [Column<WindowOpeningResource>] = [
        Column("window") { $0.window }, Column("local start") { $0.localStart },
        Column("zone") { $0.timeZone }, Column("starts") { Moment.short($0.startsAt) },
        Column("last start before") { Moment.short($0.lastStartAt) },
        Column("ends before") { Moment.short($0.endsAt) },
        Column("frozen by") { $0.frozenBy.isEmpty ? "-" : $0.frozenBy.joined(separator: ", ") },
    ]

    private static let freezes: [Column<PolicyFreezeResource>] = [
        Column("freeze") { $0.name }, Column("from") { Moment.short($0.from) },
        Column("ends before") { Moment.short($0.to) }, Column("because") { $0.reason ?? "-" },
    ]
}
