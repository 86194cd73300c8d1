internal import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addPatches(to routes: inout Routes, _ useCases: UseCases) {
        routes.get(
            "patches", query: .list,
            [
                "state", "risk_class", "site", "owner", "environment", "due_before", "sort",
                "review",
            ]
        ) { call in
            let wish = try call.workWish(
                filter: call.filters("risk_class", "site", "owner", "environment"))
            guard try call.flag("review") else {
                return try .page(
                    await useCases.list(.patch, call.caller(), wish, state: call.filter("state")))
            }
            for other in ["state", "sort"] where call.filter(other) != nil {
                throw Problem(invalid: other, "goes not with review, which says it already")
            }
            return try .page(await useCases.patchesToReview(call.caller(), wish))
        }
        routes.get("patches/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .patch, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("patches", IdentifyPatchRequest.self) { _, body, order in
            let written = try await useCases.identify(try PatchIdentification(body), order)
            return try .receipt(
                written, status: 201, location: "/api/v1/patches/\(written.id.text)")
        }
        addRelations(to: &routes, useCases)
        addQualification(to: &routes, useCases)
        addApproval(to: &routes, useCases)
        addDetours(to: &routes, useCases)
    }

    /// What patches are to each other.
    private static func addRelations(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("patches:group", GroupPatchesRequest.self) { _, body, order in
            let written = try await useCases.groupPatches(
                body.patches, vendorID: body.vendorId, title: body.title, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/patches/\(written.id.text)")
        }
        routes.post("patches/{id}:link-flaw", LinkFlawRequest.self) { call, body, order in
            let riskClass = try body.riskClass.map { text throws(InvalidInput) -> RiskClass in
                try choice(text, field: "risk_class")
            }
            return try .receipt(
                await useCases.linkFlaw(
                    call.parameter("id"), body.flaw, riskClass, reason: body.reason, order))
        }
        routes.post("patches/{id}:mend-flaw", MendFlawRequest.self) { call, body, order in
            try .receipt(
                await useCases.mendFlaw(
                    call.parameter("id"), body.flaw, by: body.hotfix, reason: body.reason, order))
        }
        routes.post(
            "patches/{id}:accept-introduced-flaw", AcceptIntroducedFlawRequest.self
        ) { call, body, order in
            try .receipt(
                await useCases.acceptIntroducedFlaw(
                    call.parameter("id"), body.flaw, reason: body.reason, order))
        }
    }

    private static func addQualification(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("patches/{id}:assess", AssessPatchRequest.self) { call, body, order in
            try .receipt(
                await useCases.assess(call.parameter("id"), try AssessmentByHand(body), order))
        }
        routes.post("patches/{id}:dismiss", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.dismiss(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:acquire", AcquirePatchRequest.self) { call, body, order in
            try .accepted(
                await useCases.acquire(
                    call.parameter("id"), referenceAsset: body.referenceAsset, order))
        }
        routes.post("patches/{id}:test", TestPatchRequest.self) { call, body, order in
            try .accepted(
                await useCases.test(
                    call.parameter("id"), sample: body.sample,
                    trial: TrialRequest(stress: body.stress, probes: body.probes ?? []),
                    isSmoke: body.smoke ?? false, order))
        }
        routes.post("patches/{id}:cancel-test", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.cancelTest(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:sign-off", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.signOff(call.parameter("id"), reason: body.reason, order))
        }
    }

    private static func addApproval(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("patches/{id}:submit", SubmitPatchRequest.self) { call, body, order in
            try .receipt(
                await useCases.submit(
                    call.parameter("id"), AssetSelection(body.target),
                    expiresInSeconds: body.expiresInSeconds, order))
        }
        routes.post("patches/{id}:accept-flaws", AcceptFlawsRequest.self) { call, body, order in
            try .receipt(
                await useCases.acceptFlaws(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("patches/{id}:approve", ApprovePatchRequest.self) { call, body, order in
            try .receipt(
                await useCases.approve(
                    call.parameter("id"), digest: body.digest, reason: body.reason,
                    as: body.role, order))
        }
        routes.post("patches/{id}:reject", ReasonRequest.self) { call, body, order in
            try .receipt(await useCases.reject(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:revoke", ReasonRequest.self) { call, body, order in
            try .receipt(await useCases.revoke(call.parameter("id"), reason: body.reason, order))
        }
    }

    private static func addDetours(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("patches/{id}:defer", DeferPatchRequest.self) { call, body, order in
            try .receipt(
                await useCases.deferPatch(
                    call.parameter("id"), until: body.until, reason: body.reason, order))
        }
        routes.post("patches/{id}:resume", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.resumePatch(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:withdraw", ReasonRequest.self) { call, body, order in
            try .receipt(await useCases.withdraw(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:reinstate", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.reinstate(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:reopen", ReasonRequest.self) { call, body, order in
            try .receipt(await useCases.reopen(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("patches/{id}:hand-to-owner", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.handToOwner(call.parameter("id"), reason: body.reason, order))
        }
    }
}

/// `POST /patches/{id}:defer`.
struct DeferPatchRequest: Codable, Sendable, Equatable {
    /// RFC 3339, UTC.
    let until: String
    let reason: String
}

extension Answer {
    /// What a write changed when work of a worker follows: the thing itself tells how that went.
    static func accepted(_ written: Written) throws -> Answer {
        try .receipt(
            written, status: 202, location: "/api/v1/patches/\(written.id.text)")
    }
}
