import JSON

extension OSVFeed {
    static func affected(
        _ record: JSONNode, _ skipped: inout SkippedParts
    ) throws(FeedFault) -> [AffectedPackage] {
        var packages: [AffectedPackage] = []
        for (index, affected) in try record.elements("affected").enumerated() {
            try affected.checkObject()
            let path = "affected[\(index)]"
            guard let package = try affected.optionalObject("package") else {
                skipped.add(path, "it names no package, but source code only")
                continue
            }
            packages.append(try self.package(affected, package, path, &skipped))
        }
        return packages
    }

    private static func package(
        _ affected: JSONNode, _ package: JSONNode, _ path: String, _ skipped: inout SkippedParts
    ) throws(FeedFault) -> AffectedPackage {
        let ecosystem = try package.text("ecosystem")
        let name = try package.text("name")
        var purl: PackageURL?
        if let text = try package.optionalText("purl") {
            do {
                purl = try PackageURL(text)
            } catch {
                skipped.add("\(path).package.purl", error.description)
            }
        }
        let (ranges, isComplete) = try ranges(affected, ecosystem, path, &skipped)
        let versions = try affected.texts("versions")
        let saysNothing = ranges.isEmpty && versions.isEmpty
        if saysNothing, isComplete {
            skipped.add(path, "which of its versions are affected is not told")
        }
        let own = [
            try affected.optionalObject("ecosystem_specific"),
            try affected.optionalObject("database_specific"),
        ]
        return AffectedPackage(
            ecosystem: ecosystem, name: name, purl: purl, ranges: ranges, versions: versions,
            binaryNames: binaryNames(own[0]),
            severities: try severities(of: affected, "\(path).severity", &skipped),
            urgency: own.lazy.compactMap { urgency($0) }.first,
            isComplete: isComplete && !saysNothing)
    }

    /// - Returns: Those that can be evaluated, and whether they are all that say which versions are
    ///   affected. Commits repeat what versions say where there are any.
    private static func ranges(
        _ affected: JSONNode, _ ecosystem: String, _ path: String, _ skipped: inout SkippedParts
    ) throws(FeedFault) -> (ranges: [OSVRange], isComplete: Bool) {
        var ranges: [OSVRange] = []
        var isComplete = true
        for (index, range) in try affected.elements("ranges").enumerated() {
            try range.checkObject()
            let kind = try range.text("type")
            let events = try range.elements("events")
            do throws(SkippedRange) {
                ranges.append(try self.range(kind, events, ecosystem))
            } catch {
                skipped.add("\(path).ranges[\(index)]", error.reason)
                if error.isOfVersions { isComplete = false }
            }
        }
        return (ranges, isComplete)
    }

    private struct SkippedRange: Error {
        let reason: String
        /// Whether it orders versions, and not commits.
        var isOfVersions = true
    }

    private static func range(
        _ kindName: String, _ events: [JSONNode], _ ecosystem: String
    ) throws(SkippedRange) -> OSVRange {
        guard let kind = OSVRange.Kind(rawValue: kindName) else {
            throw SkippedRange(reason: "ranges of type '\(shortened(kindName))' are not known here")
        }
        if kind == .git {
            throw SkippedRange(
                reason: OSVRangeError.gitHistoryNeeded.description, isOfVersions: false)
        }
        let known = VersionScheme(ecosystem: ecosystem)
        guard let scheme = known ?? (kind == .semver ? .semver : nil) else {
            throw SkippedRange(
                reason: "versions of ecosystem '\(shortened(ecosystem))' have no order here")
        }
        var turns: [OSVRange.Event] = []
        for event in events {
            guard let members = event.members else {
                throw SkippedRange(reason: "an event is an object")
            }
            for (name, value) in members {
                guard let turn = OSVRange.Event(name, value.string) else {
                    throw SkippedRange(reason: "event '\(shortened(name))' can't be understood")
                }
                turns.append(turn)
            }
        }
        do {
            return try OSVRange(kind: kind, events: turns, scheme: scheme)
        } catch {
            throw SkippedRange(reason: error.description)
        }
    }

    /// Distributions name the binary packages of a source package in two ways:
    /// `{"name": "version"}` and `{"binary_name": "name", ...}`.
    private static func binaryNames(_ own: JSONNode?) -> [String] {
        guard let binaries = own?["binaries"]?.elements else { return [] }
        var names: [String] = []
        for binary in binaries {
            if let name = binary["binary_name"]?.string {
                names.append(name)
            } else if let members = binary.members {
                names += members.map(\.name)
            }
        }
        return names
    }

    private static func urgency(_ own: JSONNode?) -> String? {
        ["urgency", "ubuntu_priority", "severity"].lazy.compactMap { own?[$0]?.string }.first
    }
}

extension OSVRange.Event {
    fileprivate init?(_ name: String, _ value: String?) {
        guard let value else { return nil }
        switch name {
        case "introduced": self = .introduced(value)
        case "fixed": self = .fixed(value)
        case "last_affected": self = .lastAffected(value)
        case "limit": self = .limit(value)
        default: return nil
        }
    }
}
