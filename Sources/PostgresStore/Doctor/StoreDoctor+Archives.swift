internal import EventSourcing
internal import Postgres
internal import StoreCheck
internal import TransparencyLog

/// What has left the database, and the files that took its place.
extension StoreDoctor {
    func archived(on connection: Connection) -> ArchivedEvents {
        ArchivedEvents(archive: archive) { try await connection.query($0) }
    }

    /// What files hold of the positions, as it stands there: whether it is what was sealed is seen when
    /// it is compared with the tiles, event by event. What can't be read is away, and the rest goes on.
    func archivedRows(
        _ positions: ClosedRange<Int64>, on connection: Connection
    ) async throws -> [LoggedRow] {
        let files = try await connection.query(
            """
            select first_position, last_position, file from patchflow.archives
            where last_position >= \(positions.lowerBound)
                and first_position <= \(positions.upperBound)
            order by first_position
            """
        ).map(ArchivedEvents.File.init)
        var rows: [LoggedRow] = []
        for file in files {
            let range = file.range.clamped(to: positions)
            for index in file.bundles(range) {
                let leaves = index * Int64(BundleID.fullWidth)
                let places = range.clamped(to: leaves + 1...leaves + Int64(BundleID.fullWidth))
                rows += try await archivedRows(places, index, of: file)
            }
        }
        return rows
    }

    private func archivedRows(
        _ positions: ClosedRange<Int64>, _ index: Int64, of file: ArchivedEvents.File
    ) async throws -> [LoggedRow] {
        let bundle: EntryBundle
        do {
            bundle = try await archive.bundle(index, of: file.name)
        } catch let error as EventStoreError where error.code == .archiveMissing {
            return positions.map { LoggedRow(position: $0, fault: error.message, isAway: true) }
        }
        return positions.map { position in
            let place = Int(position - 1 - bundle.id.leaves.lowerBound)
            guard bundle.entries.indices.contains(place) else {
                return LoggedRow(
                    position: position, fault: "the archive '\(file.name)' ends before it")
            }
            do {
                let event = try bundle.entries[place].event()
                guard event.position == position else {
                    return LoggedRow(
                        position: position,
                        fault: "the archive '\(file.name)' has that of \(event.position) there")
                }
                return LoggedRow(
                    position: position, event: event, command: nil, mustBeRemembered: false)
            } catch {
                return LoggedRow(
                    position: position,
                    fault: "what the archive '\(file.name)' has there is no event: \(error)")
            }
        }
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
