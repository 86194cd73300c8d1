import Advisories

/// Small advisories and packages, as the tests of matching write them down.
enum MatchingSamples {
    /// The `day`th day of an arbitrary month.
    static func day(_ day: Int) -> UTCTime {
        UTCTime(microseconds: Int64(day) * 86_400_000_000)
    }

    static func advisory(
        _ id: String, aliases: [String] = [], upstream: [String] = [], related: [String] = [],
        modified: Int = 1, withdrawn: Bool = false, disputed: Bool = false,
        _ affected: [AffectedPackage] = [], statements: [ProductStatement] = [],
        format: Advisory.Format = .osv
    ) -> Advisory {
        Advisory(
            format: format, id: id, aliases: aliases, upstream: upstream, related: related,
            modified: day(modified), withdrawn: withdrawn ? day(modified) : nil,
            isDisputed: disputed, affected: affected, statements: statements)
    }

    /// A package that is affected from `introduced` on until `fixed`.
    static func affected(
        _ ecosystem: String, _ name: String, introduced: String = "0", fixed: String? = nil,
        lastAffected: String? = nil, versions: [String] = [], kind: AffectedPackage.NameKind? = nil,
        urgency: String? = nil, isComplete: Bool = true
    ) throws -> AffectedPackage {
        var events = [OSVRange.Event.introduced(introduced)]
        if let fixed { events.append(.fixed(fixed)) }
        if let lastAffected { events.append(.lastAffected(lastAffected)) }
        let ranges = try VersionScheme(ecosystem: ecosystem).map { scheme in
            [try OSVRange(kind: .ecosystem, events: events, scheme: scheme)]
        }
        return AffectedPackage(
            ecosystem: ecosystem, name: name, nameKind: kind, ranges: ranges ?? [],
            versions: versions, urgency: urgency, isComplete: isComplete)
    }

    /// Only the versions in the list.
    static func listed(
        _ ecosystem: String, _ name: String, _ versions: [String], isComplete: Bool = true
    ) -> AffectedPackage {
        AffectedPackage(
            ecosystem: ecosystem, name: name, versions: versions, isComplete: isComplete)
    }

    /// `name version`, or `name version < source version`.
    static func installed(_ ecosystem: String, _ text: String) -> InstalledPackage {
        let words = text.split(separator: " ").map(String.init)
        let source =
            words.count >= 4
            ? InstalledPackage.Source(name: words[3], version: words.count > 4 ? words[4] : "")
            : nil
        return InstalledPackage(
            ecosystem: Ecosystem(ecosystem), name: words[0],
            version: words.count > 1 ? words[1] : "", source: source)
    }

    static func vex(
        _ vulnerability: String, _ purl: String, _ status: ProductStatement.Status,
        _ justification: ProductStatement.Justification? = nil, range: String? = nil,
        platform: String? = nil
    ) throws -> ProductStatement {
        ProductStatement(
            vulnerability: vulnerability,
            product: StatedProduct(
                id: "P", name: purl, versionRange: range, purl: try PackageURL(purl),
                platforms: platform.map {
                    [StatedProduct.Platform(id: "OS", name: "x", cpe: $0, purl: nil)]
                } ?? []),
            status: status, justification: justification)
    }
}

extension Match {
    /// `CVE-1 name fix`, with what is to be known beside.
    var line: String {
        var words = [vulnerability, package.name, fix?.version ?? "-"]
        if case .undetermined(let reasons) = verdict {
            words.append("undetermined: " + reasons.map(\.description).joined(separator: "; "))
        }
        if isByUpstreamOnly { words.append("upstream") }
        if isDisputed { words.append("disputed") }
        switch suppressor {
        case .statement(let key, let justification)?:
            words.append("suppressed by \(key.id): \(justification)")
        case .rule(let rule)?: words.append("suppressed by \(rule.id): \(rule.reason)")
        case nil: break
        }
        return words.joined(separator: " ")
    }
}
