import Glibc

/// The server's programs on this machine, and the account that may run them.
struct Installation {
    /// The directory of `postgres` and `initdb`.
    let binaries: String
    /// Set when this process is root, which PostgreSQL refuses to run as.
    let account: Account?

    struct Account {
        let name: String
        let user: uid_t
        let group: gid_t
    }

    static let accountName = "postgres"

    /// The highest version below /usr/lib/postgresql, else what PATH has.
    static func find() throws(ClusterError) -> Installation {
        let packaged = "/usr/lib/postgresql"
        let versions = entries(of: packaged).compactMap { Int($0) }.sorted(by: >)
        var places = versions.map { "\(packaged)/\($0)/bin" }
        places += (environment("PATH") ?? "").split(separator: ":").map(String.init)
        let found = places.first { place in
            ["postgres", "initdb"].allSatisfy { access("\(place)/\($0)", X_OK) == 0 }
        }
        guard let found else { throw .notInstalled(lookedIn: [packaged] + places) }
        return Installation(binaries: found, account: try account())
    }

    private static func account() throws(ClusterError) -> Account? {
        guard geteuid() == 0 else { return nil }
        guard let entry = getpwnam(accountName) else { throw .noAccount(accountName) }
        return Account(
            name: accountName, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }

    /// The words in front of a program that make it run as the account, and get SIGINT (for
    /// PostgreSQL: a fast shutdown) when the thread that started it ends.
    var launcher: [String] {
        var words = ["--pdeathsig=SIGINT"]
        if let account {
            words = ["--reuid=\(account.name)", "--regid=\(account.name)", "--init-groups"] + words
        }
        return words + ["--"]
    }
}

func entries(of directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
