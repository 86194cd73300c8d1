/// `dpkg-query -W` with `InventoryFormat.dpkgFormat`.
struct DpkgQueryLines: LineReading {
    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        let fields = line.text.split(separator: " ", omittingEmptySubsequences: false)
            .map(String.init)
        let position = InventoryPosition.line(line.number)
        guard fields.count == 5 || fields.count == 6 else {
            // A package that isn't installed has empty fields, and so another number of blanks.
            if fields[0] == "not-installed" || fields[0] == "config-files" {
                return try draft.skip(
                    line.text, .notInstalled, "it is \(fields[0])", at: position)
            }
            return try draft.skip(
                line.text, .unreadable,
                "it has \(fields.count) fields instead of 5 or 6: ask with dpkg-query -W -f "
                    + "'\(InventoryFormat.dpkgFormat)'", at: position)
        }
        guard DpkgState.isKnown(fields[0]) else {
            return try draft.skip(
                fields[1], .unreadable, "'\(shortened(fields[0]))' is no state of dpkg",
                at: position)
        }
        guard DpkgState.isInstalled(fields[0]) else {
            return try draft.skip(fields[1], .notInstalled, "it is \(fields[0])", at: position)
        }
        var source: ReportedPackage.Source?
        if !fields[4].isEmpty {
            source = ReportedPackage.Source(
                name: fields[4], version: fields.count == 6 ? fields[5] : nil)
        }
        try DpkgState.add(
            name: fields[1], version: fields[3], architecture: fields[2], source: source,
            at: position, &draft)
    }
}

/// What dpkg says of a package: what is unpacked counts, configured or not, as its files are there.
/// Source: dpkg(1), "Package states".
enum DpkgState {
    static func isKnown(_ state: String) -> Bool {
        isInstalled(state) || state == "not-installed" || state == "config-files"
    }

    static func isInstalled(_ state: String) -> Bool {
        switch state {
        case "installed", "unpacked", "half-installed", "half-configured", "triggers-awaited",
            "triggers-pending":
            true
        default: false
        }
    }

    /// Source: Debian Policy, section 5.6.7 "Package", which dpkg enforces but for capitals.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 200 else {
            return false
        }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "+-._".utf8.contains($0) }
    }

    static func add(
        name: String, version: String,
        architecture: String?, source: ReportedPackage.Source?, at position: InventoryPosition,
        _ draft: inout ReportDraft
    ) throws(InventoryError) {
        guard isName(name) else {
            return try draft.skip(
                name, .unreadable,
                "a package name has letters, digits, '+', '-', '.' and '_' and begins with a "
                    + "letter or a digit", at: position)
        }
        if let source, !isName(source.name) {
            return try draft.skip(
                name, .unreadable, "'\(shortened(source.name))' is no name of a source package",
                at: position)
        }
        // OpenWrt's opkg keeps the same files.
        let isOpkg = draft.release?.id == "openwrt"
        _ = try draft.add(
            isOpkg ? .opkg : .deb, name: name, version: version, architecture: architecture,
            source: source, at: position)
    }
}

/// `/var/lib/dpkg/status`: paragraphs with fields, ended by an empty line.
/// Source: deb-control(5), dpkg(1).
struct DpkgStatusLines: LineReading {
    private let needsStatus: Bool
    private var paragraph = ControlParagraph()

    /// - Parameter needsStatus: False for images without dpkg, whose files say no status.
    init(needsStatus: Bool = true) { self.needsStatus = needsStatus }

    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError) {
        if line.text.isEmpty { return try end(&draft) }
        paragraph.take(line)
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        defer { paragraph = ControlParagraph() }
        guard let start = paragraph.start else { return }
        let position = InventoryPosition.line(start)
        let fields = paragraph.fields
        let name = fields["package"] ?? ""
        if let fault = paragraph.fault {
            return try draft.skip(name, .unreadable, fault.reason, at: .line(fault.line))
        }
        guard !name.isEmpty else {
            return try draft.skip("", .unreadable, "the field Package is missing", at: position)
        }
        guard let status = fields["status"] ?? (needsStatus ? nil : "install ok installed") else {
            return try draft.skip(name, .unreadable, "the field Status is missing", at: position)
        }
        let words = status.split(separator: " ").map(String.init)
        guard words.count == 3, DpkgState.isKnown(words[2]) else {
            return try draft.skip(
                name, .unreadable, "'\(shortened(status))' is no status of dpkg", at: position)
        }
        guard DpkgState.isInstalled(words[2]) else {
            return try draft.skip(name, .notInstalled, "it is \(words[2])", at: position)
        }
        guard let version = fields["version"], !version.isEmpty else {
            return try draft.skip(name, .unreadable, "the field Version is missing", at: position)
        }
        guard let source = Self.source(fields["source"], name: name, version: version) else {
            return try draft.skip(
                name, .unreadable,
                "'\(shortened(fields["source"] ?? ""))' is no source: write 'name' or "
                    + "'name (version)'", at: position)
        }
        try DpkgState.add(
            name: name, version: version, architecture: fields["architecture"], source: source,
            at: position, &draft)
    }

    /// `curl`, `curl (7.88.1-10)`; without the field the package is its own source.
    static func source(
        _ field: String?, name: String, version: String
    ) -> ReportedPackage.Source? {
        guard let field else { return ReportedPackage.Source(name: name, version: version) }
        let words = field.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.count {
        case 1: return ReportedPackage.Source(name: words[0], version: version)
        case 2 where words[1].hasPrefix("(") && words[1].hasSuffix(")") && words[1].count > 2:
            return ReportedPackage.Source(
                name: words[0], version: String(words[1].dropFirst().dropLast()))
        default: return nil
        }
    }
}

/// The fields of one paragraph that say what is installed.
struct ControlParagraph {
    /// Its first line; nil while it has none.
    private(set) var start: Int?
    /// By their names in small letters.
    private(set) var fields: [String: String] = [:]
    private(set) var fault: (line: Int, reason: String)?

    private static let wanted: Set = ["package", "status", "version", "architecture", "source"]

    mutating func take(_ line: TextLines.Line) {
        if start == nil { start = line.number }
        guard let first = line.text.utf8.first, first != 0x20, first != 0x09 else { return }
        guard let colon = line.text.utf8.firstIndex(of: ASCII.colon), colon != line.text.startIndex
        else {
            if fault == nil { fault = (line.number, "the line is no field 'Name: value'") }
            return
        }
        let name = line.text[..<colon].lowercased()
        guard Self.wanted.contains(name) else { return }
        guard fields[name] == nil else {
            if fault == nil { fault = (line.number, "the field \(name) is given twice") }
            return
        }
        var value = line.text[line.text.utf8.index(after: colon)...]
        while value.first?.isWhitespace == true { value.removeFirst() }
        while value.last?.isWhitespace == true { value.removeLast() }
        fields[name] = String(value)
    }
}
