import Advisories
import Foundation
import Testing

@Suite("CSAF product trees: what a product id stands for")
struct CSAFProductTests {
    private func products(_ json: String) throws -> CSAFProducts {
        try CSAFProducts(JSONDecoder().decode(CSAFProductTree.self, from: Data(json.utf8)))
    }

    private let tree = """
        {"branches": [{"category": "vendor", "name": "Example", "branches": [
            {"category": "product_name", "name": "libfoo", "branches": [
                {"category": "product_version", "name": "1.2-3", "product": {
                    "product_id": "LIB", "name": "Example libfoo 1.2-3",
                    "product_identification_helper": {"purl": "pkg:rpm/example/libfoo@1.2-3"}}}]},
            {"category": "product_name", "name": "Linux", "product": {
                "product_id": "OS", "name": "Example Linux 9",
                "product_identification_helper": {"cpe": "cpe:/o:example:linux:9"}}}]}],
         "full_product_names": [{"product_id": "APP", "name": "App"}],
         "product_groups": [{"group_id": "G", "product_ids": ["LIB", "APP"]}],
         "relationships": [
            {"category": "default_component_of", "product_reference": "LIB",
             "relates_to_product_reference": "OS",
             "full_product_name": {"product_id": "OS:LIB", "name": "libfoo of Linux"}},
            {"category": "installed_with", "product_reference": "OS:LIB",
             "relates_to_product_reference": "APP",
             "full_product_name": {"product_id": "APP:OS:LIB", "name": "all of them"}}]}
        """

    @Test("Branches lead to products, relationships put them together, groups gather them")
    func resolved() throws {
        let products = try products(tree)
        #expect(products.all.map(\.id) == ["LIB", "OS", "APP", "OS:LIB", "APP:OS:LIB"])
        let library = try #require(products["LIB"])
        #expect(library.name(of: .vendor) == "Example")
        #expect(library.name(of: .productName) == "libfoo")
        #expect(library.name(of: .productVersion) == "1.2-3")
        #expect(library.name(of: .architecture) == nil)
        #expect(library.purl == "pkg:rpm/example/libfoo@1.2-3")
        #expect(products["OS"]?.cpe == "cpe:/o:example:linux:9")
        #expect(products["OS:LIB"]?.composition?.category == .defaultComponentOf)
        #expect(products.parts(of: "APP:OS:LIB").map(\.id) == ["LIB", "OS", "APP"])
        #expect(products.parts(of: "APP").map(\.id) == ["APP"])
        #expect(products.group("G")?.map(\.id) == ["LIB", "APP"])
        #expect(products["nothing"] == nil)
        #expect(products.group("nothing") == nil)
    }

    private func relationship(_ id: String, of component: String, in whole: String) -> String {
        """
        {"category": "installed_on", "product_reference": "\(component)",
         "relates_to_product_reference": "\(whole)",
         "full_product_name": {"product_id": "\(id)", "name": "x"}}
        """
    }

    /// Source: CSAF 2.0 §6.1.1 to §6.1.4.
    @Test("A tree that says nothing certain is refused, and the error names the id")
    func refused() throws {
        let name = #"{"product_id": "A", "name": "x"}"#
        #expect(throws: CSAFProductError.definedTwice("A")) {
            try products(#"{"full_product_names": [\#(name), \#(name)]}"#)
        }
        #expect(throws: CSAFProductError.undefined("B", in: "relationship 'C'")) {
            try products(
                #"""
                {"full_product_names": [\#(name)],
                 "relationships": [\#(relationship("C", of: "A", in: "B"))]}
                """#)
        }
        #expect(throws: CSAFProductError.undefined("B", in: "group 'G'")) {
            try products(#"{"product_groups": [{"group_id": "G", "product_ids": ["B"]}]}"#)
        }
        #expect(throws: CSAFProductError.circle("B")) {
            try products(
                #"""
                {"full_product_names": [\#(name)],
                 "relationships": [\#(relationship("B", of: "C", in: "A")),
                    \#(relationship("C", of: "A", in: "B"))]}
                """#)
        }
        #expect(throws: CSAFProductError.neitherOrBoth("v")) {
            try products(#"{"branches": [{"category": "vendor", "name": "v"}]}"#)
        }
        let group = #"{"group_id": "G", "product_ids": []}"#
        #expect(throws: CSAFProductError.groupDefinedTwice("G")) {
            try products(#"{"product_groups": [\#(group), \#(group)]}"#)
        }
    }

    @Test("Branches in branches without end are refused")
    func tooDeep() {
        var branch = CSAFProductTree.Branch(
            category: .vendor, name: "x", product: .init(productID: "A", name: "x"))
        for _ in 0..<CSAFProducts.deepest {
            branch = .init(category: .vendor, name: "x", branches: [branch])
        }
        #expect(throws: CSAFProductError.tooDeep("x")) {
            try CSAFProducts(CSAFProductTree(branches: [branch]))
        }
    }

    @Test("Products that are put together from others without end are refused in little time")
    func longChain() throws {
        func chain(_ length: Int) throws -> CSAFProducts {
            try CSAFProducts(
                CSAFProductTree(
                    fullProductNames: [.init(productID: "P0", name: "x")],
                    relationships: (1...length).map { step in
                        .init(
                            category: .installedOn,
                            product: .init(productID: "P\(step)", name: "x"),
                            productReference: "P\(step - 1)", relatesTo: "P0")
                    }))
        }
        #expect(throws: CSAFProductError.tooDeep("P\(CSAFProducts.deepest + 1)")) {
            try chain(20_000)
        }
        #expect(try chain(CSAFProducts.deepest).all.count == CSAFProducts.deepest + 1)
    }

    @Test("Relationships that double at each step are answered in little time")
    func doubling() throws {
        var relationships: [CSAFProductTree.Relationship] = []
        for step in 1...60 {
            relationships.append(
                .init(
                    category: .installedWith, product: .init(productID: "P\(step)", name: "x"),
                    productReference: "P\(step - 1)", relatesTo: "P\(step - 1)"))
        }
        let products = try CSAFProducts(
            CSAFProductTree(
                fullProductNames: [.init(productID: "P0", name: "x")],
                relationships: relationships))
        #expect(products.parts(of: "P60").allSatisfy { $0.id == "P0" })
    }
}
