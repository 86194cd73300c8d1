internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import PostgresStore
internal import PrivateCluster

/// How the disk's flush is paid for in a benchmark.
enum FlushMode: String, CaseIterable, ExpressibleByArgument {
    /// As the disk does it.
    case disk
    /// Three milliseconds more for each flush, the same on every machine (`commit_delay`), which
    /// is what group commit must be judged by.
    case slow

    /// Goes behind a metric's name.
    var suffix: String { self == .disk ? "" : "_slowflush" }
}

/// A PostgreSQL for one benchmark run: fsync on, synchronous commit on, nothing skipped.
struct BenchCluster {
    let cluster: PrivateCluster
    let directory: URL

    /// Starts one, runs `body`, stops it and removes its files.
    static func with(
        flush: FlushMode, _ body: (BenchCluster) async throws -> Void
    ) async throws {
        let cluster = try await start(flush: flush)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        try await cluster.stop()
        try outcome.get()
    }

    private static func start(flush: FlushMode) async throws -> BenchCluster {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "patchflow-bench-\(ProcessInfo.processInfo.processIdentifier)")
        let cluster = try PrivateCluster(
            directory: directory.path,
            settings: [
                "shared_buffers": "1GB", "max_wal_size": "4GB", "max_connections": "200",
                "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
                "commit_delay": flush == .slow ? "3000" : "0", "commit_siblings": "0",
            ])
        try await cluster.start()
        return BenchCluster(cluster: cluster, directory: directory)
    }

    private func stop() async throws {
        await cluster.stop()
        try FileManager.default.removeItem(at: directory)
    }

    /// A fresh, migrated database after a CHECKPOINT.
    func database(_ name: String) async throws -> ConnectionOptions {
        let admin = try await Connection.open(cluster.options)
        try await admin.query("drop database if exists \(identifier: name) with (force)")
        try await admin.query("create database \(identifier: name)")
        let options = cluster.options.with(database: name)
        try await Schema.migrate(options)
        try await admin.query("checkpoint")
        await admin.close()
        return options
    }
}

/// One figure, in the form that all benchmarks and peers share.
func printFigure(_ workload: String, _ metric: String, _ value: Double, _ unit: String) {
    let text = value >= 10 ? String(Int(value.rounded())) : String(format: "%.2f", value)
    FileHandle.standardOutput.write(Data("patchflow \(workload) \(metric) \(text) \(unit)\n".utf8))
}

/// The value below which `share` of the sorted values lie.
func percentile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}

/// Why a figure can't be had, or is not what it must be.
struct BenchFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
