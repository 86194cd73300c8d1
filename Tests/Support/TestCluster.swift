import FoundationEssentials
import Glibc
package import Postgres
package import PrivateCluster

/// The PostgreSQL of this test process: one cluster, started when first needed, and a database
/// per test. It ends with the process; directories of processes that are gone are removed by the
/// next one.
package actor TestCluster {
    package static let shared = TestCluster()

    private var starting: Task<PrivateCluster, any Error>?
    private var templates: [String: Task<Void, any Error>] = [:]
    private var lastDatabase = 0

    /// Makes a database that tests start from, once per process; later calls do nothing.
    package func makeTemplate(
        _ name: String, _ fill: @escaping @Sendable (ConnectionOptions) async throws -> Void
    ) async throws {
        if let made = templates[name] { return try await made.value }
        let cluster = try await cluster()
        if let made = templates[name] { return try await made.value }
        let making = Task {
            try await administer("create database \(identifier: name)", on: cluster)
            try await fill(cluster.options.with(database: name))
        }
        templates[name] = making
        try await making.value
    }

    /// The cluster itself, for tests that need its process or its superuser.
    package func cluster() async throws -> PrivateCluster {
        if let starting { return try await starting.value }
        let task = Task {
            let cluster = try PrivateCluster(
                directory: try makeTestDirectory("cluster"), settings: Self.settings)
            try await cluster.start()
            return cluster
        }
        starting = task
        return try await task.value
    }

    /// Nothing here outlives the process, so nothing need reach the disk.
    private static let settings = [
        "fsync": "off", "full_page_writes": "off", "max_connections": "500",
    ]

    fileprivate func nextDatabase() -> String {
        lastDatabase += 1
        return "test_\(lastDatabase)"
    }
}

private func administer(_ query: Query, on cluster: PrivateCluster) async throws {
    let connection = try await Connection.open(cluster.options)
    try await connection.query(query)
    await connection.close()
}

/// Runs `body` with a database of its own on this process' cluster, dropped afterwards.
///
/// - Parameter template: A database made by `makeTemplate`, or PostgreSQL's own empty one.
package func withDatabase<R>(
    template: String = "template1", _ body: (ConnectionOptions) async throws -> R
) async throws -> R {
    let cluster = try await TestCluster.shared.cluster()
    let name = await TestCluster.shared.nextDatabase()
    try await administer(
        "create database \(identifier: name) template \(identifier: template)", on: cluster)
    let outcome: Result<R, any Error>
    do {
        outcome = .success(try await body(cluster.options.with(database: name)))
    } catch {
        outcome = .failure(error)
    }
    do {
        try await administer("drop database \(identifier: name) with (force)", on: cluster)
    } catch {
        // The test's own outcome matters more than a database that stays behind.
        print("the database \(name) could not be dropped: \(error)")
    }
    return try outcome.get()
}

/// Runs `body` with a cluster of its own, for tests that kill the server. Its disk is flushed as in
/// earnest, so that what was acknowledged survives.
package func withOwnCluster<R>(
    settings: [String: String] = [:], logins: [String]? = nil,
    _ body: (PrivateCluster) async throws -> R
) async throws -> R {
    let directory = try makeTestDirectory("own")
    let cluster = try PrivateCluster(directory: directory, settings: settings, logins: logins)
    let value = try await cluster.run { _ in try await body(cluster) }
    try FileManager.default.removeItem(atPath: directory)
    return value
}

/// A fresh directory in /var/tmp that every account can reach, named after this process.
package func makeTestDirectory(_ purpose: String) throws -> String {
    removeAbandonedTestDirectories()
    var template = Array("\(testDirectoryPrefix)\(getpid())-\(purpose)-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template), chmod(made, 0o755) == 0 else {
        throw ClusterError.system(call: "mkdtemp", path: testDirectoryPrefix, errno: errno)
    }
    return String(cString: made)
}

private let testDirectoryPrefix = "/var/tmp/patchflow-test-"

/// Of test processes that are gone; the servers in them ended with these.
private func removeAbandonedTestDirectories() {
    guard let listing = opendir("/var/tmp") else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        let path = "/var/tmp/" + name
        guard path.hasPrefix(testDirectoryPrefix),
            let owner = path.dropFirst(testDirectoryPrefix.count).split(separator: "-").first,
            let pid = pid_t(owner), kill(pid, 0) != 0, errno == ESRCH
        else { continue }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            // Another test process was at it too.
            continue
        } catch {
            print("\(path) could not be removed: \(error)")
        }
    }
}
