private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addApprovals(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("approvals", ApproveManyRequest.self) { _, body, order in
            let answers = try await useCases.approve(
                body.items.map { ApprovalItem(id: $0.id, digest: $0.digest) },
                reason: body.reason, order)
            let items = answers.map { ApproveManyResource.Item($0) }
            let refused = items.count { $0.outcome == "refused" }
            return try .json(
                ApproveManyResource(
                    data: items, approved: items.count { $0.outcome == "approved" },
                    refused: refused))
        }
        addStandingApprovals(to: &routes, useCases)
    }

    private static func addStandingApprovals(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("standing-approvals", ProposeStandingApprovalRequest.self) { _, body, order in
            let terms = StandingTerms(
                riskClass: try choice(body.riskClass, field: "risk_class"),
                product: body.product, selector: try group(body.target, field: "target"),
                until: try moment(body.until, field: "until"), reason: body.reason)
            let written = try await useCases.proposeStandingApproval(terms, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/standing-approvals/\(written.id.text)")
        }
        routes.get(
            "standing-approvals", query: .list, ["state", "risk_class", "product"]
        ) { call in
            try .page(
                await useCases.list(
                    .standingApproval, call.caller(),
                    call.listWish(filter: call.filters("risk_class", "product")),
                    state: call.filter("state")))
        }
        routes.get("standing-approvals/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .standingApproval, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("standing-approvals/{id}:grant", ApproveRequest.self) { call, body, order in
            try .receipt(
                await useCases.grantStandingApproval(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("standing-approvals/{id}:deny", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.denyStandingApproval(
                    call.parameter("id"), reason: body.reason, order))
        }
        routes.post("standing-approvals/{id}:revoke", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.revokeStandingApproval(
                    call.parameter("id"), reason: body.reason, order))
        }
        routes.post(
            "patches/{id}:approve-standing", ApproveByStandingRequest.self
        ) { call, body, order in
            try .receipt(
                await useCases.approve(
                    call.parameter("id"), byStanding: body.standing, digest: body.digest,
                    reason: body.reason, order))
        }
    }
}
