internal import ArgumentParser
internal import Postgres
internal import PostgresStore
internal import StoreCheck

struct ArchiveListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the archives and what may be archived next.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let pool = ConnectionPool(try database.login(as: .reader))
        defer { pool.close() }
        let partitions = EventPartitions(pool: pool)
        for archive in try await partitions.archives() {
            print(
                "\(archive.file): positions \(archive.range.lowerBound) to "
                    + "\(archive.range.upperBound), \(archive.bytes) bytes, sha256 \(archive.digest), "
                    + "at the checkpoint of \(archive.checkpointSize) entries, \(archive.at)")
        }
        for range in try await partitions.archivable() {
            print("in the database: positions \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
