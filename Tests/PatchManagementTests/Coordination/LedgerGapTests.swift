import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

/// An event that can't be read is passed over, and the others go on: also those that rest on it.
@Suite struct LedgerGapTests {
    private let asset = StreamID(prefix: "as", UUID())
    private let rollout = StreamID(prefix: "ro", UUID())

    @Test func aLedgerWithoutItsPlanCountsNothingAndStopsNobody() {
        var ledger = RolloutLedger()
        let route = DeploymentRoute(
            rollout: rollout, asset: asset, batch: 2, stratum: "debian 12 amd64")
        ledger.count(OutcomeChange(before: nil, after: .failed), route)
        ledger.orderRollback(.all)
        #expect(!ledger.isInScope(2))
        #expect(!ledger.isOpen(2))
        #expect(!ledger.isOpenOutOfScope(2))
        #expect(!ledger.hasStragglers(from: 2))
        #expect(ledger.tally(asOf: 7) == nil)
    }
}
