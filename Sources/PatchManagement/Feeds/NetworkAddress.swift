/// The address of a machine, by its bytes: 4 of IPv4 or 16 of IPv6.
package struct NetworkAddress: Hashable, Sendable {
    /// What an address is part of, which says whether a feed may come from there.
    package enum Zone: String, Sendable {
        case publicInternet, privateNetwork, loopback
        /// Link-local ones, among them those that hand out the credentials of cloud instances, and
        /// those that are no machine's own.
        case never
    }

    package let bytes: [UInt8]

    /// - Returns: nil for any other number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// As addresses are written, for people and for connecting.
    package var text: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return groups.joined(separator: ":")
    }

    /// Source: IANA's registries of special-purpose addresses, RFC 6890 and its successors.
    package var zone: Zone {
        if bytes.count == 4 { return Self.zone(bytes[0], bytes[1], bytes[2]) }
        if let inner = embedded { return Self.zone(inner[0], inner[1], inner[2]) }
        let upper = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        switch upper {
        case 0 where bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] == 1: return .loopback
        case 0xFC00...0xFDFF: return .privateNetwork
        // Documentation, benchmarks and the like; the rest of global unicast is public.
        case 0x2001 where bytes[2] < 2 || (bytes[2] == 0x0D && bytes[3] == 0xB8): return .never
        case 0x3FFF where bytes[2] < 0x10: return .never
        case 0x2000...0x3FFF: return .publicInternet
        default: return .never
        }
    }

    /// The IPv4 address that an IPv6 one leads to: mapped, translated (NAT64), or by 6to4.
    private var embedded: [UInt8]? {
        let prefix = bytes.prefix(12)
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if prefix == mapped[...] || prefix == translated[...] { return Array(bytes[12...]) }
        return bytes.starts(with: [0x20, 0x02]) ? Array(bytes[2..<6]) : nil
    }

    private static func zone(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Zone {
        switch (first, second, third) {
        case (127, _, _): .loopback
        case (10, _, _), (172, 16...31, _), (192, 168, _), (100, 64...127, _): .privateNetwork
        case (0, _, _), (169, 254, _), (224...255, _, _), (192, 0, 0), (192, 0, 2), (192, 88, 99),
            (198, 18...19, _), (198, 51, 100), (203, 0, 113):
            .never
        default: .publicInternet
        }
    }
}
