internal import JSON

/// A bill of materials, or a VEX document, of CycloneDX.
/// Source: CycloneDX 1.2 to 1.6, JSON.
struct CycloneDXParts: PartReading {
    static let selections: [JSONElementReader.Selection] = [
        .value("bomFormat"), .value("specVersion"), .value("metadata"), .elements("components"),
        .elements("vulnerabilities"),
    ]
    private static let names = [
        "bomFormat", "specVersion", "metadata", "components[]", "vulnerabilities[]",
    ]
    private static let versions = ["1.2", "1.3", "1.4", "1.5", "1.6"]

    /// What a vulnerability may refer to.
    private enum Subject {
        /// Its place in the draft.
        case package(Int)
        case product(name: String, version: String?)
    }

    private var isOurs = false
    private var version: String?
    private var subjects: [String: Subject] = [:]
    /// Those that came before the components, which they refer to.
    private var statements: [Statement] = []

    private struct Statement {
        let id: String
        let reference: String
        let version: String?
        let status: ReportedVulnerability.Status
    }

    mutating func take(
        _ part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let root = part.document.root
        switch part.selection {
        case 0: isOurs = root.string == "CycloneDX"
        case 1: version = root.string
        case 2:
            try draft.wasMade(root.plainText("timestamp"), at: .path("metadata.timestamp"))
            guard let component = root["component"], component.kind == .object else { return }
            draft.product = Self.product(component)
            if draft.asset == nil { draft.asset = component.plainText("name") }
            if let reference = component.plainText("bom-ref"), let product = draft.product {
                subjects[reference] = .product(name: product.name, version: product.version)
            }
            for inner in component.list("components") { try take(inner, in: part, &draft) }
        case 3: try take(root, in: part, &draft)
        default: try takeVulnerability(root, in: part, &draft)
        }
    }

    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {
        guard isOurs else {
            throw draft.error(.path("bomFormat"), "it is not 'CycloneDX': this is another document")
        }
        guard let version, Self.versions.contains(version) else {
            throw draft.error(
                .path("specVersion"),
                "'\(shortened(version ?? ""))' is not read: write one of "
                    + Self.versions.joined(separator: ", "))
        }
        for statement in statements {
            let subject = subjects[statement.reference]
            var name = statement.reference
            var url: String?
            var installed = statement.version
            switch subject {
            case .package(let place):
                let package = draft.packages[place]
                name = package.name
                url = package.url
                installed = installed ?? package.version
            case .product(let product, let version):
                name = product
                installed = installed ?? version
            case nil: break
            }
            try draft.add(
                ReportedVulnerability(
                    asset: draft.asset, id: statement.id, packageName: name, packageURL: url,
                    installedVersion: installed, status: statement.status))
        }
    }

    // MARK: Components

    private mutating func take(
        _ component: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        func position(_ node: JSONNode) -> InventoryPosition {
            part.position(Self.names[part.selection], node)
        }
        guard component.kind == .object, let name = component.plainText("name") else {
            return try draft.skip(
                "", .unreadable, "it is no component: an object with a name",
                at: position(component))
        }
        if let inner = component["components"] {
            guard let inner = inner.elements else {
                return try draft.skip(
                    name, .unreadable, "its components are no array", at: position(inner))
            }
            for component in inner { try take(component, in: part, &draft) }
        }
        if let given = component["purl"] {
            guard let text = given.string else {
                return try draft.skip(name, .unreadable, "it is not a text", at: position(given))
            }
            let url: PackageURL
            do {
                url = try PackageURL(text)
            } catch {
                return try draft.skip(text, .unreadable, error.description, at: position(given))
            }
            let package = try draft.add(
                url, source: Self.source(component), named: text, at: position(given))
            if package != nil, let reference = component.plainText("bom-ref") {
                subjects[reference] = .package(draft.packages.count - 1)
            }
            return
        }
        guard let product = Self.product(component) else {
            let kind = component.plainText("type") ?? ""
            let isContent = ["file", "data", "machine-learning-model", "cryptographic-asset"]
                .contains(kind)
            return try draft.skip(
                name, isContent ? .notInstalled : .unreadable,
                isContent ? "it is a \(kind)" : "it has no package URL to know it by",
                at: position(component))
        }
        if product.kind == .operatingSystem, let version = product.version {
            try draft.found(
                OperatingSystemRelease(id: product.name, version: version),
                at: position(component))
        }
        if let reference = component.plainText("bom-ref") {
            subjects[reference] = .product(name: product.name, version: product.version)
        }
        try draft.add(product)
    }

    /// nil for a component whose type says that it is no product.
    private static func product(_ component: JSONNode) -> ReportedProduct? {
        guard let name = component.plainText("name"),
            let kind = component.plainText("type").flatMap(ReportedProduct.Kind.init)
        else { return nil }
        let vendor =
            component.plainText("publisher") ?? component["supplier"]?.plainText("name")
            ?? component["manufacturer"]?.plainText("name") ?? component.plainText("group")
        return ReportedProduct(
            kind: kind, vendor: vendor, name: name, version: component.plainText("version"),
            cpe: component.plainText("cpe"))
    }

    /// What Trivy says in properties of its own.
    private static func source(_ component: JSONNode) -> ReportedPackage.Source? {
        var values: [String: String] = [:]
        for property in component.list("properties") {
            guard let name = property.plainText("name"), let value = property.plainText("value"),
                name.hasPrefix("aquasecurity:trivy:Src")
            else { continue }
            values[String(name.dropFirst("aquasecurity:trivy:Src".count))] = value
        }
        guard let name = values["Name"] else { return nil }
        return ReportedPackage.Source(
            name: name,
            version: fullVersion(
                epoch: values["Epoch"], version: values["Version"], release: values["Release"]))
    }

    // MARK: Vulnerabilities

    private mutating func takeVulnerability(
        _ node: JSONNode, in part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        let position = part.position(Self.names[part.selection])
        let given = node.plainText("id") ?? ""
        guard let id = ReportedVulnerability.identifier(given) else {
            return try draft.skip(
                given, .unreadable, "its id is missing or no identifier", at: position)
        }
        guard let status = Self.status(node["analysis"]?["state"]) else {
            return try draft.skip(
                id, .unreadable,
                "'\(shortened(node["analysis"]?.plainText("state") ?? ""))' is no state of an "
                    + "analysis",
                at: position)
        }
        let affected = node.list("affects")
        if affected.isEmpty {
            return try draft.add(ReportedVulnerability(asset: draft.asset, id: id, status: status))
        }
        for subject in affected {
            guard let reference = subject.plainText("ref") else {
                try draft.skip(
                    id, .unreadable, "it affects something without a ref",
                    at: part.position(Self.names[part.selection], subject))
                continue
            }
            let versions = subject.list("versions")
            if versions.isEmpty {
                try append(
                    Statement(id: id, reference: reference, version: nil, status: status), &draft)
            }
            for version in versions {
                guard let text = version.plainText("version") ?? version.plainText("range") else {
                    try draft.skip(
                        id, .unreadable, "a version that it affects has no text",
                        at: part.position(Self.names[part.selection], version))
                    continue
                }
                try append(
                    Statement(
                        id: id, reference: reference, version: text,
                        status: version.plainText("status") == "unaffected"
                            ? .notAffected : status),
                    &draft)
            }
        }
    }

    private mutating func append(
        _ statement: Statement, _ draft: inout ReportDraft
    ) throws(InventoryError) {
        guard statements.count < draft.limits.entries else {
            throw draft.error(.document, "it has more than \(draft.limits.entries) entries")
        }
        statements.append(statement)
    }

    /// Open where nobody has analysed it; nil for a state that CycloneDX doesn't have.
    private static func status(_ state: JSONNode?) -> ReportedVulnerability.Status? {
        guard let state, !state.isNull else { return .open }
        return switch state.string {
        case "resolved", "resolved_with_pedigree": .fixed
        case "exploitable": .open
        case "in_triage": .underInvestigation
        case "false_positive", "not_affected": .notAffected
        default: nil
        }
    }
}

/// `1:2.3-4` of its parts, of which any but the version may be missing, and an epoch of 0 is left
/// out; nil without a version.
func fullVersion(epoch: String?, version: String?, release: String?) -> String? {
    guard let version, !version.isEmpty else { return nil }
    let prefix = epoch.flatMap { $0.isEmpty || $0 == "0" ? nil : "\($0):" } ?? ""
    let suffix = release.flatMap { $0.isEmpty ? nil : "-\($0)" } ?? ""
    return prefix + version + suffix
}
