import Application
import EventSourcing
import JSON
import PatchManagement

/// Policies from their proposal to where they count.
extension House {
    /// Proposed and looked at by Alice.
    ///
    /// - Returns: The digest that its publication confirms.
    func examined(_ text: String, _ scope: String) async throws -> String {
        _ = try await useCases.proposePolicy(
            try CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8)), scope: scope,
            reason: "the audit", order(alice))
        let examined = try await useCases.examinePolicy(scope, order(alice))
        return examined.whatIf.proposal.description
    }

    /// The same, and published by Rolf.
    func publish(_ text: String, _ scope: String) async throws {
        let digest = try await examined(text, scope)
        _ = try await useCases.publishPolicy(
            scope, digest: digest, reason: "looked at it", order(rolf))
    }
}
