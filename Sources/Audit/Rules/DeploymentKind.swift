internal import EventSourcing

/// The kinds of a deployment's events that rules look at, told apart without making a text of each.
enum DeploymentKind: UInt8, CaseIterable {
    case queued, leaseGranted, leaseExpired, precheckPassed, precheckFailed, backupTaken
    case installStarted, installFinished, waiting, probed, succeeded, failed, skipped, cancelled
    case absent, unreachable, verificationFailed, rebootDeferred, rebootConfirmed
    case snapshotTaken, rebootRequested, rebootStarted, rebootAccepted, deadAfterReboot
    case rollbackStarted, rollbackFinished, rolledBack, rollbackFailed
    case returnAwaited, returned, givenUp, postponed

    init?(_ type: UnsafeBufferPointer<UInt8>) {
        guard type.count < Self.byLength.count,
            let kind = Self.byLength[type.count].first(where: { type.elementsEqual($0.name) })?.kind
        else { return nil }
        self = kind
    }

    /// The version of such an event whose members rules know.
    var schemaVersion: Int64 { Self.schemaVersions[Int(rawValue)] }

    private static let schemaVersions = allCases.map { Int64($0.payload.schemaVersion) }

    private typealias Named = (name: [UInt8], kind: DeploymentKind)

    private static let byLength: [[Named]] = {
        let named: [Named] = allCases.map { (Array($0.stored.utf8), $0) }
        let longest = named.map(\.name.count).max() ?? 0
        return (0...longest).map { length in named.filter { $0.name.count == length } }
    }()
}

extension DeploymentKind {
    /// Calls `body` with an event of this kind in the form of the version whose members are known.
    ///
    /// - Throws: `EventCodingError` for a version that no step leads on from; a decoding error for data
    ///   that isn't of it; what `body` throws.
    func withCurrentForm<R>(of event: EntryView, _ body: (EntryView) throws -> R) throws -> R {
        if event.schemaVersion == schemaVersion { return try body(event) }
        let data = try payload.upcast(Array(event.data), from: Int(clamping: event.schemaVersion))
        return try data.withUnsafeBufferPointer { try body(event.with(data: $0)) }
    }
}
