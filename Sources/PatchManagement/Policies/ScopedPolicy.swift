package import EventSourcing

/// The policy of a scope, as its events leave it: what counts, and what is proposed instead.
package struct ScopedPolicy: Sendable, Equatable {
    package struct Proposal: Sendable, Equatable {
        /// That it gets when it is published.
        package let version: Int
        package let document: PolicyDocument
        /// Of what was proposed: what the publication confirms.
        package let digest: Digest
        package let reason: String
        package let by: Actor
        package let proposed: Timestamp
        /// nil until somebody has looked at what it would change.
        package var whatIf: PolicyWhatIfSummary?
        package var report: Digest?
        package var examined: Timestamp?
    }

    /// nil before the first proposal.
    package var scope: PolicyScope?
    /// nil before the first publication.
    package var published: PublishedPolicy?
    package var publishedDigest: Digest?
    package var publishedAt: Timestamp?
    package var publishedBy: Actor?
    package var proposer: Actor?
    /// From the last publication or review to the next review.
    package var reviewSeconds = PolicyDecider.usualReviewSeconds
    /// nil where nothing is set that could be looked at.
    package var reviewDue: Timestamp?
    package var isReviewDue = false
    package var proposal: Proposal?
    /// Digest of the numbers that were stated last, in the stream of those that are built in.
    package var builtIn: Digest?

    package init() {}

    package var phase: PolicyPhase {
        if let proposal { return proposal.whatIf == nil ? .proposed : .examined }
        if published == nil { return .unpublished }
        return isReviewDue ? .reviewDue : .published
    }

    /// The published policy that `document` would become.
    package func successor(_ document: PolicyDocument, in scope: PolicyScope) -> PublishedPolicy {
        let version = (published?.version ?? 0) + 1
        var sections = published?.sections ?? [:]
        for section in document.sections(unlike: published?.document ?? PolicyDocument()) {
            sections[section] = version
        }
        return PublishedPolicy(
            scope: scope, version: version, document: document, sections: sections)
    }
}

package enum PolicyPhase: String, Codable, Sendable, CaseIterable {
    /// Something is proposed, and nobody has looked at what it would change.
    case proposed
    /// It was looked at, and waits for its publication.
    case examined
    /// What is published counts, and nothing is proposed.
    case published
    /// It counts as well, and is to be looked at again.
    case reviewDue
    /// Nothing is published nor proposed: the scope takes all from above.
    case unpublished
}
