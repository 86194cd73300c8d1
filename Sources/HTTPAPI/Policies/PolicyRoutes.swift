private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addPolicies(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("policies", query: .list, ["scope", "level", "state"]) { call in
            try .page(
                await useCases.list(
                    .policy, call.caller(),
                    call.listWish(filter: call.filters("scope", "level")),
                    state: call.filter("state")))
        }
        // Before the one with an id, which it would be.
        routes.get("policies/effective", query: .moment, ["site", "group", "asset"]) { call in
            let reading = try await useCases.effectivePolicy(
                site: call.filter("site"), group: call.filter("group"),
                asset: call.filter("asset"), call.caller(), call.moment())
            return try .json(EffectivePolicyResource(reading))
        }
        routes.get(
            "policies/windows", query: .moment, ["site", "group", "asset", "from", "limit"]
        ) { call in try await windows(call, useCases) }
        routes.get("policies/{id}", query: .moment) { call in
            let id = try useCases.policyStream(call.parameter("id")).text
            return try .view(await useCases.show(.policy, id, call.caller(), call.moment()))
        }
        routes.post("policies", ProposePolicyRequest.self) { _, body, order in
            try .receipt(
                await useCases.proposePolicy(
                    body.document, scope: body.scope, reason: body.reason, order))
        }
        routes.post("policies/{id}:what-if", EmptyRequest.self) { call, _, order in
            try .json(
                PolicyWhatIfResource(
                    await useCases.examinePolicy(call.parameter("id"), order)))
        }
        routes.post("policies/{id}:publish", PublishPolicyRequest.self) { call, body, order in
            try .receipt(
                await useCases.publishPolicy(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("policies/{id}:reject", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.rejectPolicy(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("policies/{id}:withdraw", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.withdrawPolicy(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("policies/{id}:review", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.reviewPolicy(call.parameter("id"), reason: body.reason, order))
        }
    }
}
