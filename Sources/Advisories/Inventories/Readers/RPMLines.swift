/// `rpm -qa`, with `InventoryFormat.rpmFormat` or bare: `name-version-release.architecture` or,
/// with an epoch, `name-epoch:version-release.architecture`.
struct RPMLines: LineReading {
    private var lacksEpochs = false
    private var lacksSources = false

    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        let fields = line.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        let position = InventoryPosition.line(line.number)
        let package: RPMName
        var source: ReportedPackage.Source?
        switch fields.count {
        case 0: return
        case 1:
            guard let name = RPMName(fields[0]) else {
                return try draft.skip(
                    fields[0], .unreadable,
                    "it is not name-version-release.architecture: ask with rpm -qa --qf "
                        + "'\(InventoryFormat.rpmFormat)'", at: position)
            }
            package = name
            lacksEpochs = lacksEpochs || name.epoch == nil
            lacksSources = true
        case 6:
            package = RPMName(
                name: fields[0], epoch: fields[1] == "(none)" ? "0" : fields[1],
                version: fields[2], release: fields[3], architecture: fields[4])
            if fields[5] != "(none)" {
                guard let file = RPMName(sourceFile: fields[5]) else {
                    return try draft.skip(
                        fields[0], .unreadable,
                        "'\(shortened(fields[5]))' is not name-version-release.src.rpm",
                        at: position)
                }
                source = file.source
            }
        default:
            return try draft.skip(
                line.text, .unreadable,
                "it has \(fields.count) fields instead of 6: ask with rpm -qa --qf "
                    + "'\(InventoryFormat.rpmFormat)'", at: position)
        }
        // The keys that rpm trusts are listed as packages.
        if package.name == "gpg-pubkey" {
            return try draft.skip(fields[0], .notInstalled, "it is a key", at: position)
        }
        try package.add(source: source, at: position, &draft)
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        if lacksEpochs { draft.gaps.append(.epochs) }
        if lacksSources { draft.gaps.append(.sources) }
    }
}

/// What an RPM package is called in full.
struct RPMName {
    let name: String
    /// nil where it isn't said; then it is 0 for all that is known.
    let epoch: String?
    let version: String
    let release: String
    let architecture: String?

    init(name: String, epoch: String?, version: String, release: String, architecture: String?) {
        self.name = name
        self.epoch = epoch
        self.version = version
        self.release = release
        self.architecture = architecture
    }

    /// Reads `name-[epoch:]version-release.architecture`; the last two hyphens and the last dot
    /// decide, as a name may have both.
    init?(_ text: String) {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex,
            let parts = Self.parts(text[..<dot])
        else { return nil }
        let architecture = text[text.index(after: dot)...]
        guard !architecture.isEmpty, !architecture.contains("-") else { return nil }
        var version = parts.version
        var epoch: String?
        if let colon = version.firstIndex(of: ":") {
            epoch = String(version[..<colon])
            version = version[version.index(after: colon)...]
        }
        self.init(
            name: String(parts.name), epoch: epoch, version: String(version),
            release: String(parts.release), architecture: String(architecture))
    }

    /// Reads the file name of a source package, `curl-7.76.1-26.el9.src.rpm`.
    init?(sourceFile: String) {
        let suffix = [".src.rpm", ".nosrc.rpm"].first { sourceFile.hasSuffix($0) }
        guard let suffix, let parts = Self.parts(sourceFile.dropLast(suffix.count)) else {
            return nil
        }
        self.init(
            name: String(parts.name), epoch: nil, version: String(parts.version),
            release: String(parts.release), architecture: nil)
    }

    /// The source package that it names; the file name of one tells no epoch.
    var source: ReportedPackage.Source {
        ReportedPackage.Source(name: name, version: "\(version)-\(release)")
    }

    func add(
        source: ReportedPackage.Source?, at position: InventoryPosition,
        _ draft: inout ReportDraft
    ) throws(InventoryError) {
        for part in [name, version, release] + [architecture ?? "-", epoch ?? "0"] {
            guard !part.isEmpty,
                part.utf8.allSatisfy({ isLetterOrDigit($0) || "._+-~^".utf8.contains($0) })
            else {
                return try draft.skip(
                    name, .unreadable,
                    "'\(shortened(part))': names and versions of rpm have letters, digits and "
                        + ". _ + - ~ ^", at: position)
            }
        }
        _ = try draft.add(
            .rpm, name: name, version: "\(version)-\(release)",
            epoch: epoch.flatMap { $0 == "0" ? nil : $0 },
            architecture: architecture == "(none)" ? nil : architecture, source: source,
            at: position)
    }

    private static func parts(
        _ text: Substring
    ) -> (name: Substring, version: Substring, release: Substring)? {
        guard let second = text.lastIndex(of: "-"),
            let first = text[..<second].lastIndex(of: "-"), first != text.startIndex
        else { return nil }
        let version = text[text.index(after: first)..<second]
        let release = text[text.index(after: second)...]
        guard !version.isEmpty, !release.isEmpty else { return nil }
        return (text[..<first], version, release)
    }
}
