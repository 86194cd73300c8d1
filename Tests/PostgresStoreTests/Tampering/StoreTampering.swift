import EventSourcing
import Foundation
import Postgres
import Support
import Testing
import TransparencyLog

/// What somebody with a superuser's rights and the disk of the keys may do to a store, at any place.
enum StoreTampering: String, CaseIterable {
    // Events that are sealed
    case editData, editActor, editType, delete, deleteSome, truncate, swap, moveBetweenStreams
    case backdate, renumber
    // What was sealed
    case editTile, editWithTile, editHead, editNote
    // What lies beside the log
    case editDocument, dropDocument, editStream, editCommand
    case editReadModel, dropFromReadModel, shredKey

    /// Who looks at a store.
    enum Judge: CaseIterable {
        /// `patchflow doctor`, with the keys of people.
        case doctor
        /// `patchflow audit export`, and an auditor who verifies the bundle by the log's key alone.
        case auditor
        /// `patchflow doctor --projections`.
        case rebuild
    }

    /// Who must find it.
    var judges: [Judge] {
        switch self {
        case .editData, .editActor, .editType, .delete, .deleteSome, .truncate, .swap,
            .moveBetweenStreams, .backdate, .renumber, .editTile, .editWithTile, .editNote,
            .editDocument, .dropDocument:
            [.doctor, .auditor]
        case .editHead, .editStream, .editCommand, .shredKey: [.doctor]
        case .editReadModel, .dropFromReadModel: [.rebuild]
        }
    }

    /// The position that the doctor must name; nil for what concerns none.
    typealias Done = (position: Int64?, what: String)

    /// - Parameter keys: A directory of keys that may be changed.
    func apply(
        to history: StoredHistory, keys: String, on superuser: Connection,
        _ random: inout SeededRandom
    ) async throws -> Done {
        let event = random.pick(history.log.filter { isPossible(on: $0, in: history) })
        try await superuser.script(
            "set session_replication_role = replica; set search_path = patchflow")
        switch self {
        case .editData, .editActor, .editType, .delete, .deleteSome, .truncate, .swap,
            .moveBetweenStreams, .backdate, .renumber:
            return try await change(event, history, on: superuser, &random)
        case .editTile, .editWithTile, .editHead, .editNote:
            return try await changeSealed(event, history, on: superuser, &random)
        case .editStream:
            try await superuser.execute(
                "update streams set version = version + 1 where key = \(event.stream.text)")
            let first = history.log.first { $0.stream == event.stream }
            return (first?.position, "the version of \(event.stream)")
        case .editCommand:
            try await superuser.execute(
                """
                update commands set last_position = last_position + 1
                where command_id = \(event.commandID)
                """)
            return (nil, "the command of \(event.position)")
        case .editDocument, .dropDocument:
            return try await changeDocument(history, on: superuser, &random)
        case .editReadModel, .dropFromReadModel:
            return try await changeReadModel(on: superuser, &random)
        case .shredKey:
            let person = random.pick(history.subjects)
            try FileManager.default.removeItem(atPath: "\(keys)/\(person).key")
            let first = history.log.first { $0.stream == person && $0.type == "RoleRevoked" }
            return (first?.position, "the key of \(person)")
        }
    }

    /// The database itself refuses two events of one version of a stream.
    private func isPossible(on event: RecordedEvent, in history: StoredHistory) -> Bool {
        switch self {
        case .moveBetweenStreams: event.version > history.shortest
        case .renumber: history.lengths[event.stream] == event.version
        default: true
        }
    }

    // MARK: Events

    private func change(
        _ event: RecordedEvent, _ history: StoredHistory, on superuser: Connection,
        _ random: inout SeededRandom
    ) async throws -> Done {
        let position = event.position
        switch self {
        case .editData:
            let text = "{\"edited\":\(random.below(1_000_000))}"
            try await superuser.execute(
                "update events set data = \(text)::text::json where position = \(position)")
        case .editActor:
            try await superuser.execute(
                "update events set actor = actor || 'x' where position = \(position)")
        case .editType:
            try await superuser.execute(
                "update events set type = type || 'Not' where position = \(position)")
        case .delete, .deleteSome, .truncate:
            let last =
                switch self {
                case .delete: position
                case .deleteSome: min(history.size, position + 1 + Int64(random.below(300)))
                default: history.size
                }
            try await superuser.execute(
                "delete from events where position between \(position) and \(last)")
            return (position, "the events \(position) to \(last)")
        case .swap:
            let other = random.pick(history.log.filter { $0.data != event.data })
            try await superuser.execute(
                """
                update events e set data = o.data from events o
                where (e.position, o.position) in (
                    (\(position), \(other.position)), (\(other.position), \(position)))
                """)
            return (min(position, other.position), "\(position) and \(other.position)")
        case .moveBetweenStreams:
            let shorter = history.lengths.filter { $0.value < event.version }.keys.sorted()
            let other = random.pick(shorter)
            try await superuser.execute(
                """
                update events set stream_id = (select id from streams where key = \(other.text))
                where position = \(position)
                """)
        case .backdate:
            try await superuser.execute(
                """
                update events set recorded_at = recorded_at - interval '1 year'
                where position = \(position)
                """)
        default:
            try await superuser.execute(
                "update events set version = version + 1 where position = \(position)")
        }
        return (position, "the event at \(position)")
    }

    // MARK: What was sealed

    private func changeSealed(
        _ event: RecordedEvent, _ history: StoredHistory, on superuser: Connection,
        _ random: inout SeededRandom
    ) async throws -> Done {
        let (index, place) = (event.position - 1).quotientAndRemainder(dividingBy: 256)
        switch self {
        case .editTile:
            let byte = Int32(place) * 32 + Int32(random.below(32))
            try await superuser.execute(
                """
                update tiles set hashes = set_byte(hashes, \(byte), 1 # get_byte(hashes, \(byte)))
                where level = 0 and index = \(index)
                """)
            return (event.position, "the hash of \(event.position)")
        case .editWithTile:
            let forged = event.forged(data: Array("{\"forged\":\(random.below(1000))}".utf8))
            let hash = TreeHash.leaf(try LogEntry(forged).bytes)
            let text = String(decoding: forged.data, as: UTF8.self)
            try await superuser.execute(
                "update events set data = \(text)::text::json where position = \(event.position)")
            try await superuser.execute(
                """
                update tiles set hashes = overlay(
                    hashes placing \(hash.bytes) from \(Int32(place) * 32 + 1) for 32)
                where level = 0 and index = \(index)
                """)
            // Nobody can tell any more which of them it is.
            return (nil, "the event at \(event.position) with its hash")
        case .editHead:
            let byte = Int32(random.below(32))
            try await superuser.execute(
                "update checkpoints set root = set_byte(root, \(byte), 1 # get_byte(root, \(byte)))"
            )
            return (nil, "a root")
        default:
            // The root that it says, in Base64.
            try await superuser.execute(
                """
                update checkpoints set note = replace(
                    note, encode(root, 'base64'),
                    encode(sha256(\(Array("\(random.below(1000))".utf8))), 'base64'))
                """)
            return (nil, "a note")
        }
    }

    // MARK: What lies beside the log

    private func changeDocument(
        _ history: StoredHistory, on superuser: Connection, _ random: inout SeededRandom
    ) async throws -> Done {
        let digest = random.pick(history.named)
        if self == .editDocument {
            try await superuser.execute(
                "update documents set bytes = bytes || 'x'::bytea where sha256 = \(digest.bytes)")
        } else {
            try await superuser.execute("delete from documents where sha256 = \(digest.bytes)")
        }
        return (nil, "the document \(digest)")
    }

    private func changeReadModel(
        on superuser: Connection, _ random: inout SeededRandom
    ) async throws -> Done {
        let rows = try await superuser.query(
            "select kind, id, from_position from projection_rows order by 1, 2, 3")
        let row = random.pick(Array(rows))
        let kind: String = try row.decode(at: 0)
        let id: String = try row.decode(at: 1)
        let from: Int64 = try row.decode(at: 2)
        if self == .editReadModel {
            try await superuser.execute(
                """
                update projection_rows set state = state || 'x'
                where kind = \(kind) and id = \(id) and from_position = \(from)
                """)
        } else {
            try await superuser.execute(
                """
                delete from projection_rows
                where kind = \(kind) and id = \(id) and from_position = \(from)
                """)
        }
        return (nil, "\(kind) \(id) from \(from)")
    }
}

extension RecordedEvent {
    /// The same but for what is given.
    func forged(
        position: Int64? = nil, version: Int? = nil, id: UUID? = nil, type: String? = nil,
        actor: Actor? = nil, commandID: UUID? = nil, data: [UInt8]
    ) -> RecordedEvent {
        RecordedEvent(
            position: position ?? self.position, stream: stream, version: version ?? self.version,
            id: id ?? self.id, type: type ?? self.type, schemaVersion: schemaVersion,
            occurredAt: occurredAt, recordedAt: recordedAt, actor: actor ?? self.actor,
            commandID: commandID ?? self.commandID, correlationID: correlationID,
            causationID: causationID, data: data)
    }
}
