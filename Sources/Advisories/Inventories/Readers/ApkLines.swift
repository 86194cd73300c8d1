/// `/lib/apk/db/installed`: paragraphs with fields of one letter, ended by an empty line.
/// Source: apk-v2(5), "Installed database".
struct ApkInstalledLines: LineReading {
    private var start: Int?
    private var fields: [UInt8: String] = [:]
    private var fault: (line: Int, reason: String)?

    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        if line.text.isEmpty { return try end(&draft) }
        if start == nil { start = line.number }
        let bytes = Array(line.text.utf8.prefix(2))
        guard bytes.count == 2, isLetter(bytes[0]), bytes[1] == ASCII.colon else {
            if fault == nil { fault = (line.number, "the line is no field such as 'P:name'") }
            return
        }
        guard "PVAo".utf8.contains(bytes[0]) else { return }
        guard fields[bytes[0]] == nil else {
            let letter = String(decoding: [bytes[0]], as: UTF8.self)
            if fault == nil { fault = (line.number, "the field \(letter) is given twice") }
            return
        }
        fields[bytes[0]] = String(line.text.dropFirst(2))
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        defer {
            start = nil
            fields = [:]
            fault = nil
        }
        guard let start else { return }
        let position = InventoryPosition.line(start)
        let name = fields[UInt8(ascii: "P")] ?? ""
        if let fault {
            return try draft.skip(name, .unreadable, fault.reason, at: .line(fault.line))
        }
        guard !name.isEmpty else {
            return try draft.skip(
                "", .unreadable, "the field P (its name) is missing", at: position)
        }
        guard let version = fields[UInt8(ascii: "V")] else {
            return try draft.skip(
                name, .unreadable, "the field V (its version) is missing", at: position)
        }
        let origin = fields[UInt8(ascii: "o")] ?? name
        try ApkName(name: name, version: version).add(
            architecture: fields[UInt8(ascii: "A")],
            source: ReportedPackage.Source(name: origin, version: version), at: position, &draft)
    }
}

/// `apk list -I`, such as `curl-8.5.0-r0 x86_64 {curl} (curl) [installed]`, and `apk info -v`, such
/// as `curl-8.5.0-r0`.
struct ApkListLines: LineReading {
    private var isBare = false

    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        let words = line.text.split(separator: " ").map(String.init)
        let position = InventoryPosition.line(line.number)
        guard let first = words.first else { return }
        // What apk has to say itself goes to the same place when somebody mixed the two.
        if first == "WARNING:" {
            return try draft.skip(line.text, .notInstalled, "it is a warning of apk", at: position)
        }
        guard let name = ApkName(first) else {
            return try draft.skip(
                line.text, .unreadable, "it does not begin with name-version-r0", at: position)
        }
        guard words.count > 1 else {
            isBare = true
            return try name.add(architecture: nil, source: nil, at: position, &draft)
        }
        guard line.text.contains("[installed]") || line.text.contains("[upgradable from: ") else {
            return try draft.skip(first, .notInstalled, "it is only offered", at: position)
        }
        // `apk list -u` shows the new version in front.
        if line.text.contains("[upgradable from: ") {
            return try draft.skip(
                first, .unreadable, "it is the version to come: ask with apk list -I",
                at: position)
        }
        var source: ReportedPackage.Source?
        if words.count > 2, words[2].hasPrefix("{"), words[2].hasSuffix("}") {
            source = ReportedPackage.Source(
                name: String(words[2].dropFirst().dropLast()), version: name.version)
        }
        try name.add(architecture: words[1], source: source, at: position, &draft)
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        if isBare { draft.gaps += [.sources, .architectures] }
    }
}

struct ApkName {
    let name: String
    let version: String

    init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// Reads `name-version-rN`: a name may have hyphens, a version has the one before its revision.
    init?(_ text: String) {
        guard let second = text.lastIndex(of: "-"),
            let first = text[..<second].lastIndex(of: "-"), first != text.startIndex,
            text[text.index(after: second)...].first == "r"
        else { return nil }
        self.init(name: String(text[..<first]), version: String(text[text.index(after: first)...]))
    }

    func add(
        architecture: String?, source: ReportedPackage.Source?, at position: InventoryPosition,
        _ draft: inout ReportDraft
    ) throws(InventoryError) {
        for name in [name, source?.name ?? name] {
            guard let first = name.utf8.first, isLetterOrDigit(first) || first == ASCII.dot,
                name.utf8.allSatisfy({ isLetterOrDigit($0) || "._+-".utf8.contains($0) })
            else {
                return try draft.skip(
                    name, .unreadable,
                    "a package name has letters, digits and . _ + - and begins with a letter, a "
                        + "digit or '.'", at: position)
            }
        }
        _ = try draft.add(
            .apk, name: name, version: version, architecture: architecture, source: source,
            at: position)
    }
}

/// `/etc/os-release` as a report: it says the release and no package.
struct OSReleaseLines: LineReading {
    private var text = ""

    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        text += line.text + "\n"
        guard text.utf8.count <= draft.limits.line else {
            throw draft.error(.line(line.number), "it is longer than \(draft.limits.line) bytes")
        }
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        try draft.found(OperatingSystemRelease(osRelease: text), at: .document)
    }
}
