import CLibPQ
import Glibc

/// What libpq goes by in the end: from the connection string, a service file or the environment.
struct ConnectionSettings {
    private var values: [String: String] = [:]

    init(_ values: [String: String]) { self.values = values }

    init(of connection: OpaquePointer) {
        guard let first = PQconninfo(connection) else { return }
        defer { PQconninfoFree(first) }
        var next = first
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
            }
            next += 1
        }
    }

    subscript(keyword: String) -> String? { values[keyword] }

    /// How long the attempt may take: `connect_timeout` in seconds, which libpq itself doesn't heed
    /// where nobody waits for it; nil for never ending, which is what 0 and less mean there.
    func connectTimeout(or standard: Duration) -> Duration? {
        guard let seconds = values["connect_timeout"].flatMap({ Int64($0) }) else {
            return standard
        }
        return seconds > 0 ? .seconds(seconds) : nil
    }
}

/// How long a connection over TCP believes in a server that has fallen silent: one that vanishes
/// without a word would otherwise be waited for a quarter of an hour, and an idle connection two hours.
///
/// Only what the settings don't say themselves (`keepalives`, `keepalives_idle`, `keepalives_interval`,
/// `keepalives_count`, `tcp_user_timeout`): libpq has seen to the others.
struct SocketPatience: Equatable {
    struct Option: Equatable {
        let level: Int32
        let name: Int32
        let value: Int32
    }

    private(set) var options: [Option] = []

    init(_ settings: ConnectionSettings) {
        let tcp = Int32(IPPROTO_TCP)
        // Sent and not acknowledged, in milliseconds.
        if settings["tcp_user_timeout"] == nil {
            options.append(Option(level: tcp, name: TCP_USER_TIMEOUT, value: 30_000))
        }
        if settings["keepalives"] == "0" { return }
        // When nothing was sent: asked after ten seconds, then every five, four times.
        for (keyword, name, value) in [
            ("keepalives_idle", TCP_KEEPIDLE, 10), ("keepalives_interval", TCP_KEEPINTVL, 5),
            ("keepalives_count", TCP_KEEPCNT, 4),
        ] where settings[keyword] == nil {
            options.append(Option(level: tcp, name: name, value: Int32(value)))
        }
    }

    /// A socket of another kind is left as it is.
    func apply(to descriptor: Int32) {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0, [AF_INET, AF_INET6].contains(Int32(address.ss_family)) else { return }
        for option in options {
            var value = option.value
            // A kernel that doesn't know one has a patience of its own, as before.
            _ = setsockopt(
                descriptor, option.level, option.name, &value,
                socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
