internal import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addRollouts(to routes: inout Routes, _ useCases: UseCases) {
        addReading(to: &routes, useCases)
        addPlanning(to: &routes, useCases)
        addRetrying(to: &routes, useCases)
        addRunning(to: &routes, useCases)
        addStopping(to: &routes, useCases)
    }

    private static func addReading(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("rollouts", query: .list, ["patch", "state"]) { call in
            try .page(
                await useCases.list(
                    .rollout, call.caller(),
                    call.listWish(filter: call.filters("patch")), state: call.filter("state")))
        }
        routes.get("rollouts/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .rollout, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("rollouts/{id}/deployments", query: .list, ["asset", "state"]) { call in
            try .page(
                await useCases.list(
                    .deployment, call.caller(), call.listWish(filter: call.filters("asset")),
                    parent: call.parameter("id"), state: call.filter("state")))
        }
        routes.get("deployments/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .deployment, call.parameter("id"), call.caller(), call.moment()))
        }
    }

    private static func addPlanning(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("plans", PlanRolloutRequest.self) { _, body, order in
            let planned = try await useCases.plan(try PlanRequest(body), order)
            return try .json(
                PlanResource(planned), status: 201, version: planned.version,
                location: "/api/v1/plans/\(planned.plan.rollout.text)")
        }
        routes.get("plans/{id}") { call in
            let planned = try await useCases.plan(call.parameter("id"), call.caller())
            return try .json(PlanResource(planned), version: planned.version)
        }
        routes.post("plans/{id}:apply", ApplyPlanRequest.self) { call, body, order in
            try .receipt(
                await useCases.apply(call.parameter("id"), digest: body.digest, order))
        }
    }

    private static func addRetrying(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("rollouts/{id}:retry", RetryRolloutRequest.self) { call, body, order in
            let planned = try await useCases.retry(
                call.parameter("id"),
                RetryRequest(
                    batches: body.batches, soakSeconds: body.soakSeconds, probes: body.probes),
                order)
            return try .json(
                PlanResource(planned), status: 201, version: planned.version,
                location: "/api/v1/plans/\(planned.plan.rollout.text)")
        }
    }

    private static func addRunning(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("rollouts/{id}:approve", ApproveRequest.self) { call, body, order in
            try .receipt(
                await useCases.approveRollout(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("rollouts/{id}:reject", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.rejectRollout(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:start", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.startRollout(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:resume", ResumeRolloutRequest.self) { call, body, order in
            try .receipt(
                await useCases.resumeRollout(
                    call.parameter("id"), acknowledged: body.acknowledge, reason: body.reason,
                    order))
        }
        routes.post("rollouts/{id}:promote", PromoteRolloutRequest.self) { call, body, order in
            try .receipt(
                await useCases.promoteRollout(
                    call.parameter("id"), maxTotalFailures: body.maxTotalFailures,
                    reason: body.reason, order))
        }
    }

    private static func addStopping(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("rollouts/{id}:pause", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.pauseRollout(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:override-freeze", OverrideFreezeRequest.self) {
            call, body, order in
            try .receipt(
                await useCases.overrideFreeze(
                    call.parameter("id"), freeze: body.freeze, reason: body.reason, order))
        }
        routes.post("rollouts/{id}:postpone", PostponeRequest.self) { call, body, order in
            try .receipt(
                await useCases.postpone(
                    body.asset, in: call.parameter("id"),
                    until: moment(body.until, field: "until"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:acknowledge-miss", ApproveRequest.self) { call, body, order in
            try .receipt(
                await useCases.acknowledgeMiss(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("rollouts/{id}:cancel", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.cancelRollout(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:abort", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.abortRollout(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("rollouts/{id}:rollback", RollBackRolloutRequest.self) { call, body, order in
            if body.scope == "assets" {
                return try .receipt(
                    await useCases.rollBack(
                        body.assets ?? [], in: call.parameter("id"), reason: body.reason, order))
            }
            guard body.assets == nil else {
                throw InvalidInput(
                    field: "assets",
                    message: "they belong to the scope 'assets', not to '\(body.scope)'")
            }
            let scope: RollbackScope = try choice(body.scope, field: "scope")
            return try .receipt(
                await useCases.rollBackRollout(
                    call.parameter("id"), scope, reason: body.reason, order))
        }
    }
}
