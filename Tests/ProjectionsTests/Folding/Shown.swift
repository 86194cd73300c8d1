import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

/// A stream in the making, with its view folded along; each version of it has to be the resource
/// of the contract.
struct Shown<D: Decider> {
    let stream: StreamID
    private(set) var state = D.initialState
    private(set) var views: [ViewKey: View] = [:]
    private var version = 0

    init(_ stream: StreamID) { self.stream = stream }

    mutating func tell<Resource: Codable>(
        _ command: D.Command, by actor: Actor, at moment: Timestamp, as type: Resource.Type
    ) throws -> Resource {
        let unique = UUID(uuid: (1, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
        let context = CommandContext(actor: actor, at: moment, commandID: unique)
        for event in try D.decide(command, context, state) {
            D.evolve(&state, event)
            version += 1
            let stored = try NewEvent(event.payload)
            let recorded = RecordedEvent(
                position: Int64(version), stream: stream, version: version, id: unique,
                type: stored.type, schemaVersion: stored.schemaVersion, occurredAt: moment,
                recordedAt: moment, actor: actor, commandID: unique, correlationID: unique,
                causationID: nil, data: stored.data)
            let fold = PatchflowFold()
            #expect(try fold.keys(for: recorded).contains { $0.id == stream.text })
            try fold.apply(recorded, to: &views)
        }
        let view = try #require(views.values.first)
        let document = Data(view.document)
        let resource = try WireJSON.decodeStrictly(type, from: document)
        #expect(
            String(decoding: try WireJSON.encode(resource), as: UTF8.self)
                == String(decoding: document, as: UTF8.self))
        return resource
    }
}
