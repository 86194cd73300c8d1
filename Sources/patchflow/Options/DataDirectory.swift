internal import ArgumentParser
internal import Foundation
internal import PrivateCluster
internal import StoreCheck

/// Where `up` keeps everything of one installation.
struct DataDirectory: Sendable {
    let path: String

    /// - Parameter path: As given; nil takes `/var/lib/patchflow` as root, else the directory for
    ///   state of the XDG rules.
    init(_ path: String?) {
        self.path =
            URL(filePath: path ?? Self.standard).standardizedFileURL.path(
                percentEncoded: false
            ).droppingTrailingSlash
    }

    private static var standard: String {
        if getuid() == 0 { return "/var/lib/patchflow" }
        let variables = ProcessInfo.processInfo.environment
        let state =
            variables["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (variables["HOME"] ?? "/tmp") + "/.local/state"
        return state + "/patchflow"
    }

    var cluster: String { path + "/postgres" }
    /// The files of events that have left the database.
    var archive: String { path + "/archive" }
    var administratorToken: String { path + "/admin.token" }
    /// The token of somebody of the demonstration.
    func token(of person: String) -> String { "\(path)/\(person).token" }
    /// What the simulated hosts remember.
    var simulatedFleet: String { path + "/simulated-fleet" }
    /// Key, known hosts and the sockets of connections that are kept open.
    var ssh: String { path + "/ssh" }
    var sshKey: String { ssh + "/id_ed25519" }
    var knownHosts: String { ssh + "/known_hosts" }
    /// The transparency log's key, what its signer remembers, and the public half for auditors.
    var log: String { path + "/log" }
    var signerKey: String { log + "/signer.key" }
    var signerMemory: String { log + "/signer.memory" }
    var verifierKey: String { log + "/verifier.key" }
    /// Where feeds are put while they come; their files have no names.
    var incoming: String { path + "/incoming" }
    /// The keys of the people of whom events hold something.
    var subjectKeys: String { path + "/subject-keys" }

    func make() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    /// The PostgreSQL below this directory; nothing is touched.
    func privateCluster() throws -> PrivateCluster {
        try PrivateCluster(
            directory: cluster,
            settings: [
                "shared_buffers": "256MB", "max_connections": "200", "max_wal_size": "4GB",
            ],
            logins: DatabaseRole.allCases.filter(\.mayLogIn).map(\.name) + [DatabaseRole.former])
    }
}

extension String {
    fileprivate var droppingTrailingSlash: String {
        count > 1 && hasSuffix("/") ? String(dropLast()) : self
    }
}
