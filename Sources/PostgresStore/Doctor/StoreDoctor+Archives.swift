internal import EventSourcing
internal import Postgres
internal import StoreCheck

/// What has left the database, and the files that took its place.
extension StoreDoctor {
    func archived(on connection: Connection) -> ArchivedEvents {
        ArchivedEvents(archive: archive) { try await connection.query($0) }
    }

    /// Each file is there and is the one that was written. Whether its entries are those that were
    /// sealed is seen when the log is walked through.
    func archiveCheck(on connection: Connection) async throws -> [Check] {
        var check = Check("archives")
        let rows = try await connection.query(
            """
            select file, sha256, first_position, last_position, (
                select coalesce(sum(cardinality(s.places)), 0)::bigint
                from patchflow.archived_streams s where s.first_position = a.first_position)
            from patchflow.archives a order by first_position
            """)
        for row in rows {
            let file: String = try row.decode(at: 0)
            let first: Int64 = try row.decode(at: 2)
            let width = try row.decode(Int64.self, at: 3) - first + 1
            let indexed: Int64 = try row.decode(at: 4)
            if indexed != width {
                check.damaged(
                    "the table archived_streams leads to \(indexed) of the \(width) events of "
                        + "'\(file)'", at: first, action: StoreFinding.compare)
            }
            do {
                if try await archive.digest(of: file) != Digest(stored: row.decode(at: 1)) {
                    check.damaged(
                        "the archive '\(file)' is another file than the one that was written",
                        at: first, action: "bring it back from a copy")
                }
            } catch let error as EventStoreError {
                check.incomplete(error.message, action: StoreFinding.findArchive)
            }
        }
        check.hasLooked(at: "\(counted(Int64(rows.count), "archive")) hashed again")
        return [check]
    }
}
