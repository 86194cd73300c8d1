internal import Glibc
internal import HTTPServing

extension ListenAddress {
    /// Whether somebody takes connections there.
    var answers: Bool {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = found else {
            return false
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(
            address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
            0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
    }
}
