internal import JSON

/// An SPDX document.
/// Source: SPDX 2.2 and 2.3, clause 7 "Package information", JSON.
struct SPDXParts: PartReading {
    static let selections: [JSONElementReader.Selection] = [
        .value("spdxVersion"), .value("name"), .value("creationInfo"), .elements("packages"),
    ]

    private var version: String?

    mutating func take(
        _ part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let root = part.document.root
        switch part.selection {
        case 0: version = root.string
        case 1: if draft.asset == nil { draft.asset = root.string }
        case 2: try draft.wasMade(root.plainText("created"), at: .path("creationInfo.created"))
        default: try takePackage(root, in: part, &draft)
        }
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        guard version == "SPDX-2.2" || version == "SPDX-2.3" else {
            throw draft.error(
                .path("spdxVersion"),
                "'\(shortened(version ?? ""))' is not read: write SPDX-2.2 or SPDX-2.3")
        }
    }

    private func takePackage(
        _ node: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        func position(_ node: JSONNode) -> InventoryPosition { part.position("packages[]", node) }
        guard let name = node.plainText("name") else {
            return try draft.skip(
                "", .unreadable, "it is no package: an object with a name", at: position(node))
        }
        let version = node.plainText("versionInfo")
        let references = node.list("externalRefs")
        if let reference = references.first(where: { $0.plainText("referenceType") == "purl" }) {
            let text = reference.plainText("referenceLocator") ?? ""
            do {
                let url = try PackageURL(text)
                _ = try draft.add(url, named: text, at: position(reference))
            } catch let error as PackageURLError {
                try draft.skip(text, .unreadable, error.description, at: position(reference))
            } catch let error as InventoryError {
                throw error
            } catch {
                preconditionFailure("an error of no known kind: \(error)")
            }
            return
        }
        let kind: ReportedProduct.Kind
        switch node.plainText("primaryPackagePurpose") {
        case "APPLICATION": kind = .application
        case "OPERATING-SYSTEM", "OPERATING_SYSTEM": kind = .operatingSystem
        case "DEVICE": kind = .device
        case "FIRMWARE": kind = .firmware
        case "CONTAINER": kind = .container
        case "FILE", "SOURCE", "ARCHIVE":
            return try draft.skip(name, .notInstalled, "it is a file", at: position(node))
        default:
            return try draft.skip(
                name, .unreadable, "it has no package URL to know it by", at: position(node))
        }
        if kind == .operatingSystem, let version {
            try draft.found(
                OperatingSystemRelease(id: name, version: version), at: position(node))
        }
        let cpe = references.first { $0.plainText("referenceType") == "cpe23Type" }
        try draft.add(
            ReportedProduct(
                kind: kind, vendor: node.plainText("supplier").map(Self.organization), name: name,
                version: version, cpe: cpe?.plainText("referenceLocator")))
    }

    /// `Acme` of `Organization: Acme`.
    private static func organization(_ text: String) -> String {
        let prefix = "Organization: "
        return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    }
}
