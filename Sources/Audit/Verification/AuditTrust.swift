package import TransparencyLog

/// Whom the verifier believes. It comes from whoever verifies, by a way that has nothing to do with
/// the bundle: a key that came along with it proves nothing.
package struct AuditTrust: Sendable {
    /// Of the log; one of them must have signed. More than one where the key was changed.
    package let logKeys: [VerifierKey]
    package let witnesses: [VerifierKey]
    /// How many of the witnesses must have cosigned.
    package let quorum: Int
    /// The log's name.
    package let origin: String

    /// - Parameter origin: nil takes the name of the first key, as the name of a log's key is that
    ///   of the log.
    /// - Throws: `AuditTrustError`.
    package init(
        logKeys: [VerifierKey], witnesses: [VerifierKey] = [], quorum: Int? = nil,
        origin: String? = nil
    ) throws(AuditTrustError) {
        guard let first = logKeys.first else { throw .noKey }
        for key in logKeys where key.algorithm != .ed25519 { throw .notALogKey(key.name) }
        for key in witnesses where key.algorithm != .cosignature { throw .notAWitness(key.name) }
        let quorum = quorum ?? witnesses.count
        guard (0...Set(witnesses).count).contains(quorum) else {
            throw .quorumOutOfRange(quorum, witnesses: Set(witnesses).count)
        }
        self.logKeys = logKeys
        self.witnesses = witnesses
        self.quorum = quorum
        self.origin = origin ?? first.name
    }
}

package enum AuditTrustError: Error, Equatable, CustomStringConvertible {
    case noKey
    case notALogKey(String)
    case notAWitness(String)
    case quorumOutOfRange(Int, witnesses: Int)

    package var description: String {
        switch self {
        case .noKey:
            "no key of the log is known: name one that you have from its operator, not from the "
                + "bundle; a key inside the bundle would prove nothing"
        case .notALogKey(let name): "the key '\(name)' is a witness's: it signs for no log"
        case .notAWitness(let name): "the key '\(name)' is a log's: it cosigns nothing"
        case .quorumOutOfRange(let quorum, let witnesses):
            "a quorum of \(quorum) of \(witnesses) witnesses can't be"
        }
    }
}

extension AuditTrust {
    /// The same keys without a quorum: what a checkpoint is believed by that was saved before.
    init(believing trust: AuditTrust) {
        logKeys = trust.logKeys
        witnesses = trust.witnesses
        quorum = 0
        origin = trust.origin
    }
}
