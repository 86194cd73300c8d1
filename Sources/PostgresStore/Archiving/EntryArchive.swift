package import EventSourcing
package import TransparencyLog

/// The files with the events that have left the database.
package protocol EntryArchive: Sendable {
    /// The entry bundle with that index, as the file holds it. It is whoever's work until it was
    /// compared with the tiles.
    ///
    /// - Throws: `EventStoreError` with `.archiveMissing` when the file isn't there or can't be read.
    func bundle(_ index: Int64, of file: String) async throws -> EntryBundle

    /// The SHA-256 of the whole file.
    ///
    /// - Throws: As `bundle`.
    func digest(of file: String) async throws -> Digest

    /// What is known of the file is read anew when it is asked for next.
    func forget(_ file: String)
}

/// Where nobody has said in which directory archives lie.
struct NoArchive: EntryArchive {
    func bundle(_ index: Int64, of file: String) async throws -> EntryBundle { throw missing(file) }

    func digest(of file: String) async throws -> Digest { throw missing(file) }

    func forget(_ file: String) {}

    private func missing(_ file: String) -> EventStoreError {
        EventStoreError(
            .archiveMissing,
            "the events are archived in '\(file)': say in which directory (--archive)"
        )
    }
}
