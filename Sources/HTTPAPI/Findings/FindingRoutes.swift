internal import APIContract
internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addFindings(to routes: inout Routes, _ useCases: UseCases) {
        routes.get(
            "findings", query: .list,
            [
                "asset", "state", "vulnerability", "package", "site", "owner", "environment",
                "clock", "risk_class", "due_before", "sort",
            ]
        ) { call in
            let filter = call.filters(
                "vulnerability", "package", "site", "owner", "environment", "clock", "risk_class")
            return try .page(
                await useCases.findings(
                    of: call.filter("asset"), state: call.filter("state"), call.caller(),
                    call.workWish(filter: filter)))
        }
        routes.get("findings/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .finding, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("assets/{id}/undetermined", query: .moment) { call in
            try .json(
                resource(
                    await useCases.undeterminedMatches(
                        of: call.parameter("id"), call.caller(), call.moment())))
        }
        routes.post("findings/{id}:dismiss", DismissFindingRequest.self) { call, body, order in
            try .receipt(
                await useCases.dismissFinding(
                    call.parameter("id"), choice(body.dismissal, field: "dismissal"),
                    reason: body.reason, order))
        }
        routes.post("findings/{id}:reopen", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.reopenFinding(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("findings/{id}:reject-dispute", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.rejectDispute(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("findings/{id}:hold", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.holdFinding(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("findings/{id}:release", ReleaseFindingRequest.self) { call, body, order in
            try .receipt(
                await useCases.releaseFinding(
                    call.parameter("id"), evidence: body.evidence, outcome: body.outcome,
                    reason: body.reason, order))
        }
    }
}
