package import EventSourcing

/// An asset, as its events leave it.
package struct Asset: Sendable, Equatable {
    package var id: StreamID?
    package var registration: AssetRegistration?
    package var attributes = AssetAttributes()
    /// nil until a first inventory was reported.
    package var stratum: PlatformStratum?
    package var report: Digest?
    package var offers: Digest?
    package var bootID: String?
    /// Deployments that wait for another boot id, with the one that they know.
    package var awaitedReboots: [RebootAwaited] = []
    /// Of everybody besides the host itself, the last one each; sorted by source.
    package var reports: [SourceReport] = []
    /// It has been silent for too long, and that was told.
    package var isOverdue = false
    package var isDecommissioned = false
    /// Findings for which it is to be examined before it is changed; sorted.
    package var holds: [StreamID] = []

    /// Nothing of patchflow begins on it.
    package var isHeld: Bool { !holds.isEmpty }
    /// Which instance of a cloud it is, as the account's list showed it last; nil for none.
    package var cloud: CloudObservation?
    /// That instance is in its account's list no longer.
    package var isGoneFromCloud = false
    /// The instance that it stands in the place of.
    package var predecessor: StreamID?
    /// Where its attributes come from; nil of one that knows no rules yet.
    package var origins: AttributeOrigins?

    package init() {}

    /// What it was started from; what was said of it counts before what its cloud shows.
    package var image: String? { attributes.image ?? cloud?.instance.image }
}

package enum AssetCommand: Sendable, Equatable {
    /// Makes the asset known, or changes its description.
    case register(AssetRegistration)
    /// Says what else is known of it; what is left open stays as it is known.
    case describe(AssetAttributes)
    case requestScan(Scan)
    /// The result of a scan's activity; a lost lease is `.failed` with the cause `.lost`. The
    /// caller keeps `AssetDecider.document(of:)` with it.
    case recordScan(Scan, WorkResult)
    /// What somebody besides the host says that it has. The caller keeps the document with it.
    case report(ReportTaking)
    /// It has been silent for too long.
    case noteOverdue(lastReported: Timestamp?)
    /// - Parameter successor: What stands in its place.
    case decommission(reason: String, successor: StreamID? = nil)
    /// Nothing that this source said of it counts any more.
    case forgetSource(String, reason: String)
    /// The list of its account shows it as this instance.
    case observeInstance(CloudObservation, by: CloudMatch)
    /// The list with this digest has its instance no longer.
    case missInstance(list: Digest)
    /// It stands in the place of another one.
    case succeed(StreamID)
    /// Where its attributes come from.
    case noteOrigins(AttributeOrigins)
    /// A forensic hold was placed on a finding of it, or has ended.
    case hold(for: StreamID)
    case release(from: StreamID)
    /// A deployment on it waits for a reboot that is somebody else's to do.
    case awaitReboot(RebootAwaited)
}

package enum AssetRejection: DomainRejection {
    case unknown
    case badField(FieldFault)
    case nameMismatch(String, expected: StreamID, actual: StreamID)
    case isDecommissioned(String)
    case wrongResult(Scan, String)
    case tooManySources(String, Int)
    case olderReport(source: String, gathered: Timestamp, known: Timestamp)
    case reasonMissing
    case unknownSource(String, known: [String])
    case otherInstance(String, known: String)
    case ownSuccessor(String)
    case otherPredecessor(String, known: StreamID)

    package var code: String {
        switch self {
        case .unknown: "no-such-asset"
        case .badField(let fault): "bad-\(fault.field)"
        case .nameMismatch: "name-of-another-asset"
        case .isDecommissioned: "asset-decommissioned"
        case .wrongResult: "wrong-result"
        case .tooManySources: "too-many-sources"
        case .olderReport: "older-report"
        case .reasonMissing: "reason-missing"
        case .unknownSource: "unknown-source"
        case .otherInstance: "other-instance"
        case .ownSuccessor: "own-successor"
        case .otherPredecessor: "other-predecessor"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such asset: import or register it first"
        case .badField(let fault): fault.description
        case .nameMismatch(let name, let expected, let actual):
            "name '\(name)' belongs to \(expected), not to \(actual): register it as a new asset"
        case .isDecommissioned(let name):
            "asset '\(name)' is decommissioned: register a new one under another name"
        case .wrongResult(let scan, let kind):
            "result '\(kind)' does not answer a scan of \(scan.rawValue): report it as a bug"
        case .tooManySources(let name, let most):
            "'\(name)' is reported on by \(most) sources already: report under one of their names"
        case .olderReport(let source, let gathered, let known):
            "the report is from \(gathered), and one from \(known) of '\(printable(source))' is known: "
                + "send the newest one"
        case .reasonMissing: "reason is empty: say why in a few words"
        case .unknownSource(let source, let known):
            "source '\(printable(source))' has reported nothing of it: "
                + (known.isEmpty
                    ? "nobody has but the asset itself"
                    : "those that have: \(known.joined(separator: ", "))")
        case .otherInstance(let name, let known):
            "asset '\(name)' is instance \(known) already, which its account still has: reconcile "
                + "again, or register the new instance as an asset of its own"
        case .ownSuccessor(let name):
            "asset '\(name)' can't stand in its own place: name another one"
        case .otherPredecessor(let name, let known):
            "asset '\(name)' stands in the place of \(known) already: register another asset"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .isDecommissioned, .otherInstance, .otherPredecessor: .wrongState
        case .olderReport: .stale
        case .badField, .nameMismatch, .wrongResult, .tooManySources, .reasonMissing,
            .unknownSource, .ownSuccessor:
            .invalid
        }
    }
}
