/// What one stanza of an advisory says of the versions of a package.
struct StatedVersions: Sendable, Hashable {
    let ecosystem: Ecosystem
    let ranges: [OSVRange]
    /// Sorted.
    let versions: [String]
    let isComplete: Bool
    let urgency: String?
    /// The only range, where it says everything: no part of the statement is left out, and no
    /// listed version lies outside of it.
    let onlyRange: OSVRange?
    private let scheme: VersionScheme?
    /// Whether the fixes come from a module of RPMs; nil where that isn't a question.
    private let isModular: Bool?

    init(_ affected: AffectedPackage) {
        ecosystem = Ecosystem(affected.ecosystem)
        ranges = affected.ranges
        versions = Set(affected.versions).sorted()
        isComplete = affected.isComplete
        urgency = affected.urgency
        scheme = ecosystem.scheme
        onlyRange = Self.onlyRange(affected)
        isModular = affected.ranges.first { $0.scheme == .redhat }.flatMap { _ in
            affected.fixedVersions.first.map { ReadVersion($0, .redhat).isModular }
        }
    }

    private static func onlyRange(_ affected: AffectedPackage) -> OSVRange? {
        guard affected.isComplete, affected.ranges.count == 1 else { return nil }
        let range = affected.ranges[0]
        for text in affected.versions {
            do {
                guard try range.affects(PackageVersion(text, range.scheme)) else { return nil }
            } catch {
                // It is affected by its text alone, wherever it may lie.
                return nil
            }
        }
        return range
    }

    /// In words, a few of the listed ones only.
    var words: String {
        var parts = ranges.map { "[\($0.words)]" }
        if !versions.isEmpty {
            let more = versions.count > 5 ? " and \(versions.count - 5) more" : ""
            parts.append("the listed " + versions.prefix(5).joined(separator: ", ") + more)
        }
        return parts.isEmpty ? "no versions" : parts.joined(separator: " or ")
    }

    func verdict(on version: ReadVersion) -> StatementVerdict {
        if version.text.isEmpty { return .undetermined(.noVersion) }
        if versions.contains(sorted: version.text) { return .affected(.listed, fix: nil) }
        if let isModular, isModular != version.isModular { return .otherModularity }
        var affecting: OSVRange?
        var lastFix: PackageVersion?
        var problem: Undetermined?
        for range in ranges {
            do throws(VersionError) {
                let version = try version.read(as: range.scheme)
                guard try range.affects(version) else { continue }
                if affecting == nil { affecting = range }
                // It takes the last of several to be out of all of them.
                guard let fix = try range.fix(after: version) else { continue }
                if let last = lastFix, last.scheme == fix.scheme,
                    last.order(relativeTo: fix) >= 0
                {
                    continue
                }
                lastFix = fix
            } catch {
                problem = .badVersion(error)
            }
        }
        if let affecting { return .affected(.range(affecting), fix: lastFix?.text) }
        return problem.map { .undetermined($0) } ?? verdictOutsideRanges(version)
    }

    private func verdictOutsideRanges(_ version: ReadVersion) -> StatementVerdict {
        guard let scheme else {
            // Ranges in an order of their own, such as SEMVER, were answered for.
            return isComplete ? .notAffected : .undetermined(.noOrder(ecosystem))
        }
        if ranges.isEmpty, !versions.isEmpty {
            // Only the list counts: another way to write a version that it has is the same version.
            do throws(VersionError) {
                let version = try version.read(as: scheme)
                for text in versions where ReadVersion(text, scheme).isSame(as: version) {
                    return .affected(.listed, fix: nil)
                }
            } catch {
                return .undetermined(.badVersion(error))
            }
        }
        return isComplete ? .notAffected : .undetermined(.incompleteStatement)
    }
}

/// The text of a version, read once by the rules of its ecosystem, and again only for others.
struct ReadVersion: Sendable {
    let text: String
    /// Whether it is the version of an RPM package that was built for a module.
    let isModular: Bool
    private let scheme: VersionScheme?
    private let outcome: Result<PackageVersion, VersionError>?

    /// - Parameter scheme: nil where versions have no order.
    init(_ text: String, _ scheme: VersionScheme?) {
        self.text = text
        self.scheme = scheme
        outcome = scheme.map { scheme in
            Result { () throws(VersionError) in try PackageVersion(text, scheme) }
        }
        isModular = scheme == .redhat && Self.isModular(text)
    }

    /// Its key by the rules of `scheme`; nil where it has none, or was read by others.
    func key(_ scheme: VersionScheme) -> VersionKey? {
        guard scheme == self.scheme, case .success(let version)? = outcome else { return nil }
        return version.key
    }

    func isReading(of text: String, _ scheme: VersionScheme?) -> Bool {
        self.text == text && self.scheme == scheme
    }

    func read(as scheme: VersionScheme) throws(VersionError) -> PackageVersion {
        if scheme == self.scheme, let outcome { return try outcome.get() }
        return try PackageVersion(text, scheme)
    }

    /// False where this text is no version: then it is none that could be installed.
    func isSame(as other: PackageVersion) -> Bool {
        switch outcome {
        case .success(let version): version.order(relativeTo: other) == 0
        case .failure, nil: false
        }
    }

    private static func isModular(_ text: String) -> Bool {
        do {
            return try RPMVersion(text).isModular
        } catch {
            // It isn't compared with anything then.
            return false
        }
    }
}

extension [String] {
    /// In an array that is sorted.
    fileprivate func contains(sorted text: String) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < text { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == text
    }
}
