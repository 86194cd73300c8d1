import Glibc

/// Where a private cluster keeps its things, below one directory:
/// `data` (PGDATA), `socket`, `postgres.log` and `lock`.
struct ClusterDirectory {
    let path: String
    private let account: Installation.Account?

    var data: String { path + "/data" }
    var log: String { path + "/postgres.log" }
    var logins: String { path + "/logins.conf" }
    /// Below the directory when the name is short enough for a socket, else in /tmp.
    let socket: String

    init(_ path: String, account: Installation.Account?) throws(ClusterError) {
        self.path = path
        self.account = account
        let preferred = path + "/socket"
        let fallback = "/tmp/patchflow-\(Self.shortHash(path))"
        socket = Self.fits(preferred) ? preferred : fallback
        guard Self.fits(socket) else { throw .socketPathTooLong(socket) }
    }

    /// The operating system allows 107 bytes; 100 leave room for the server's lock file.
    private static func fits(_ directory: String) -> Bool {
        "\(directory)/.s.PGSQL.5432".utf8.count <= 100
    }

    /// FNV-1a: short and the same in every process.
    private static func shortHash(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 36)
    }

    /// Makes the directories with the right owner and rights.
    func prepare() throws(ClusterError) {
        try makeDirectory(path, mode: 0o755, owned: false)
        try checkReachable()
        try makeDirectory(socket, mode: 0o700, owned: true)
    }

    private func makeDirectory(_ path: String, mode: mode_t, owned: Bool) throws(ClusterError) {
        if mkdir(path, mode) != 0 {
            guard errno == EEXIST else { throw .system(call: "mkdir", path: path, errno: errno) }
            // Not stat: a link that somebody left in /tmp must not be followed.
            var status = stat()
            guard lstat(path, &status) == 0 else {
                throw .system(call: "lstat", path: path, errno: errno)
            }
            guard owned else { return }
            let owner = account?.user ?? geteuid()
            guard status.st_mode & S_IFMT == S_IFDIR, [owner, geteuid()].contains(status.st_uid)
            else { throw .foreignSocketDirectory(path) }
        }
        guard owned, let account else { return }
        guard chown(path, account.user, account.group) == 0 else {
            throw .system(call: "chown", path: path, errno: errno)
        }
        guard chmod(path, mode) == 0 else {
            throw .system(call: "chmod", path: path, errno: errno)
        }
    }

    /// The account must be able to pass through every directory above.
    private func checkReachable() throws(ClusterError) {
        guard let account else { return }
        var current = ""
        for component in path.split(separator: "/") {
            current += "/" + component
            var status = stat()
            guard stat(current, &status) == 0 else {
                throw .system(call: "stat", path: current, errno: errno)
            }
            let bit: mode_t =
                status.st_uid == account.user
                ? S_IXUSR : status.st_gid == account.group ? S_IXGRP : S_IXOTH
            guard status.st_mode & bit != 0 else {
                throw .unreachable(directory: path, blockedBy: current, account: account.name)
            }
        }
    }

    /// An empty directory for initdb, owned by the account.
    func makeEmptyData() throws(ClusterError) -> String {
        let fresh = path + "/data.new"
        try makeDirectory(fresh, mode: 0o700, owned: true)
        return fresh
    }

    var isInitialised: Bool { access(data + "/PG_VERSION", F_OK) == 0 }

    /// The half-made directory becomes the data directory in one step.
    func adopt(_ fresh: String) throws(ClusterError) {
        guard rename(fresh, data) == 0 else {
            throw .system(call: "rename", path: fresh, errno: errno)
        }
    }

    /// Says who may log in, in place of what initdb wrote: also for a cluster that is older than
    /// some of the roles.
    func allow(_ roles: [String]) throws(ClusterError) {
        let names = roles.map { "\"\($0)\"" }.joined(separator: ",")
        let text = """
            # Written at each start. The socket's directory keeps out all other accounts.
            local all \(Self.superuser) trust
            local replication \(Self.superuser) trust
            local all \(names) trust
            local all all reject

            """
        let descriptor = open(logins, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(call: "open", path: logins, errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .system(call: "write", path: logins, errno: errno)
        }
        guard fchmod(descriptor, 0o644) == 0 else {
            throw .system(call: "fchmod", path: logins, errno: errno)
        }
    }

    static let superuser = "postgres"

    /// Keeps other processes out until the descriptor is closed, also by a kill -9.
    func lock() throws(ClusterError) -> Int32 {
        let file = path + "/lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", path: file, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var holder = [UInt8](repeating: 0, count: 32)
            let count = read(descriptor, &holder, holder.count)
            close(descriptor)
            let pid = String(decoding: holder.prefix(max(count, 0)), as: UTF8.self)
            throw .inUse(directory: path, process: "process \(pid)")
        }
        let pid = Array(String(getpid()).utf8)
        guard ftruncate(descriptor, 0) == 0, write(descriptor, pid, pid.count) == pid.count else {
            let number = errno
            close(descriptor)
            throw .system(call: "write", path: file, errno: number)
        }
        return descriptor
    }

    /// Server processes that still work in this data directory: their current directory is it.
    func serverProcesses() -> [pid_t] {
        guard let resolved = realpath(data, nil) else { return [] }
        defer { free(resolved) }
        let data = String(cString: resolved)
        return entries(of: "/proc").compactMap { pid_t($0) }.filter { pid in
            link("/proc/\(pid)/cwd") == data
                && link("/proc/\(pid)/exe")?.hasSuffix("/postgres") == true
        }
    }

    private func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { raw in
            raw.withMemoryRebound(to: CChar.self) { chars in
                chars.baseAddress.map { readlink(path, $0, chars.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    /// What a server that was killed left behind. Only when none of its processes is alive: the
    /// number in the file may since belong to somebody else, which would stop the next start.
    func removeStalePIDFile() {
        unlink(data + "/postmaster.pid")
    }

    /// At most `count` bytes from the end of the log.
    func endOfLog(_ count: Int = 2000) -> String {
        let descriptor = open(log, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "there is no log" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        lseek(descriptor, max(0, size - count), SEEK_SET)
        var buffer = [UInt8](repeating: 0, count: count)
        let length = read(descriptor, &buffer, count)
        return String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
    }
}
