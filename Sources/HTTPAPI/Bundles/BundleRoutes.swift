private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addBundles(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("bundle-proposal") { call in
            let proposal = try await useCases.proposeBundle(call.caller())
            return try .json(
                BundleProposalResource(
                    members: proposal.members.map {
                        ProposedMemberResource(patch: $0.patch.text, title: $0.title)
                    },
                    left: proposal.left.map {
                        LeftOutResource(
                            patch: $0.patch.text, title: $0.title, reason: $0.reason)
                    }))
        }
        routes.get("bundles", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .patch, call.caller(), call.listWish(filter: ["kind": "bundle"]),
                    state: call.filter("state")))
        }
        routes.post("bundles", CreateBundleRequest.self) { _, body, order in
            let written = try await useCases.createBundle(body.patches, title: body.title, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/patches/\(written.id.text)")
        }
        routes.post("bundles/{id}:leave", LeaveBundleRequest.self) { call, body, order in
            try .receipt(
                await useCases.leaveBundle(
                    call.parameter("id"), member: body.patch, reason: body.reason, order))
        }
    }
}
