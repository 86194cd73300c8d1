import JSON

/// Reads the vulnerabilities of one CSAF document, one after the other.
struct CSAFVulnerabilities {
    /// Products that a document may name under its vulnerabilities, groups counted in full: small
    /// documents can name many.
    private static let mostNamed = 2_000_000

    let products: CSAFProducts
    let publisher: String
    let isVEX: Bool
    /// Each once.
    private(set) var ids: [String] = []
    private(set) var severities: [SeverityStatement] = []
    private(set) var statements: [ProductStatement] = []
    private(set) var skipped = SkippedParts()
    private var seen: Set<String> = []
    private var said: Set<SeverityStatement> = []
    private var named = 0
    private var stated: [String: StatedProduct] = [:]

    init(products: CSAFProducts, publisher: String, isVEX: Bool) {
        self.products = products
        self.publisher = publisher
        self.isVEX = isVEX
    }

    /// Source: CSAF 2.0 §6.1.23 "Multiple Use of Same CVE".
    ///
    /// - Parameter path: Of `vulnerability` in the document.
    mutating func read(_ vulnerability: JSONNode, at path: String) throws(FeedFault) {
        guard let id = try id(of: vulnerability) else {
            skipped.add(path, "it has neither a CVE nor an id of another system")
            return
        }
        guard seen.insert(id).inserted else {
            throw FeedFault(place: .member(path), problem: .twice(id))
        }
        ids.append(id)
        let statuses = try statuses(vulnerability, path)
        if statuses.order.isEmpty { return }
        let scores = try scores(vulnerability, id, path)
        let remediations = try remediations(vulnerability, path)
        let impacts = try impacts(vulnerability)
        let justifications = try justifications(vulnerability, path)
        for productID in statuses.order {
            guard let (status, _) = statuses.byProduct[productID] else { continue }
            let justification = justifications[productID]
            let impact = impacts[productID] ?? []
            if isVEX, status == .knownNotAffected, justification == nil, impact.isEmpty {
                skipped.add(
                    "\(path).product_status.known_not_affected",
                    "product id '\(shortened(productID))' is said to be not affected, without"
                        + " a word why"
                )
                continue
            }
            statements.append(
                ProductStatement(
                    vulnerability: id, product: product(productID), status: status,
                    justification: justification, impact: impact,
                    remediations: remediations[productID] ?? [],
                    severities: scores[productID] ?? []))
        }
    }

    private func id(of vulnerability: JSONNode) throws(FeedFault) -> String? {
        if try vulnerability.optionalText("cve") != nil { return try vulnerability.cve("cve") }
        for id in try vulnerability.elements("ids") {
            try id.checkObject()
            return try id.text("text")
        }
        return nil
    }

    /// The products with their states, in the order of the document.
    private struct Statuses {
        var byProduct: [String: (status: ProductStatement.Status, name: String)] = [:]
        var order: [String] = []
    }

    /// `recommended` isn't among them: it says what to move to, and nothing of the vulnerability.
    private static let statusNames: [(name: String, status: ProductStatement.Status)] = [
        ("fixed", .fixed), ("first_fixed", .fixed), ("known_affected", .knownAffected),
        ("first_affected", .knownAffected), ("last_affected", .knownAffected),
        ("known_not_affected", .knownNotAffected), ("under_investigation", .underInvestigation),
    ]

    /// Source: CSAF 2.0 §6.1.6 "Contradicting Product Status".
    private mutating func statuses(
        _ vulnerability: JSONNode, _ path: String
    ) throws(FeedFault) -> Statuses {
        var statuses = Statuses()
        guard let node = try vulnerability.optionalObject("product_status") else { return statuses }
        for (name, status) in Self.statusNames {
            for id in try node.texts(name) {
                try count(1)
                try checkDefined(id, "\(path).product_status.\(name)")
                guard let earlier = statuses.byProduct[id] else {
                    statuses.byProduct[id] = (status, name)
                    statuses.order.append(id)
                    continue
                }
                if earlier.status != status {
                    throw FeedFault(
                        place: .member("\(path).product_status"),
                        problem: .contradictoryStatus(product: id, earlier.name, name))
                }
            }
        }
        return statuses
    }

    /// The products that `node` is about: those that it names, and those of the groups it names.
    private mutating func productIDs(_ node: JSONNode) throws(FeedFault) -> [String] {
        var ids = try node.texts("product_ids")
        for id in ids where products[id] == nil { throw node.fault(.undefinedProduct(id)) }
        for group in try node.texts("group_ids") {
            guard let products = products.group(group) else {
                throw node.fault(.undefinedProduct(group))
            }
            try count(products.count)
            ids += products.map(\.id)
        }
        try count(ids.count)
        return ids
    }

    /// Source: CSAF 2.0 §6.1.1 "Missing Definition of Product ID".
    private func checkDefined(
        _ id: String, _ path: @autoclosure () -> String
    ) throws(FeedFault) {
        if products[id] == nil {
            throw FeedFault(place: .member(path()), problem: .undefinedProduct(id))
        }
    }

    private mutating func count(_ more: Int) throws(FeedFault) {
        named += more
        if named > Self.mostNamed {
            throw FeedFault(
                place: .member("vulnerabilities"),
                problem: .tooMany("names of products", limit: Self.mostNamed))
        }
    }

    private mutating func scores(
        _ vulnerability: JSONNode, _ id: String, _ path: String
    ) throws(FeedFault) -> [String: [SeverityStatement]] {
        var byProduct: [String: [SeverityStatement]] = [:]
        for (index, score) in try vulnerability.elements("scores").enumerated() {
            try score.checkObject()
            var statements: [SeverityStatement] = []
            for name in ["cvss_v2", "cvss_v3"] {
                guard let cvss = try score.optionalObject(name) else { continue }
                let text = try cvss.text("vectorString")
                do {
                    statements.append(
                        SeverityStatement(
                            vulnerability: id, rating: .cvss(try CVSSVector(text)),
                            source: publisher))
                } catch {
                    skipped.add("\(path).scores[\(index)].\(name)", error.description)
                }
            }
            for statement in statements where said.insert(statement).inserted {
                severities.append(statement)
            }
            for product in try score.texts("products") {
                try count(1)
                try checkDefined(product, "\(path).scores[\(index)].products")
                byProduct[product, default: []] += statements
            }
        }
        return byProduct
    }

    private mutating func remediations(
        _ vulnerability: JSONNode, _ path: String
    ) throws(FeedFault) -> [String: [ProductStatement.Remediation]] {
        var byProduct: [String: [ProductStatement.Remediation]] = [:]
        for (index, node) in try vulnerability.elements("remediations").enumerated() {
            try node.checkObject()
            let name = try node.text("category")
            guard let category = ProductStatement.Remediation.Category(rawValue: name) else {
                skipped.add(
                    "\(path).remediations[\(index)]",
                    "remediations of category '\(shortened(name))' are not known here")
                continue
            }
            let remediation = ProductStatement.Remediation(
                category: category, details: try node.text("details"),
                url: try node.optionalText("url"),
                restart: try node.optionalObject("restart_required")?.text("category"))
            let ids = try productIDs(node)
            if ids.isEmpty { skipped.add("\(path).remediations[\(index)]", "it names no product") }
            for product in ids { byProduct[product, default: []].append(remediation) }
        }
        return byProduct
    }

    private mutating func impacts(
        _ vulnerability: JSONNode
    ) throws(FeedFault) -> [String: [String]] {
        var byProduct: [String: [String]] = [:]
        for threat in try vulnerability.elements("threats") {
            try threat.checkObject()
            guard try threat.text("category") == "impact" else { continue }
            let details = try threat.text("details")
            for product in try productIDs(threat) {
                byProduct[product, default: []].append(details)
            }
        }
        return byProduct
    }

    private mutating func justifications(
        _ vulnerability: JSONNode, _ path: String
    ) throws(FeedFault) -> [String: ProductStatement.Justification] {
        var byProduct: [String: ProductStatement.Justification] = [:]
        for (index, flag) in try vulnerability.elements("flags").enumerated() {
            try flag.checkObject()
            let label = try flag.text("label")
            guard let justification = ProductStatement.Justification(rawValue: label) else {
                skipped.add(
                    "\(path).flags[\(index)]",
                    "flags of label '\(shortened(label))' are not known here")
                continue
            }
            let ids = try productIDs(flag)
            if ids.isEmpty { skipped.add("\(path).flags[\(index)]", "it names no product") }
            for product in ids { byProduct[product] = justification }
        }
        return byProduct
    }

    /// What the tree says of a product, worked out once.
    private mutating func product(_ id: String) -> StatedProduct {
        if let known = stated[id] { return known }
        let product = describe(id)
        stated[id] = product
        return product
    }

    private mutating func describe(_ id: String) -> StatedProduct {
        guard let product = products[id] else { preconditionFailure("its id was checked") }
        let parts = products.parts(of: id)
        let component = parts.first ?? product
        return StatedProduct(
            id: id, name: product.name, vendor: component.name(of: .vendor),
            productName: component.name(of: .productName),
            version: component.name(of: .productVersion),
            versionRange: component.name(of: .productVersionRange),
            purl: purl(of: product) ?? purl(of: component), cpe: product.cpe ?? component.cpe,
            platforms: parts.dropFirst().map { part in
                StatedProduct.Platform(
                    id: part.id, name: part.name, cpe: part.cpe, purl: purl(of: part))
            })
    }

    private mutating func purl(of product: CSAFProduct) -> PackageURL? {
        guard let text = product.purl else { return nil }
        do {
            return try PackageURL(text)
        } catch {
            skipped.add("product_tree", "purl of product id '\(product.id)': \(error)")
            return nil
        }
    }
}
