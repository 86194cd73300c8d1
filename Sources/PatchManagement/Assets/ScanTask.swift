private import EventSourcing

/// What a scan looks for.
package enum Scan: String, Codable, Sendable, CaseIterable {
    case inventory, updates

    package var work: Work {
        switch self {
        case .inventory: .inventory
        case .updates: .discover
        }
    }
}

/// The data of an activity that works on one host: where, and what.
package struct ScanTask: Codable, Sendable, Equatable {
    package let host: HostAddress
    package let work: Work

    package init(host: HostAddress, work: Work) {
        self.host = host
        self.work = work
    }
}

/// `value` as it is stored in an activity or a document.
func storedForm(_ value: some Encodable) -> [UInt8] {
    do {
        return try CanonicalJSON.encode(value)
    } catch {
        preconditionFailure("a \(type(of: value)) has no stored form: \(error)")
    }
}
