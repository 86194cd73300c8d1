/// One vulnerability that one installed package has, or may have, with everything that says so.
package struct Match: Sendable, Hashable {
    package enum Verdict: Sendable, Hashable {
        case affected
        /// Nobody can tell, for these reasons: it must be looked at, and is not safe.
        case undetermined([Undetermined])
    }

    /// What says so.
    package struct Basis: Sendable, Hashable {
        package enum Reason: Sendable, Hashable {
            /// The version lies in this range.
            case range(OSVRange)
            /// The version is one of those that the advisory lists.
            case listed
            /// The publisher says it of this product.
            case stated(ProductStatement.Status)
            case undetermined(Undetermined)
        }

        package let advisory: AdvisoryKey
        /// What the advisory's statement is about.
        package let key: PackageKey
        /// The version that it was compared with: of the source package where the statement is
        /// about that.
        package let version: String
        package let reason: Reason
        /// A distribution's own word on how much it matters; nil mostly.
        package let urgency: String?
    }

    /// The first version that doesn't have the vulnerability.
    package struct Fix: Sendable, Hashable {
        package let version: String
        /// Whether it is a version of the source package or of the binary one; they may differ.
        package let kind: PackageKey.Kind
    }

    /// Who takes it off the list, and why.
    package enum Suppressor: Sendable, Hashable {
        /// A publisher's VEX.
        case statement(AdvisoryKey, Justification)
        case rule(Suppression)
    }

    /// The name of the vulnerability: its CVE where it has one.
    package let vulnerability: String
    package let package: InstalledPackage
    package let verdict: Verdict
    /// By the ids of the advisories; one at least.
    package let bases: [Basis]
    /// In which version of the package, in its own release, it is fixed; nil when no fix is known.
    package let fix: Fix?
    /// True when only the versions of the project are known that a distribution's package was made
    /// from, and the distribution itself says nothing: it may have fixed it in an older version.
    package let isByUpstreamOnly: Bool
    /// Somebody disputes that it is a vulnerability.
    package let isDisputed: Bool
    /// nil when it counts.
    package let suppressor: Suppressor?

    package var isSuppressed: Bool { suppressor != nil }
}

extension Match.Basis.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .range(let range): "its version lies in the range " + range.words
        case .listed: "its version is listed"
        case .stated(.knownAffected): "the publisher says that it is affected"
        case .stated(let status): "a later version is the publisher's \(status.rawValue) one"
        case .undetermined(let reason): reason.description
        }
    }
}

extension OSVRange {
    /// Its events in words, in the order of the record: `introduced 0, fixed 1.2`.
    package var words: String {
        events.map { event in
            switch event {
            case .introduced(let version): "introduced \(version)"
            case .fixed(let version): "fixed \(version)"
            case .lastAffected(let version): "last affected \(version)"
            case .limit(let version): "limit \(version)"
            }
        }.joined(separator: ", ")
    }
}

/// The name of a document: publishers give one id to what they publish in several formats.
package struct AdvisoryKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let format: Advisory.Format
    package let id: String

    package init(_ format: Advisory.Format, _ id: String) {
        self.format = format
        self.id = id
    }

    package var description: String { "\(id) (\(format.rawValue))" }

    package static func < (left: Self, right: Self) -> Bool {
        left.id != right.id ? left.id < right.id : left.format.rawValue < right.format.rawValue
    }
}

extension Advisory {
    package var documentKey: AdvisoryKey { AdvisoryKey(format, id) }
}

/// A rule of the site that takes matches off the list. That it hasn't expired is the caller's
/// business.
package struct Suppression: Sendable, Hashable {
    /// The rule's own name, for whoever asks what has suppressed a match.
    package let id: String
    /// Any name of the vulnerability.
    package let vulnerability: String
    /// nil for every package, and so below. The name of the package or of its source package.
    package let package: String?
    /// With the release or without, `Debian:12` or `Debian`.
    package let ecosystem: String?
    /// This installed version only.
    package let version: String?
    package let reason: String

    package init(
        id: String, vulnerability: String, package: String? = nil, ecosystem: String? = nil,
        version: String? = nil, reason: String
    ) {
        self.id = id
        self.vulnerability = vulnerability
        self.package = package
        self.ecosystem = ecosystem
        self.version = version
        self.reason = reason
    }

    func covers(_ installed: InstalledPackage) -> Bool {
        if let version, version != installed.version { return false }
        let ecosystems = installed.ecosystem.withWider
        if let ecosystem, !ecosystems.contains(Ecosystem(ecosystem)) { return false }
        guard let package else { return true }
        let name = PackageKey(installed.ecosystem, .plain, package).name
        return installed.keys.contains { $0.name == name }
    }
}
