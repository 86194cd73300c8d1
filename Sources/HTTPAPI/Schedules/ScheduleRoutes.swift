private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addSchedules(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("schedules", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .schedule, call.caller(), call.listWish(), state: call.filter("state")))
        }
        routes.get("schedules/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .schedule, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("schedules/{id}/ticks", ["from", "limit"]) { call in
            let preview = try await useCases.ticks(
                of: call.parameter("id"), from: moment(call.filter("from"), field: "from"),
                limit: number(call), call.caller())
            return try .json(TickPreviewResource(preview))
        }
        routes.get("schedule-ticks", ["like", "start", "time_zone", "rule", "from", "limit"]) {
            call in
            var request = ScheduleRequest()
            request.like = call.filter("like")
            request.start = call.filter("start")
            request.timeZone = call.filter("time_zone")
            request.rule = call.filter("rule")
            let preview = try useCases.ticks(
                of: request, from: moment(call.filter("from"), field: "from"),
                limit: number(call), call.caller())
            return try .json(TickPreviewResource(preview))
        }
        routes.get("schedule-defaults") { call in
            _ = try useCases.authorise(call.caller(), .readRollouts)
            return try .json(
                DefaultSchedulesResource(
                    data: ScheduleTerms.defaults.map {
                        DefaultScheduleResource($0.key, $0.terms)
                    }))
        }
        addMakingSchedules(to: &routes, useCases)
    }

    private static func addMakingSchedules(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("schedules", CreateScheduleRequest.self) { _, body, order in
            let written = try await useCases.createSchedule(
                ScheduleRequest(body), reason: body.reason, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/schedules/\(written.id.text)")
        }
        routes.post("schedules/{id}:suspend", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.suspendSchedule(
                    call.parameter("id"), reason: body.reason, order))
        }
        routes.post("schedules/{id}:resume", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.resumeSchedule(call.parameter("id"), reason: body.reason, order))
        }
    }

    private static func number(_ call: Call) throws -> Int {
        try call.number("limit").map { Int(clamping: $0) } ?? 10
    }
}

extension ScheduleRequest {
    fileprivate init(_ body: CreateScheduleRequest) {
        self.init()
        like = body.like
        name = body.name
        start = body.start
        timeZone = body.timeZone
        rule = body.rule
        riskClasses = body.riskClasses
        environment = body.target?.environment
        site = body.target?.site
        group = body.target?.group
    }
}

extension TickPreviewResource {
    fileprivate init(_ preview: TickPreview) {
        self.init(
            timeZone: preview.timeZone,
            ticks: preview.ticks.map {
                PreviewedTickResource(local: $0.local, at: $0.due.description)
            })
    }
}

extension DefaultScheduleResource {
    fileprivate init(_ key: String, _ terms: ScheduleTerms) {
        self.init(
            like: key, name: terms.name, start: terms.start, timeZone: terms.timeZone,
            rule: terms.rule, riskClasses: terms.riskClasses.map(\.rawValue),
            target: ScheduleTargetResource(
                environment: terms.target.environment?.rawValue, site: terms.target.site,
                group: terms.target.group))
    }
}
