internal import JSON

/// Rows of osquery: an array of one table's rows, as `osqueryi --json` prints them, or an object
/// that has such an array for each table.
///
/// In a bare array a row's columns say which table it is of.
/// Source: osquery's schema, tables deb_packages, rpm_packages, python_packages, npm_packages,
/// programs, os_version, system_info.
struct OsqueryReport: ReportReading, Sendable {
    private enum Table: String, CaseIterable {
        case debPackages = "deb_packages"
        case rpmPackages = "rpm_packages"
        case pythonPackages = "python_packages"
        case npmPackages = "npm_packages"
        case programs
        case operatingSystem = "os_version"
        case systemInfo = "system_info"
    }

    /// nil until the first byte that is no white space says which of the two it is.
    private var elements: JSONElementReader?
    private var isObject = false
    private var offset = 0
    private var draft: ReportDraft

    init(_ draft: ReportDraft) { self.draft = draft }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        if elements == nil {
            let blanks: [UInt8] = [0x20, 0x0A, 0x0D, 0x09]
            guard let start = piece.firstIndex(where: { !blanks.contains($0) }) else {
                offset += piece.count
                return
            }
            isObject = piece[start] == UInt8(ascii: "{")
            elements = JSONElementReader(
                isObject ? Table.allCases.map { .elements($0.rawValue) } : [.elements()],
                limits: JSONLimits(bytes: draft.limits.element, depth: draft.limits.depth))
        }
        elements?.append(piece)
        do {
            while let part = try elements?.next() {
                if isObject {
                    let table = Table.allCases[part.selection]
                    try take(
                        part.document.root, of: table, at: part.position("\(table.rawValue)[]"))
                } else {
                    try takeRow(part)
                }
            }
        } catch let error as JSONSyntaxError {
            throw draft.error(.byte(offset + error.offset), error.reason)
        } catch let error as InventoryError {
            throw error
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        do {
            guard try elements?.finish() != nil else {
                throw draft.error(.document, "it is empty")
            }
        } catch let error as JSONSyntaxError {
            throw draft.error(.byte(offset + error.offset), error.reason)
        } catch let error as InventoryError {
            throw error
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
        return try draft.report()
    }

    private mutating func takeRow(_ part: JSONElementReader.Part) throws(InventoryError) {
        let row = part.document.root
        let position = part.position("[]")
        guard row.kind == .object else {
            return try draft.skip("", .unreadable, "it is no row: an object", at: position)
        }
        guard let table = Self.table(of: row) else {
            return try draft.skip(
                row.plainText("name") ?? "", .unreadable,
                "its columns are those of no table that is read: "
                    + Table.allCases.map(\.rawValue).joined(separator: ", "), at: position)
        }
        try take(row, of: table, at: position)
    }

    private static func table(of row: JSONNode) -> Table? {
        func has(_ columns: String...) -> Bool { columns.allSatisfy { row[$0] != nil } }
        if has("name", "version", "arch", "release") { return .rpmPackages }
        if has("name", "platform", "major") { return .operatingSystem }
        if has("name", "version", "arch", "revision") { return .debPackages }
        if has("name", "version", "publisher") || has("name", "version", "identifying_number") {
            return .programs
        }
        if has("hostname", "hardware_model") { return .systemInfo }
        if has("name", "version", "directory"), has("summary") || has("author", "license") {
            return has("homepage") ? .npmPackages : .pythonPackages
        }
        return nil
    }

    private mutating func take(
        _ row: JSONNode, of table: Table, at position: InventoryPosition
    ) throws(InventoryError) {
        switch table {
        case .systemInfo:
            if draft.asset == nil { draft.asset = row.plainText("hostname") }
            return
        case .operatingSystem:
            if let id = row.plainText("platform"), let release = Self.release(id, row) {
                try draft.found(release, at: position)
            }
            return
        case .debPackages, .rpmPackages, .pythonPackages, .npmPackages, .programs: break
        }
        guard let name = row.plainText("name") else {
            return try draft.skip("", .unreadable, "the column name is missing", at: position)
        }
        guard let version = row.plainText("version") else {
            return try draft.skip(
                name, .unreadable, "the column version is missing", at: position)
        }
        switch table {
        case .debPackages: try takeDebian(row, name, version, at: position)
        case .rpmPackages: try takeRPM(row, name, version, at: position)
        case .pythonPackages: try takeURL("pypi", name, version, at: position)
        case .npmPackages: try takeURL("npm", name, version, at: position)
        case .programs:
            try draft.add(
                ReportedProduct(
                    kind: .application, vendor: row.plainText("publisher"), name: name,
                    version: version, cpe: nil))
        case .systemInfo, .operatingSystem: break
        }
    }

    private mutating func takeDebian(
        _ row: JSONNode, _ name: String, _ version: String, at position: InventoryPosition
    ) throws(InventoryError) {
        if let status = row.plainText("status") {
            let state = status.split(separator: " ").last.map(String.init) ?? ""
            guard DpkgState.isInstalled(state) else {
                return try draft.skip(
                    name, DpkgState.isKnown(state) ? .notInstalled : .unreadable,
                    "its status is '\(shortened(status))'", at: position)
            }
        }
        guard
            let source = DpkgStatusLines.source(
                row.plainText("source"), name: name, version: version)
        else {
            return try draft.skip(
                name, .unreadable,
                "'\(shortened(row.plainText("source") ?? ""))' is no source of a package",
                at: position)
        }
        try DpkgState.add(
            name: name, version: version, architecture: row.plainText("arch"), source: source,
            at: position, &draft)
    }

    private mutating func takeRPM(
        _ row: JSONNode, _ name: String, _ version: String, at position: InventoryPosition
    ) throws(InventoryError) {
        if name == "gpg-pubkey" {
            return try draft.skip(name, .notInstalled, "it is a key", at: position)
        }
        guard let release = row.plainText("release") else {
            return try draft.skip(
                name, .unreadable, "the column release is missing", at: position)
        }
        let epoch = row.plainText("epoch") ?? row["epoch"]?.integer.map(String.init)
        try RPMName(
            name: name, epoch: epoch == "(none)" ? nil : epoch, version: version,
            release: release, architecture: row.plainText("arch")
        ).add(
            source: row.plainText("source").flatMap { RPMName(sourceFile: $0)?.source },
            at: position,
            &draft)
    }

    private mutating func takeURL(
        _ type: String, _ name: String, _ version: String, at position: InventoryPosition
    ) throws(InventoryError) {
        let parts = name.split(separator: "/").map(String.init)
        let url: PackageURL
        do {
            url = try PackageURL(
                type: type, namespace: parts.dropLast().joined(separator: "/"),
                name: parts.last ?? "", version: version)
        } catch {
            return try draft.skip(name, .unreadable, error.description, at: position)
        }
        _ = try draft.add(url, named: name, at: position)
    }

    /// osquery's numbers of a release are numbers: 22 and 4 for Ubuntu 22.04.
    private static func release(_ platform: String, _ row: JSONNode) -> OperatingSystemRelease? {
        func number(_ name: String) -> String? {
            row.plainText(name) ?? row[name]?.integer.map(String.init)
        }
        guard let major = number("major") else { return nil }
        switch (platform, number("minor")) {
        case ("ubuntu", let minor?):
            return OperatingSystemRelease(
                id: platform, version: "\(major).\(minor.utf8.count == 1 ? "0" : "")\(minor)")
        case ("debian", _), (_, nil), (_, "0"):
            return OperatingSystemRelease(id: platform, version: major)
        case (_, let minor?):
            return OperatingSystemRelease(id: platform, version: "\(major).\(minor)")
        }
    }
}
