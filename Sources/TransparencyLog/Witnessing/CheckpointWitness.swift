/// A witness, however it is reached.
package protocol CheckpointWitness: Sendable {
    /// By which its cosignatures are known.
    var key: VerifierKey { get }

    /// For people: where it is.
    var address: String { get }

    /// Asks it to cosign a checkpoint. Returns within a time limit of its own.
    ///
    /// - Throws: When it can't be reached, or doesn't answer in time.
    func add(_ request: AddCheckpointRequest) async throws -> WitnessReply
}
