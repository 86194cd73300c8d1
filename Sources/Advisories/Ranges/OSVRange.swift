/// A range of versions as an OSV record gives it: what happens along the line of versions.
/// Source: OSV schema, "affected[].ranges[]" and "Evaluation".
package struct OSVRange: Sendable {
    package enum Kind: String, Sendable, Hashable {
        case semver = "SEMVER"
        case ecosystem = "ECOSYSTEM"
        case git = "GIT"
    }

    /// What happens at a version. `0` of an introduction lies before every version, `*` of a limit
    /// after all.
    package enum Event: Sendable, Hashable {
        case introduced(String)
        case fixed(String)
        case lastAffected(String)
        case limit(String)
    }

    private enum Change: Int {
        case fixed, introduced, lastAffected
    }

    private struct Turn {
        let change: Change
        /// nil lies before every version.
        let version: PackageVersion?
    }

    package let scheme: VersionScheme
    /// As they were given.
    package let events: [Event]
    /// In order; at one version a fix comes before a new introduction.
    private let turns: [Turn]
    private let limits: [PackageVersion]

    /// - Parameter scheme: That of the package's ecosystem. A range of kind `semver` has the order of
    ///   Semantic Versioning whatever it is.
    package init(
        kind: Kind, events: [Event], scheme: VersionScheme
    ) throws(OSVRangeError) {
        if kind == .git { throw .gitHistoryNeeded }
        let scheme = kind == .semver && !scheme.isSemantic ? .semver : scheme
        var turns: [Turn] = []
        var limits: [PackageVersion] = []
        for event in events {
            switch event {
            case .introduced("0"): turns.append(Turn(change: .introduced, version: nil))
            case .introduced(let text):
                turns.append(Turn(change: .introduced, version: try Self.read(text, scheme)))
            case .fixed(let text):
                turns.append(Turn(change: .fixed, version: try Self.read(text, scheme)))
            case .lastAffected(let text):
                turns.append(Turn(change: .lastAffected, version: try Self.read(text, scheme)))
            case .limit("*"): continue
            case .limit(let text): limits.append(try Self.read(text, scheme))
            }
        }
        guard turns.contains(where: { $0.change == .introduced }) else { throw .noIntroduction }
        if turns.contains(where: { $0.change == .fixed }),
            turns.contains(where: { $0.change == .lastAffected })
        {
            throw .fixedAndLastAffected
        }
        self.scheme = scheme
        self.events = events
        self.turns = Self.sorted(turns)
        // A limit of `*` takes the others away: everything lies before it.
        self.limits = events.contains(.limit("*")) ? [] : limits
    }

    /// Whether `version` lies in the range.
    ///
    /// - Throws: When it is of another scheme, and its text is no version of the range's.
    package func affects(_ version: PackageVersion) throws(VersionError) -> Bool {
        let version = try version.read(as: scheme)
        let isBeforeLimit = limits.isEmpty || limits.contains { version.order(relativeTo: $0) < 0 }
        guard isBeforeLimit else { return false }
        var isAffected = false
        for turn in turns {
            let order = turn.version.map { version.order(relativeTo: $0) } ?? 1
            switch turn.change {
            case .introduced: if order >= 0 { isAffected = true }
            case .fixed: if order >= 0 { isAffected = false }
            case .lastAffected: if order > 0 { isAffected = false }
            }
        }
        return isAffected
    }

    /// The first fix after `version`; nil when none is known.
    ///
    /// - Throws: As `affects`.
    package func fix(after version: PackageVersion) throws(VersionError) -> PackageVersion? {
        let version = try version.read(as: scheme)
        return turns.lazy.compactMap { $0.change == .fixed ? $0.version : nil }
            .first { version.order(relativeTo: $0) < 0 }
    }

    /// Where the range is one stretch until a fix, as most are, the keys that it lies between; nil of
    /// the first is before every version. Nothing outside them is affected.
    var stretch: (introduced: VersionKey?, fixed: VersionKey)? {
        guard turns.count == 2, limits.isEmpty, turns[0].change == .introduced,
            turns[1].change == .fixed, let fixed = turns[1].version?.key
        else { return nil }
        return (turns[0].version?.key, fixed)
    }

    private static func read(
        _ text: String, _ scheme: VersionScheme
    ) throws(OSVRangeError) -> PackageVersion {
        do {
            return try PackageVersion(text, scheme)
        } catch {
            throw .badVersion(error)
        }
    }

    /// Stable: events at one version keep their order.
    private static func sorted(_ turns: [Turn]) -> [Turn] {
        let sorted = turns.enumerated().sorted { left, right in
            let order = order(left.element, right.element)
            return order == 0 ? left.offset < right.offset : order < 0
        }
        return sorted.map(\.element)
    }

    private static func order(_ left: Turn, _ right: Turn) -> Int {
        let byVersion =
            switch (left.version, right.version) {
            case (nil, nil): 0
            case (nil, _): -1
            case (_, nil): 1
            case (let left?, let right?): left.order(relativeTo: right)
            }
        return byVersion != 0 ? byVersion : left.change.rawValue - right.change.rawValue
    }
}

extension OSVRange: Hashable {
    /// The same events in the same order; ranges of one meaning may be written in several ways.
    package static func == (left: Self, right: Self) -> Bool {
        left.scheme == right.scheme && left.events == right.events
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(scheme)
        hasher.combine(events)
    }
}

/// Why a range can't be evaluated.
package enum OSVRangeError: Error, Sendable, Equatable, CustomStringConvertible {
    case gitHistoryNeeded
    case noIntroduction
    case fixedAndLastAffected
    case badVersion(VersionError)

    package var description: String {
        switch self {
        case .gitHistoryNeeded:
            "a range of kind GIT orders commits by the repository's history, which is not known here"
        case .noIntroduction: "a range needs an 'introduced' event, '0' for the very beginning"
        case .fixedAndLastAffected: "a range can't hold both 'fixed' and 'last_affected' events"
        case .badVersion(let error): error.description
        }
    }
}

/// Which versions of a package an OSV record affects: those that it lists, and those in its ranges.
package struct OSVAffectedVersions: Sendable {
    package let scheme: VersionScheme
    package let ranges: [OSVRange]
    /// As they are listed; what is listed needn't be a version of the scheme.
    package let versions: Set<String>

    package init(scheme: VersionScheme, ranges: [OSVRange], versions: some Sequence<String>) {
        self.scheme = scheme
        self.ranges = ranges
        self.versions = Set(versions)
    }

    /// - Throws: When `text` isn't listed and isn't a version either, so that ranges can't tell.
    package func affects(_ text: String) throws(VersionError) -> Bool {
        if versions.contains(text) { return true }
        for range in ranges where try range.affects(PackageVersion(text, range.scheme)) {
            return true
        }
        return false
    }
}

extension VersionScheme {
    fileprivate var isSemantic: Bool {
        switch self {
        case .semver, .npm, .go: true
        case .debian, .redhat, .alpine, .pypi, .maven, .rubygems, .nuget: false
        }
    }
}
