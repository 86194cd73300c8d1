internal import JSON

/// A device that nobody can log in to, as somebody who knows it reports it: one JSON object, or an
/// array of them for parts with firmware of their own.
///
/// `vendor`, `product` and `version`, in the words of the vendor's advisories; `cpe` instead of them,
/// or beside them; `kind`: device, firmware or operating-system. So it is compared with the product
/// trees of CSAF documents: versions by their text, as vendors share no order of them.
struct DeviceReport: ReportReading, Sendable {
    private var bytes: [UInt8] = []
    private var draft: ReportDraft

    private static let fields = ["vendor", "product", "version", "cpe", "kind", "name"]
    private static let kinds: [ReportedProduct.Kind] = [.device, .firmware, .operatingSystem]

    init(_ draft: ReportDraft) { self.draft = draft }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        bytes += piece
        guard bytes.count <= draft.limits.element else {
            throw draft.error(
                .byte(draft.limits.element), "it has more than \(draft.limits.element) bytes")
        }
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        let document: JSONDocument
        do {
            document = try JSONDocument(
                parsing: bytes,
                limits: JSONLimits(bytes: draft.limits.element, depth: draft.limits.depth))
        } catch {
            throw draft.error(.byte(error.offset), error.reason)
        }
        let root = document.root
        if root.kind == .object {
            try take(root, named: "")
        } else if let elements = root.elements {
            if root.count == 0 { throw draft.error(.document, "it names no device") }
            for (index, element) in elements.enumerated() {
                try take(element, named: "[\(index)]")
            }
        } else {
            throw draft.error(.document, "it is neither an object nor an array of objects")
        }
        return try draft.report()
    }

    private mutating func take(_ node: JSONNode, named path: String) throws(InventoryError) {
        let position = path.isEmpty ? InventoryPosition.document : .path(path)
        guard let members = node.members else {
            return try draft.skip("", .unreadable, "it is not an object", at: position)
        }
        for (name, _) in members where !Self.fields.contains(name) {
            return try draft.skip(
                name, .unreadable,
                "there is no such field: use " + Self.fields.joined(separator: ", "), at: position)
        }
        let cpe = node.plainText("cpe")
        let stated = cpe.flatMap { ProductName(cpe: $0) }
        if let cpe, stated == nil {
            return try draft.skip(
                cpe, .unreadable, "it is no CPE with a vendor and a product", at: position)
        }
        let named = node.plainText("product") ?? stated?.product
        guard let vendor = node.plainText("vendor") ?? stated?.vendor, let product = named,
            let version = node.plainText("version") ?? stated?.version
        else {
            return try draft.skip(
                named ?? "", .unreadable,
                "vendor, product and version are needed, or a CPE that has them", at: position)
        }
        guard let kind = kind(node.plainText("kind"), stated) else {
            return try draft.skip(
                node.plainText("kind") ?? "", .unreadable,
                "its kind is one of " + Self.kinds.map(\.rawValue).joined(separator: ", "),
                at: position)
        }
        if draft.asset == nil { draft.asset = node.plainText("name") }
        try draft.add(
            ReportedProduct(kind: kind, vendor: vendor, name: product, version: version, cpe: cpe))
        try add(vendor, product, version, at: position)
        if let stated, let known = stated.version {
            try add(stated.vendor, stated.product, known, at: position)
        }
    }

    private func kind(_ word: String?, _ stated: ProductName?) -> ReportedProduct.Kind? {
        if let word { return Self.kinds.first { $0.rawValue == word } }
        return stated?.part == .operatingSystem ? .operatingSystem : .device
    }

    /// As a package, under which advisories are looked for.
    private mutating func add(
        _ vendor: String, _ product: String, _ version: String, at position: InventoryPosition
    ) throws(InventoryError) {
        let url: PackageURL
        do {
            url = try PackageURL(
                type: "generic",
                namespace: PackageKey.normalized(vendor, in: .products),
                name: PackageKey.normalized(product, in: .products), version: version,
                qualifiers: [], subpath: nil)
        } catch {
            return try draft.skip(product, .unreadable, error.description, at: position)
        }
        _ = try draft.add(url, at: position)
    }
}
