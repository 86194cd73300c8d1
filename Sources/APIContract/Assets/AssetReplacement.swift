/// `POST /assets/{id}:replace`: another asset stands in its place from now on.
package struct ReplaceAssetRequest: Codable, Sendable, Equatable {
    /// Name, address or id of the new one.
    package let by: String
    /// What the new one was started from: `sha256:...` or the provider's id.
    package let image: String?
    package let reason: String?

    package init(by: String, image: String? = nil, reason: String? = nil) {
        self.by = by
        self.image = image
        self.reason = reason
    }
}

/// `POST /assets/{id}:forget-source`: what a source said of it counts no longer.
package struct ForgetSourceRequest: Codable, Sendable, Equatable {
    package let source: String
    package let reason: String

    package init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }
}

/// `POST /assets:verify-image`: has ephemeral assets take the reports of their images for their own.
package struct VerifyImagesRequest: Codable, Sendable, Equatable {
    /// Ids; nil means all active ones.
    package let assets: [String]?

    package init(assets: [String]? = nil) {
        self.assets = assets
    }
}

package struct VerifyImagesResult: Codable, Sendable, Equatable {
    package let data: [VerifiedImageResource]
    package let position: Int64

    package init(data: [VerifiedImageResource], position: Int64) {
        self.data = data
        self.position = position
    }
}

package struct VerifiedImageResource: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    package let image: String?
    /// `taken`, `confirmed` when nothing differs, or `refused`.
    package let outcome: String
    /// Sources of the image's reports.
    package let sources: [String]
    /// Why it was refused.
    package let reason: String?

    package init(
        id: String, name: String, image: String? = nil, outcome: String, sources: [String],
        reason: String? = nil
    ) {
        self.id = id
        self.name = name
        self.image = image
        self.outcome = outcome
        self.sources = sources
        self.reason = reason
    }
}
