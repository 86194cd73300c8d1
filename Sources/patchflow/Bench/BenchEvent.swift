internal import EventSourcing
internal import Foundation

/// What the workloads that append send: an event of the size that the peers' events have.
enum BenchEvent {
    /// A command that makes a stream of `events` events.
    static func request(events: Int) -> AppendRequest {
        let id = UUID.timeOrdered()
        let event = NewEvent(type: "PatchIdentified", schemaVersion: 1, data: payload)
        return AppendRequest(
            context: CommandContext(
                actor: Actor(id: "pe_018f5c7e-8a3b-7c21-9b1e-6f0d2a9c4e11", role: "analyst"),
                at: .now, commandID: id),
            requestDigest: Digest(of: payload),
            streams: [
                StreamAppend(
                    stream: StreamID(prefix: "pa", id), expectedVersion: 0,
                    events: Array(repeating: event, count: events))
            ])
    }

    /// 342 bytes of data and 163 of metadata, as the peers' events have, in one JSON text.
    static let payload: [UInt8] = {
        func filler(_ length: Int) -> String {
            String(repeating: "openssl 3.0.15-1~deb12u1 ", count: length / 25 + 1)
        }
        let data = #"{"package":"\#(filler(342).prefix(328))"}"#
        let metadata = #"{"source":"\#(filler(163).prefix(150))"}"#
        return Array(#"{"data":\#(data),"metadata":\#(metadata)}"#.utf8)
    }()
}
