import APIContract
import ArgumentParser

struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "When rollouts are planned by themselves.",
        discussion: """
            A tick plans a rollout of each patch that is approved and has one of the schedule's \
            classes, the most pressing first, onto those of its assets that are outstanding, and asks \
            for its approval: people approve and start it like any other, and whoever made the schedule \
            does not approve. Ticks that pass while nobody runs are caught up once; those that pass \
            while it is suspended are not.
            """,
        subcommands: [
            List.self, Show.self, Defaults.self, Create.self, Preview.self, Suspend.self,
            Resume.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the schedules, those that tick next first.")

        @Option(help: "active, suspended, over or all.")
        var state: String = "all"

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "schedules", query: ["state": state == "all" ? nil : state], limit: limit,
                ScheduleTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a schedule, and what its last tick has planned and left.")

        @Argument(help: "The schedule's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let schedule: ScheduleResource = try await session.read("schedules/\(id.segment)")
            try session.printer.show(schedule) { ScheduleTable.details(schedule) }
        }
    }

    struct Defaults: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what 'schedule create --like' takes.")

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let defaults: DefaultSchedulesResource = try await session.client.get(
                "schedule-defaults")
            try session.printer.show(defaults) {
                Table.text(defaults.data, ScheduleTable.defaults)
            }
        }
    }

    struct Suspend: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets it tick no more until it is resumed; what it has planned stays.")

        @Argument(help: "The schedule's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "schedules/\(id.segment):suspend", ReasonRequest(reason: why.reason))
        }
    }

    struct Resume: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets it tick again, from its next time on.")

        @Argument(help: "The schedule's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "schedules/\(id.segment):resume", ReasonRequest(reason: why.reason))
        }
    }
}

/// When a schedule ticks.
struct RuleOptions: ParsableArguments {
    @Option(help: "A default schedule, whose words stand where you give no others.")
    var like: String?

    @Option(help: "Its first tick by the clock on the wall, such as 2026-01-06T02:00.")
    var start: String?

    @Option(help: "A zone such as Europe/Berlin, or UTC.")
    var timeZone: String?

    @Option(help: "When it ticks again: RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,TH.")
    var rule: String?
}

extension ScheduleCommand {
    struct Create: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets rollouts be planned by themselves.")

        @Argument(
            help: "What it is called, such as 'Desktops, monthly'; that of --like without it.")
        var name: String?

        @OptionGroup var when: RuleOptions

        @Option(help: "Patches of this class: urgent, important or nonCritical; may be repeated.")
        var riskClass: [String] = []

        @Option(help: "Assets of this environment: lab, staging or production.")
        var environment: String?

        @Option(help: "Assets at this site.")
        var site: String?

        @Option(help: "Assets of this group.")
        var group: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let isEverywhere = environment == nil && site == nil && group == nil
            try await session.act(
                "schedules",
                CreateScheduleRequest(
                    like: when.like, name: name, start: when.start, timeZone: when.timeZone,
                    rule: when.rule, riskClasses: riskClass.isEmpty ? nil : riskClass,
                    target: isEverywhere
                        ? nil
                        : ScheduleTargetResource(
                            environment: environment, site: site, group: group),
                    reason: why.reason))
        }
    }

    struct Preview: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows when a schedule ticks next, in local time and in UTC.",
            discussion: "Of one that there is, by its id; or of one that you think of.")

        @Argument(help: "The schedule's id.")
        var id: String?

        @OptionGroup var when: RuleOptions

        @Option(help: "So many ticks, 1 to 500.")
        var next = 10

        @Option(
            help: ArgumentHelp(
                "From this moment on, such as 2026-03-01T00:00:00Z, instead of now.",
                valueName: "time"))
        var from: String?

        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard (1...500).contains(next) else {
                throw ValidationError("--next is \(next): it is from 1 to 500")
            }
        }

        func run(_ session: Session) async throws {
            var query: [String: String?] = ["from": from, "limit": String(next)]
            if id == nil {
                query["like"] = when.like
                query["start"] = when.start
                query["time_zone"] = when.timeZone
                query["rule"] = when.rule
            }
            let preview: TickPreviewResource = try await session.client.get(
                id.map { "schedules/\($0.segment)/ticks" } ?? "schedule-ticks", query: query)
            try session.printer.show(preview) {
                "zone: \(preview.timeZone)\n" + Table.text(preview.ticks, ScheduleTable.ticks)
            }
        }
    }
}
