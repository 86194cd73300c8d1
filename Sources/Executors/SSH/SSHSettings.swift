private import FoundationEssentials

/// How hosts are reached by ssh. Keys are files; nothing here is a secret.
package struct SSHSettings: Sendable {
    /// The private key that the hosts know.
    package var keyFile: String
    /// The hosts' keys by name. A host that isn't in it, or shows another key, is refused.
    package var knownHostsFile: String
    /// OpenSSH's client.
    package var program = "/usr/bin/ssh"
    /// For reaching a host and being greeted by it.
    package var connectTimeout: Duration = .seconds(10)
    /// How long an idle connection is kept for the next order.
    package var persistence: Duration = .seconds(60)
    /// How long a step that began is followed over connections that fail, before it counts as lost.
    package var reconnectTimeout: Duration = .seconds(30)
    /// How long a host may take over one answer while a step runs, before it is asked again.
    package var followInterval: Duration = .seconds(20)
    /// The longest answer in bytes.
    package var answerLimit = 8_000_000

    package init(keyFile: String, knownHostsFile: String) {
        self.keyFile = keyFile
        self.knownHostsFile = knownHostsFile
    }

    /// ssh reads blanks, quotes and `%` in the paths of its options, so such paths are refused.
    func check() throws(SSHSettingsError) {
        for (name, path) in [
            ("keyFile", keyFile), ("knownHostsFile", knownHostsFile), ("program", program),
        ] {
            let isPlain = path.utf8.allSatisfy { byte in
                byte > UInt8(ascii: " ") && byte < 0x7f && !"\"'%\\~$".utf8.contains(byte)
            }
            guard isPlain, path.hasPrefix("/") else {
                throw .unusablePath(field: name, path: path)
            }
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw .unreadable(field: name, path: path)
            }
        }
    }
}

/// Why an executor can't be made.
package enum SSHSettingsError: Error, Equatable, CustomStringConvertible {
    case unusablePath(field: String, path: String)
    case unreadable(field: String, path: String)
    case noControlDirectory(errno: Int32)

    package var description: String {
        switch self {
        case .unusablePath(let field, let path):
            "\(field) '\(path)' must be an absolute path without blanks, quotes, '%', '~', '$' "
                + "or '\\': move the file"
        case .unreadable(let field, let path):
            "\(field) '\(path)' can't be read: create it, or correct the path"
        case .noControlDirectory(let errno):
            "no private directory for ssh's sockets could be made in /tmp, error number \(errno): "
                + "make room there"
        }
    }
}
