private import FoundationEssentials
private import Glibc

/// A private directory with a short path, in which ssh keeps the sockets of connections that are
/// used again. It goes with its last user.
final class ControlDirectory: Sendable {
    let path: String

    /// The socket of a connection; ssh replaces `%C` by a digest of user, host and port.
    var socket: String { path + "/%C" }

    init() throws(SSHSettingsError) {
        var template = Array("/tmp/pf-ssh-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .noControlDirectory(errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Connections end by themselves when they have been idle; only their directory goes now.
    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            // An empty directory in /tmp harms nobody, and there is nobody to tell.
        }
    }
}
