package import EventSourcing

/// The outcomes of a rollout at one moment, as the coordinator has counted them.
package struct RolloutTally: Codable, Sendable, Equatable {
    /// Failures that are listed by name; the counts are always whole.
    package static let maxListed = 200
    /// Open assets are named in batches up to this size.
    package static let maxOpen = 50

    /// Position of the event that it was counted at: an older tally never replaces a newer one.
    package let asOf: Int64
    /// The batch that was started last, its size and its counts.
    package let batch: Int
    package let size: Int
    package let counts: OutcomeCounts
    /// Over all batches that were started.
    package let startedSize: Int
    package let totals: OutcomeCounts
    /// Strata of the canary without an installation, while the canary is the last batch; in order.
    package let strataWithoutInstall: [String]
    /// Failures and assets in doubt, those of later batches first, then by asset.
    package let listed: [ListedOutcome]
    /// How many orders to roll back had been counted.
    package let rollbackOrders: Int
    /// Assets without a final outcome, where they are known by name; nil for none.
    package var openAssets: [StreamID]?
    /// Strata of the canary of which an asset turned out to have the version already, while the canary
    /// is the last batch; in order. nil for none.
    package var strataInPlace: [String]?

    private enum CodingKeys: String, CodingKey {
        case batch, size, counts, totals, listed
        case asOf = "as_of"
        case startedSize = "started_size"
        case strataWithoutInstall = "strata_without_install"
        case rollbackOrders = "rollback_orders"
        case openAssets = "open_assets"
        case strataInPlace = "strata_in_place"
    }

    /// Assets of the last batch without a final outcome.
    package var open: Int { size - counts.final }
    /// The same over all batches that were started.
    package var totalOpen: Int { startedSize - totals.final }

    /// Whether a person would see something else in `other`, successes on the way apart.
    func differs(from other: RolloutTally) -> Bool {
        batch != other.batch || counts.bad != other.counts.bad || totals.bad != other.totals.bad
            || counts[.unknown] != other.counts[.unknown] || (open == 0) != (other.open == 0)
            || (totalOpen == 0) != (other.totalOpen == 0)
            || (open == 0 && counts != other.counts)
    }
}

package struct ListedOutcome: Codable, Sendable, Equatable {
    package let asset: StreamID
    package let batch: Int
    package let outcome: DeploymentOutcome
}
