private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addImages(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("assets:verify-image", VerifyImagesRequest.self) { _, body, order in
            let verified = try await useCases.verifyImages(body.assets, order)
            return try .json(
                VerifyImagesResult(
                    data: verified.map {
                        VerifiedImageResource(
                            id: $0.id.text, name: $0.name, image: $0.image,
                            outcome: $0.outcome.rawValue, sources: $0.sources, reason: $0.reason)
                    }, position: verified.map(\.position).max() ?? 0))
        }
        routes.post("assets/{id}:replace", ReplaceAssetRequest.self) { call, body, order in
            try .receipt(
                await useCases.replaceAsset(
                    call.parameter("id"), by: body.by, image: body.image, reason: body.reason,
                    order))
        }
        routes.post("assets/{id}:forget-source", ForgetSourceRequest.self) { call, body, order in
            try .receipt(
                await useCases.forgetSource(
                    call.parameter("id"), source: body.source, reason: body.reason, order))
        }
    }
}
