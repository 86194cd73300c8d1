package import FoundationEssentials

/// One command's outcome, to be committed whole or not at all.
package struct AppendRequest: Sendable {
    package var context: CommandContext
    /// Digest of what was asked, so that the same id with another body is refused (I10).
    package var requestDigest: Digest
    package var streams: [StreamAppend]
    /// Streams that must still stand at a version, though nothing is appended to them.
    package var guards: [StreamGuard] = []
    package var claim: ClaimUse?
    package var timer: TimerUse?
    package var permit: Permit?
    package var effects: [ScheduledEffect] = []
    package var documents: [Document] = []

    package init(context: CommandContext, requestDigest: Digest, streams: [StreamAppend]) {
        self.context = context
        self.requestDigest = requestDigest
        self.streams = streams
    }

    /// The id of the event at `index` of this command, over all its streams in order.
    package static func eventID(commandID: UUID, index: Int) -> UUID {
        .version5(namespace: commandID, name: "event/\(index)")
    }
}

package struct StreamAppend: Sendable {
    package let stream: StreamID
    /// The version that was read; 0 for a stream that must not exist yet.
    package let expectedVersion: Int
    package let events: [NewEvent]

    package init(stream: StreamID, expectedVersion: Int, events: [NewEvent]) {
        self.stream = stream
        self.expectedVersion = expectedVersion
        self.events = events
    }
}

package struct NewEvent: Sendable {
    package let type: String
    package let schemaVersion: Int
    /// Canonical JSON. With its envelope at most `EntryLimit.bytes`.
    package let data: [UInt8]

    package init(type: String, schemaVersion: Int, data: [UInt8]) {
        self.type = type
        self.schemaVersion = schemaVersion
        self.data = data
    }

    package init(_ payload: some EventPayload) throws {
        self.init(
            type: Swift.type(of: payload).type,
            schemaVersion: Swift.type(of: payload).schemaVersion,
            data: try CanonicalJSON.encode(payload))
    }
}

package struct StreamGuard: Sendable {
    package let stream: StreamID
    package let version: Int

    package init(stream: StreamID, version: Int) {
        self.stream = stream
        self.version = version
    }
}

/// What an append does with an activity that its sender holds.
package struct ClaimUse: Sendable {
    package enum Mode: Sendable, Equatable {
        /// It must still be held, and stays so.
        case hold
        /// It must still be held, and is done.
        case complete
        /// Its worker's lease must have run out: the rescuer takes it away.
        case rescue
    }

    package let claim: Claim
    package let mode: Mode

    package init(claim: Claim, mode: Mode) {
        self.claim = claim
        self.mode = mode
    }
}

/// Fires a timer: refused as stale when it is gone or was replaced.
package struct TimerUse: Sendable {
    package let id: UUID

    package init(id: UUID) {
        self.id = id
    }
}

/// The right to touch an asset (I1, I3, I6), checked and taken where the intent commits.
package struct Permit: Sendable {
    package let asset: StreamID
    package let attempt: UUID
    package let rollout: StreamID
    /// Must have been released by the gate before it.
    package let batch: Int
    package let site: String
    /// The number of the rollout's calendar in which it has to be open; nil for none.
    package let calendar: Int?
    /// A freeze of any of these scopes stands in its way (I2), and a cap of any counts it (I1).
    package var freezeScopes: [String]

    package init(
        asset: StreamID, attempt: UUID, rollout: StreamID, batch: Int, site: String,
        calendar: Int? = nil, freezeScopes: [String] = []
    ) {
        self.asset = asset
        self.attempt = attempt
        self.rollout = rollout
        self.batch = batch
        self.site = site
        self.calendar = calendar
        self.freezeScopes = freezeScopes
    }
}

/// A change of what may be dispatched, committed with the event that decides it.
package struct ControlChange: Sendable, Equatable {
    /// `rollout/<id>`, `site/<name>`, `group/<name>`, `domain/<name>` or `globe`.
    package let scope: String
    package var halted: Bool?
    /// Batches up to this number may start.
    package var releasedBatch: Int?
    /// How many attempts may be under way at once.
    package var capacity: Int?

    package init(
        scope: String, halted: Bool? = nil, releasedBatch: Int? = nil, capacity: Int? = nil
    ) {
        self.scope = scope
        self.halted = halted
        self.releasedBatch = releasedBatch
        self.capacity = capacity
    }

    package static func rolloutScope(_ rollout: StreamID) -> String { "rollout/\(rollout.text)" }
    package static func siteScope(_ site: String) -> String { "site/\(site)" }
    package static func domainScope(_ domain: String) -> String { "domain/\(domain)" }
    package static func groupScope(_ group: String) -> String { "group/\(group)" }
    package static func assetScope(_ asset: StreamID) -> String { "asset/\(asset.text)" }
    package static let globe = "globe"
}

/// An effect with the stream and the event that it follows from. An activity's id is
/// `UUIDv5(event id, "activity/" + index)`, so a replayed command can't schedule it twice.
package struct ScheduledEffect: Sendable {
    package let stream: StreamID
    package let eventID: UUID
    package let index: Int
    package let effect: Effect

    package init(stream: StreamID, eventID: UUID, index: Int, effect: Effect) {
        self.stream = stream
        self.eventID = eventID
        self.index = index
        self.effect = effect
    }

    package var activityID: UUID { .version5(namespace: eventID, name: "activity/\(index)") }
    package var timerID: UUID { .version5(namespace: eventID, name: "timer/\(index)") }
}

/// Bytes that are too large for an event, kept by their digest.
package struct Document: Sendable, Equatable {
    package let digest: Digest
    package let mediaType: String
    package let bytes: [UInt8]

    package init(mediaType: String, bytes: [UInt8]) {
        digest = Digest(of: bytes)
        self.mediaType = mediaType
        self.bytes = bytes
    }
}
