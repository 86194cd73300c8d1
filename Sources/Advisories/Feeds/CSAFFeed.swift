import JSON

/// Advisories and VEX documents in the Common Security Advisory Framework 2.0.
/// Source: CSAF 2.0 §3.2, and of §6.1 what makes a document say nothing certain.
package enum CSAFFeed: FeedReader {
    /// Arrays and objects in one another: products may lie in a hundred branches.
    static let deepest = 2 * CSAFProducts.deepest + 32

    package static func read(
        _ document: FeedDocument, into reading: inout FeedReading<Advisory>
    ) {
        reading.begin(document.name)
        do throws(FeedFault) {
            reading.add(try advisory(try document.json(depth: deepest)), .document)
        } catch {
            reading.refuse(error)
        }
    }

    private static func advisory(_ root: JSONNode) throws(FeedFault) -> Advisory {
        if root["document"] == nil {
            throw FeedFault(
                place: .document,
                problem: .unknownForm(wanted: "a CSAF document, which has a member 'document'"))
        }
        let document = try root.object("document")
        try checkForm(document)
        let tracking = try document.object("tracking")
        let publisher = try document.object("publisher").text("name")
        var reader = CSAFVulnerabilities(
            products: try products(root), publisher: publisher,
            isVEX: try document.text("category") == "csaf_vex")
        for (index, vulnerability) in try root.elements("vulnerabilities").enumerated() {
            try vulnerability.checkObject()
            try reader.read(vulnerability, at: "vulnerabilities[\(index)]")
        }
        let word = try document.optionalObject("aggregate_severity")?.text("text")
        return Advisory(
            format: .csaf, id: try tracking.text("id"), aliases: try tracking.texts("aliases"),
            upstream: reader.ids, summary: try document.text("title"), publisher: publisher,
            published: try tracking.time("initial_release_date"),
            modified: try tracking.time("current_release_date"),
            references: try references(document),
            severities: reader.severities
                + (word.map { [SeverityStatement(rating: .word($0), source: publisher)] } ?? []),
            statements: reader.statements, skipped: reader.skipped.all)
    }

    private static func checkForm(_ document: JSONNode) throws(FeedFault) {
        let version = try document.text("csaf_version")
        guard version == "2.0" else {
            throw FeedFault(
                place: .member("document.csaf_version"),
                problem: .badValue(version, wanted: "2.0, the version that is read here"))
        }
        let status = try document.object("tracking").text("status")
        guard ["final", "interim"].contains(status) else {
            throw FeedFault(
                place: .member("document.tracking.status"),
                problem: .badValue(status, wanted: "final or interim: nothing follows from a draft")
            )
        }
    }

    private static func products(_ root: JSONNode) throws(FeedFault) -> CSAFProducts {
        guard let node = try root.optionalObject("product_tree") else { return .none }
        let tree: CSAFProductTree
        do {
            tree = try node.decode(CSAFProductTree.self)
        } catch {
            throw FeedFault(decoding: error, within: "product_tree")
        }
        do {
            return try CSAFProducts(tree)
        } catch {
            throw node.fault(.badProductTree(error.description))
        }
    }

    private static func references(
        _ document: JSONNode
    ) throws(FeedFault) -> [Advisory.Reference] {
        var references: [Advisory.Reference] = []
        for reference in try document.elements("references") {
            try reference.checkObject()
            references.append(
                Advisory.Reference(
                    kind: try reference.optionalText("category") ?? "external",
                    url: try reference.text("url")))
        }
        return references
    }
}

extension CSAFProducts {
    /// Of a document without a product tree.
    fileprivate static let none = CSAFProducts()
}

extension FeedFault {
    /// - Parameter name: The member that was decoded, for errors without a path.
    fileprivate init(decoding error: any Error, within name: String) {
        guard let error = error as? DecodingError else {
            self.init(place: .member(name), problem: .badProductTree("\(error)"))
            return
        }
        let context: DecodingError.Context
        var missing: String?
        switch error {
        case .keyNotFound(let key, let found): (context, missing) = (found, key.stringValue)
        case .valueNotFound(_, let found), .typeMismatch(_, let found), .dataCorrupted(let found):
            context = found
        @unknown default:
            self.init(place: .member(name), problem: .badProductTree("\(error)"))
            return
        }
        let path = context.codingPath.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        self.init(
            place: .member(path.isEmpty ? name : path),
            problem: missing.map(FeedProblem.missing)
                ?? .badProductTree(shortened(context.debugDescription)))
    }
}
