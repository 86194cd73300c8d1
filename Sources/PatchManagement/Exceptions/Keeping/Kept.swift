package import EventSourcing
internal import FoundationEssentials

/// What the keeper keeps of an asset between two runs: with its checkpoint, so that both are of one
/// moment.
package struct KeptAsset: Codable, Sendable, Equatable {
    package internal(set) var registration: AssetRegistration
    /// The package of each of its findings that isn't closed, by the finding's id.
    var findings: [UUID: String] = [:]

    init(_ registration: AssetRegistration) { self.registration = registration }

    private enum CodingKeys: String, CodingKey {
        case registration, findings
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        registration = try container.decode(AssetRegistration.self, forKey: .registration)
        for (text, package) in try container.decode([String: String].self, forKey: .findings) {
            guard let finding = StreamID(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .findings, in: container, debugDescription: "'\(text)' is no id")
            }
            findings[finding.uuid] = package
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(registration, forKey: .registration)
        let texts = findings.map { (Finding.stream($0.key).text, $0.value) }
        try container.encode(Dictionary(texts) { $1 }, forKey: .findings)
    }
}

/// What the keeper keeps of an exception that has not ended.
package struct KeptException: Codable, Sendable, Equatable {
    let request: ExceptionRequest
    var until: Timestamp
    /// nil while nobody has granted it.
    var granted: Timestamp?
    var restart: ClockRestart?

    init(_ requested: ExceptionRequested) {
        request = requested.request
        until = requested.request.until
    }

    /// As far as findings have to know it.
    func state(_ id: StreamID) -> RiskException {
        var state = RiskException()
        state.id = id
        state.phase = granted == nil ? .requested : .granted
        state.request = request
        state.until = until
        state.granted = granted
        state.restart = restart
        return state
    }

    /// Gives time instead of stopping the clock.
    var isDeferral: Bool { request.kind == .defer }
}

/// What the keeper keeps of a patch that was assessed: which findings it mends, and which exceptions
/// are for all of its assets.
package struct KeptPatch: Codable, Sendable, Equatable {
    /// Sorted.
    package let packages: [String]
    /// Digest of the list of assets that it was assessed for.
    package let applicable: Digest
    /// Live ones that together are for each of them; sorted, nil for none.
    var exceptions: [StreamID]?
    /// One of its assets that no exception was for when that was looked at last; nil when there was
    /// none, or nobody has looked.
    var free: StreamID?

    package init(packages: [String], applicable: Digest) {
        self.packages = Set(packages).sorted()
        self.applicable = applicable
    }
}

extension Finding {
    static func stream(_ id: UUID) -> StreamID { StreamID(prefix: FindingDecider.prefix, id) }
}
