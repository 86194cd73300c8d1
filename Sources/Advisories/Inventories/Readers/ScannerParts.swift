internal import JSON

/// A report of Trivy.
/// Source: Trivy's report schema, version 2.
struct TrivyParts: PartReading {
    static let selections: [JSONElementReader.Selection] = [
        .value("SchemaVersion"), .value("ArtifactName"), .value("Metadata"), .value("CreatedAt"),
        .elements("Results"),
    ]

    private var version: Int64?

    mutating func take(
        _ part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let root = part.document.root
        switch part.selection {
        case 0: version = root.integer
        case 1: if draft.asset == nil { draft.asset = root.string }
        case 2:
            if let system = root["OS"], let family = system.plainText("Family") {
                try draft.found(
                    OperatingSystemRelease(
                        id: Self.id(ofFamily: family), version: system.plainText("Name") ?? ""),
                    at: .path("Metadata.OS"))
            }
        case 3: try draft.wasMade(root.string, at: .path("CreatedAt"))
        default:
            for package in root.list("Packages") {
                try takePackage(package, in: part, &draft)
            }
            for vulnerability in root.list("Vulnerabilities") {
                try takeVulnerability(vulnerability, in: part, &draft)
            }
        }
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        guard version == 2 else {
            throw draft.error(
                .path("SchemaVersion"),
                "it is not 2: this is no report of Trivy, or one of a "
                    + "version that is not read")
        }
    }

    /// `ID` of os-release where Trivy's own name for a system is another.
    private static func id(ofFamily family: String) -> String {
        switch family {
        case "redhat": "rhel"
        case "alma": "almalinux"
        case "amazon": "amzn"
        case "oracle": "ol"
        case "opensuse.leap": "opensuse-leap"
        case "opensuse.tumbleweed": "opensuse-tumbleweed"
        case "suse linux enterprise server": "sles"
        default: family
        }
    }

    private func takePackage(
        _ node: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let name = node.plainText("Name") ?? ""
        guard let text = node["Identifier"]?.plainText("PURL") else {
            return try draft.skip(
                name, .unreadable, "it has no package URL to know it by",
                at: part.position("Results[]", node))
        }
        let url: PackageURL
        do {
            url = try PackageURL(text)
        } catch {
            return try draft.skip(
                text, .unreadable, error.description, at: part.position("Results[]", node))
        }
        let source = node.plainText("SrcName").map {
            ReportedPackage.Source(
                name: $0,
                version: fullVersion(
                    epoch: node["SrcEpoch"]?.integer.map(String.init),
                    version: node.plainText("SrcVersion"), release: node.plainText("SrcRelease")))
        }
        _ = try draft.add(
            url, source: source, named: text, at: part.position("Results[]", node))
    }

    private func takeVulnerability(
        _ node: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let given = node.plainText("VulnerabilityID") ?? ""
        guard let id = ReportedVulnerability.identifier(given) else {
            return try draft.skip(
                given, .unreadable, "its VulnerabilityID is missing or no identifier",
                at: part.position("Results[]", node))
        }
        let status: ReportedVulnerability.Status =
            switch node.plainText("Status") {
            // `fixed` tells that a fix exists, not that it is installed.
            case "not_affected": .notAffected
            case "under_investigation": .underInvestigation
            default: .open
            }
        try draft.add(
            ReportedVulnerability(
                asset: draft.asset, id: id, packageName: node.plainText("PkgName"),
                packageURL: node["PkgIdentifier"]?.plainText("PURL"),
                installedVersion: node.plainText("InstalledVersion"),
                fixedVersion: node.plainText("FixedVersion"), status: status))
    }
}

/// A report of Grype.
/// Source: Grype's JSON output, `grype -o json`.
struct GrypeParts: PartReading {
    static let selections: [JSONElementReader.Selection] = [
        .value("descriptor"), .value("distro"), .value("source"), .elements("matches"),
        .elements("ignoredMatches"),
    ]

    private var isOurs = false
    /// Held until the report says what it is about, which stands behind them.
    private var found: [ReportedVulnerability] = []
    private var source: String?

    mutating func take(
        _ part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let root = part.document.root
        switch part.selection {
        case 0:
            isOurs = root.plainText("name") == "grype"
            try draft.wasMade(root.plainText("timestamp"), at: .path("descriptor.timestamp"))
        case 1:
            if let name = root.plainText("name") {
                try draft.found(
                    OperatingSystemRelease(
                        id: name == "redhat" ? "rhel" : name,
                        version: root.plainText("version") ?? ""),
                    at: .path("distro"))
            }
        case 2:
            source = root["target"]?.plainText("userInput") ?? root["target"]?.string
        case 3: try takeMatch(root, in: part, &draft)
        default:
            try draft.skip(
                root["vulnerability"]?.plainText("id") ?? "", .notInstalled,
                "the scanner was told to ignore it", at: part.position("ignoredMatches[]"))
        }
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        guard isOurs else {
            throw draft.error(
                .path("descriptor.name"), "it is not 'grype': this is another document")
        }
        if draft.asset == nil { draft.asset = source }
        for one in found {
            try draft.add(
                ReportedVulnerability(
                    asset: draft.asset, id: one.id, packageName: one.packageName,
                    packageURL: one.packageURL, installedVersion: one.installedVersion,
                    fixedVersion: one.fixedVersion, status: one.status))
        }
    }

    private mutating func takeMatch(
        _ node: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let given = node["vulnerability"]?.plainText("id") ?? ""
        guard let id = ReportedVulnerability.identifier(given) else {
            return try draft.skip(
                given, .unreadable, "its vulnerability.id is missing or no identifier",
                at: part.position("matches[]"))
        }
        guard let artifact = node["artifact"], let name = artifact.plainText("name") else {
            return try draft.skip(
                id, .unreadable, "its artifact.name is missing", at: part.position("matches[]"))
        }
        var package: ReportedPackage?
        if let text = artifact.plainText("purl") {
            let url: PackageURL
            do {
                url = try PackageURL(text)
            } catch {
                return try draft.skip(
                    text, .unreadable, error.description,
                    at: part.position("matches[]", artifact["purl"]))
            }
            let upstream = artifact.list("upstreams").first
            let source = upstream?.plainText("name").map {
                ReportedPackage.Source(name: $0, version: upstream?.plainText("version"))
            }
            package = try draft.add(
                url, source: source, named: text, at: part.position("matches[]", artifact["purl"]))
        }
        guard found.count < draft.limits.entries else {
            throw draft.error(.document, "it has more than \(draft.limits.entries) entries")
        }
        found.append(
            ReportedVulnerability(
                asset: nil, id: id, packageName: name, packageURL: package?.url,
                installedVersion: artifact.plainText("version"),
                fixedVersion: node["vulnerability"]?["fix"]?.list("versions").first?.string,
                status: .open))
    }
}
