package import EventSourcing
package import PatchManagement
internal import TransparencyLog

/// What the log's decisions would have been by another policy.
package struct WhatIfReport: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Somebody's decision would not have been taken.
        case refused
        /// It would have been halted where it went on, or ended by time.
        case stopped
        /// It would have gone on where it was halted or ended.
        case letGo = "let_go"
        /// Halted as well, by another rule or in another way.
        case otherwise
        /// It would have ended at another time.
        case moved
    }

    /// One decision that would have come out otherwise.
    package struct Difference: Codable, Equatable, Sendable {
        package let position: Int64
        package let stream: String
        package let at: Timestamp
        /// What was decided, such as `the approval of the patch`.
        package let decision: String
        package let kind: Kind
        /// What happened, in a sentence.
        package let was: String
        /// What would have, in a sentence.
        package let would: String
    }

    /// What would have become of findings: those that are open and those that were.
    package struct Findings: Codable, Equatable, Sendable {
        /// How often one class would have been another.
        package struct ClassChange: Codable, Equatable, Sendable {
            package let before: RiskClass
            package let after: RiskClass
            package internal(set) var count: Int64
        }

        /// How often a class, or a deadline by the first fix, was decided again.
        package internal(set) var classified: Int64 = 0
        /// In the order in which they come up.
        package internal(set) var classes: [ClassChange] = []
        /// Deadlines that would have been earlier ones, or later ones.
        package internal(set) var earlier: Int64 = 0
        package internal(set) var later: Int64 = 0

        mutating func count(_ before: RiskClass, _ after: RiskClass) {
            if let place = classes.firstIndex(where: { $0.before == before && $0.after == after }) {
                classes[place].count += 1
            } else {
                classes.append(ClassChange(before: before, after: after, count: 1))
            }
        }
    }

    /// Decisions of which history doesn't say how they would have come out.
    package struct Undecided: Codable, Equatable, Sendable {
        package let reason: String
        package let count: Int64
    }

    package let origin: String
    /// Events of the log at the checkpoint.
    package let size: Int64
    /// Of the tree at the checkpoint, in base64.
    package let root: String
    /// The key that has signed the checkpoint; nil where none was given to look for.
    package var signedBy: String?
    package let patches: Int64
    package let rollouts: Int64
    /// nil where no number of classification is to be another.
    package let findings: Findings?
    /// Decisions that were taken again, and how many of them came out the same.
    package let decisions: Int64
    package let same: Int64
    /// In the order of the log; of findings the first hundred.
    package let differences: [Difference]
    /// The most frequent first.
    package let undecided: [Undecided]

    private enum CodingKeys: String, CodingKey {
        case origin, size, root, patches, rollouts, findings, decisions, same, differences
        case undecided
        case signedBy = "signed_by"
    }

    /// Takes every decision of a whole log again that the changed numbers have a say in, by the
    /// functions that took it: of findings class and deadline; of patches the sign-off, the request, the
    /// approval, its end, the deferral and the end of a test; of rollouts the approval and its end, the
    /// start, every gate, the resumption and the promotion.
    ///
    /// Only from what is recorded. Where a decision would have come out otherwise, its stream would
    /// have taken another course from there on, and nothing is said of what came later.
    ///
    /// - Throws: `HistoryError`, and what the history's source throws.
    package init(_ change: PolicyChange, over history: SealedHistory) async throws {
        var fold = WhatIfFold(change)
        try await history.forEach { fold.read($0) }
        fold.finish()
        let head = history.checkpoint.head
        origin = history.checkpoint.origin
        size = head.size
        root = head.root.base64
        patches = fold.patchCount
        rollouts = fold.rolloutCount
        findings = fold.findingCounts
        decisions = fold.same + fold.differing
        same = fold.same
        differences = fold.differences.sorted {
            ($0.position, $0.stream) < ($1.position, $1.stream)
        }
        undecided = fold.undecided
            .map { Undecided(reason: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
}
