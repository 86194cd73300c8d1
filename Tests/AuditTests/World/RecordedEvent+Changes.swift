import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

extension RecordedEvent {
    func changed(
        position: Int64? = nil, stream: StreamID? = nil, version: Int? = nil,
        occurredAt: Timestamp? = nil, recordedAt: Timestamp? = nil, actor: Actor? = nil,
        commandID: UUID? = nil, type: String? = nil, schemaVersion: Int? = nil,
        data: [UInt8]? = nil
    ) -> RecordedEvent {
        RecordedEvent(
            position: position ?? self.position, stream: stream ?? self.stream,
            version: version ?? self.version, id: id, type: type ?? self.type,
            schemaVersion: schemaVersion ?? self.schemaVersion,
            occurredAt: occurredAt ?? self.occurredAt,
            recordedAt: recordedAt ?? self.recordedAt, actor: actor ?? self.actor,
            commandID: commandID ?? self.commandID, correlationID: correlationID,
            causationID: causationID, data: data ?? self.data)
    }

    /// The same event with another payload.
    func with(_ payload: some EventPayload, by actor: Actor? = nil) throws -> RecordedEvent {
        let stored = try NewEvent(payload)
        return changed(
            actor: actor, type: stored.type, schemaVersion: stored.schemaVersion,
            data: stored.data)
    }

    /// What only an administrator may write, behind the grant that makes somebody one.
    func byAnAdministrator(
        _ payload: some EventPayload, in stream: StreamID
    ) throws -> [RecordedEvent] {
        let admin = RiskHistory.person(48, .administrator)
        let own = try #require(StreamID(admin.id))
        let grant = RoleGranted(role: .administrator)
        return [
            try changed(stream: own).with(grant, by: .service(.installer)),
            try changed(stream: stream).with(payload, by: admin),
        ]
    }

    func read<Payload: EventPayload>(_: Payload.Type) throws -> Payload {
        try Payload.decode(schemaVersion: schemaVersion, data: data)
    }
}

/// Gives events the positions, versions and times that a store would give them in this order.
func renumbered(_ events: [RecordedEvent]) -> [RecordedEvent] {
    var versions: [StreamID: Int] = [:]
    var last = Timestamp(seconds: 0)
    return events.enumerated().map { place, event in
        versions[event.stream, default: 0] += 1
        last = max(last, event.recordedAt)
        return event.changed(
            position: Int64(place + 1), version: versions[event.stream], recordedAt: last)
    }
}
