/// Why a private PostgreSQL could not be had; each says what to do.
package enum ClusterError: Error, Sendable, Equatable {
    /// No `postgres` and `initdb` were found in the directories looked at.
    case notInstalled(lookedIn: [String])
    /// PostgreSQL does not run as root, and this account, under which it would run, is missing.
    case noAccount(String)
    /// Something on the way to the directory keeps the account out.
    case unreachable(directory: String, blockedBy: String, account: String)
    /// Another live process uses the directory.
    case inUse(directory: String, process: String)
    /// A system call on a path failed.
    case system(call: String, path: String, errno: Int32)
    /// The path of the socket would be too long for the operating system.
    case socketPathTooLong(String)
    /// The socket directory belongs to somebody else.
    case foreignSocketDirectory(String)
    /// `initdb` failed; the end of what it said.
    case initialisationFailed(String)
    /// The server ended, or did not become ready in time; the end of its log.
    case startFailed(String)
    case alreadyStarted
}

extension ClusterError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notInstalled(let places):
            "no PostgreSQL server found in \(places.joined(separator: ", ")): install the package postgresql"
        case .noAccount(let name):
            "PostgreSQL can't run as root and there is no account '\(name)': create it or start as another user"
        case .unreachable(let directory, let blocker, let account):
            "\(directory) can't be reached by \(account), because of \(blocker): choose a directory elsewhere, for example below /var/lib"
        case .inUse(let directory, let process):
            "\(directory) is in use by \(process): stop it, or choose another directory"
        case .system(let call, let path, let errno):
            "\(call) failed for \(path) with error number \(errno)"
        case .socketPathTooLong(let path):
            "the socket path \(path) is longer than 100 bytes: choose a shorter directory"
        case .foreignSocketDirectory(let path):
            "\(path) exists and belongs to somebody else: remove it or choose another directory"
        case .initialisationFailed(let output): "initdb failed: \(output)"
        case .startFailed(let log): "PostgreSQL did not start: \(log)"
        case .alreadyStarted: "the private cluster is running already"
        }
    }
}
