/// What a product id of a CSAF document stands for.
package struct CSAFProduct: Sendable, Hashable {
    package let id: String
    package let name: String
    /// The branches from the root down to the product; empty where it stands beside them.
    package let path: [Step]
    package let cpe: String?
    package let purl: String?
    /// For a product that is put together: of what, on or in what. nil for all others.
    package let composition: Composition?

    package struct Step: Sendable, Hashable {
        package let category: CSAFProductTree.Category
        package let name: String
    }

    package struct Composition: Sendable, Hashable {
        package let category: CSAFProductTree.RelationshipCategory
        /// The component's id, and that of what it is part of or installed on.
        package let component: String
        package let whole: String
    }

    /// The name of the nearest branch of `category` on the way to the product.
    package func name(of category: CSAFProductTree.Category) -> String? {
        path.last { $0.category == category }?.name
    }
}

/// All products of a CSAF document by their ids.
package struct CSAFProducts: Sendable, Hashable {
    /// In the order of the document.
    package let all: [CSAFProduct]
    private let places: [String: Int]
    private let groups: [String: [String]]

    /// How deep branches may lie in branches, and products be put together from others.
    package static let deepest = 100

    /// No product at all.
    package init() {
        all = []
        places = [:]
        groups = [:]
    }

    /// - Throws: What makes the tree say nothing certain: an id that is defined twice or not at all,
    ///   relationships in a circle, a branch with neither branches nor a product.
    package init(_ tree: CSAFProductTree) throws(CSAFProductError) {
        var collected: [CSAFProduct] = []
        for branch in tree.branches { try Self.collect(branch, [], &collected) }
        collected += tree.fullProductNames.map { CSAFProduct($0, path: []) }
        collected += tree.relationships.map { relationship in
            CSAFProduct(
                relationship.product, path: [],
                CSAFProduct.Composition(
                    category: relationship.category, component: relationship.productReference,
                    whole: relationship.relatesTo))
        }
        var places: [String: Int] = [:]
        for (place, product) in collected.enumerated() {
            if places.updateValue(place, forKey: product.id) != nil {
                throw .definedTwice(product.id)
            }
        }
        all = collected
        self.places = places
        var groups: [String: [String]] = [:]
        for group in tree.productGroups {
            if groups.updateValue(group.productIDs, forKey: group.groupID) != nil {
                throw .groupDefinedTwice(group.groupID)
            }
        }
        self.groups = groups
        try checkReferences(tree)
        try checkCircles()
    }

    package subscript(id: String) -> CSAFProduct? { places[id].map { all[$0] } }

    /// The products of a group; nil when there is no such group.
    package func group(_ id: String) -> [CSAFProduct]? {
        groups[id].map { $0.compactMap { self[$0] } }
    }

    /// The products that `id` is put together from, down to those that aren't, components before what
    /// they are part of; of any other product itself.
    package func parts(of id: String) -> [CSAFProduct] {
        var parts: [CSAFProduct] = []
        var open = [id]
        while let next = open.popLast(), let product = self[next] {
            if let composition = product.composition {
                open.append(composition.whole)
                open.append(composition.component)
            } else {
                parts.append(product)
            }
            // Two to the power of the depth would be many: a document has no more use for them.
            if parts.count >= Self.deepest { break }
        }
        return parts
    }

    private static func collect(
        _ branch: CSAFProductTree.Branch, _ path: [CSAFProduct.Step],
        _ products: inout [CSAFProduct]
    ) throws(CSAFProductError) {
        if path.count >= deepest { throw .tooDeep(branch.name) }
        let path = path + [CSAFProduct.Step(category: branch.category, name: branch.name)]
        switch (branch.branches, branch.product) {
        case (let branches?, nil):
            for branch in branches { try collect(branch, path, &products) }
        case (nil, let product?): products.append(CSAFProduct(product, path: path))
        case (nil, nil), (_?, _?): throw .neitherOrBoth(branch.name)
        }
    }

    private func checkReferences(_ tree: CSAFProductTree) throws(CSAFProductError) {
        for relationship in tree.relationships {
            for id in [relationship.productReference, relationship.relatesTo] where self[id] == nil
            {
                throw .undefined(id, in: "relationship '\(relationship.product.productID)'")
            }
        }
        for group in tree.productGroups {
            for id in group.productIDs where self[id] == nil {
                throw .undefined(id, in: "group '\(group.groupID)'")
            }
        }
    }

    /// Follows every relationship to what isn't put together. Iteratively: a document decides how deep
    /// that is.
    private func checkCircles() throws(CSAFProductError) {
        /// Relationships below it, in one another.
        enum State: Equatable { case open, done(depth: Int) }
        var states: [String: State] = [:]
        for product in all {
            var stack = [product.id]
            while let id = stack.last {
                var depth = 0
                var next: [String] = []
                if let composition = self[id]?.composition {
                    for part in [composition.component, composition.whole] {
                        if case .done(let below) = states[part] {
                            depth = max(depth, below + 1)
                        } else {
                            next.append(part)
                        }
                    }
                }
                if next.isEmpty {
                    if depth > Self.deepest { throw .tooDeep(id) }
                    states[id] = .done(depth: depth)
                    stack.removeLast()
                } else {
                    states[id] = .open
                    if let circle = next.first(where: { states[$0] == .open }) {
                        throw .circle(circle)
                    }
                    stack += next
                }
            }
        }
    }
}

extension CSAFProduct {
    fileprivate init(
        _ product: CSAFProductTree.FullProductName, path: [Step], _ composition: Composition? = nil
    ) {
        id = product.productID
        name = product.name
        self.path = path
        cpe = product.identification?.cpe
        purl = product.identification?.purl
        self.composition = composition
    }
}

/// Why a product tree can't be understood.
/// Source: CSAF 2.0 §6.1.1 to §6.1.4.
package enum CSAFProductError: Error, Sendable, Equatable, CustomStringConvertible {
    case definedTwice(String)
    case groupDefinedTwice(String)
    case undefined(String, in: String)
    case circle(String)
    case neitherOrBoth(String)
    case tooDeep(String)

    package var description: String {
        switch self {
        case .definedTwice(let id): "product id '\(shortened(id))' is defined twice"
        case .groupDefinedTwice(let id): "group id '\(shortened(id))' is defined twice"
        case .undefined(let id, let place):
            "\(shortened(place)) names product id '\(shortened(id))', which nothing defines"
        case .circle(let id): "product id '\(shortened(id))' is a part of itself"
        case .neitherOrBoth(let name):
            "branch '\(shortened(name))' needs either branches or a product"
        case .tooDeep(let name):
            "'\(shortened(name))' lies deeper than \(CSAFProducts.deepest) branches or relationships"
        }
    }
}
