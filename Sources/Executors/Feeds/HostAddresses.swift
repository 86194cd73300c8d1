private import Dispatch
private import Glibc
package import PatchManagement

/// The addresses of hosts, as the system resolves them.
package enum HostAddresses {
    /// All of them, in the order in which they are to be tried.
    ///
    /// - Throws: `FeedFetchFault` when there is none.
    @Sendable
    package static func ofSystem(_ host: String) async throws -> [NetworkAddress] {
        // The system's resolver blocks its thread, for up to half a minute.
        let answer: Result<[NetworkAddress], FeedFetchFault> = await withCheckedContinuation {
            continuation in
            DispatchQueue.global().async { continuation.resume(returning: resolve(host)) }
        }
        return try answer.get()
    }

    private static func resolve(_ host: String) -> Result<[NetworkAddress], FeedFetchFault> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if list != nil { freeaddrinfo(list) } }
        guard status == 0 else {
            let reason = String(cString: gai_strerror(status))
            return .failure(FeedFetchFault(.unreachable, "'\(host)' has no address: \(reason)"))
        }
        var found: [NetworkAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr, let bytes = bytes(of: address, entry.ai_family),
                let known = NetworkAddress(bytes: bytes), !found.contains(known)
            {
                found.append(known)
            }
            next = entry.ai_next
        }
        return found.isEmpty
            ? .failure(FeedFetchFault(.unreachable, "'\(host)' has no address")) : .success(found)
    }

    private static func bytes(
        of address: UnsafeMutablePointer<sockaddr>, _ family: Int32
    ) -> [UInt8]? {
        let raw = UnsafeRawPointer(address)
        switch family {
        case AF_INET:
            let found = raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_addr
            return withUnsafeBytes(of: found) { Array($0) }
        case AF_INET6:
            let found = raw.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_addr
            return withUnsafeBytes(of: found) { Array($0) }
        default: return nil
        }
    }
}
