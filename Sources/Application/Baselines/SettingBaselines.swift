internal import EventSourcing
package import PatchManagement

extension UseCases {
    /// Makes or replaces the baseline of a kind.
    package func setBaseline(_ baseline: Baseline, _ order: Order) async throws -> Written {
        try await write(
            .set(baseline), to: baseline.id, as: BaselineDecider.self, order, .setBaseline,
            state: { _ in "set" })
    }
}
