import Advisories
import Testing

@Suite("CSAF documents: what a publisher says of products")
struct CSAFFeedTests {
    private func read(_ text: String) throws -> Advisory {
        let reading = CSAFFeed.read(text)
        #expect(reading.words == [])
        return try #require(reading.records.first)
    }

    private func changed(_ part: String, _ new: String) -> String {
        let changed = FeedSamples.csaf.replacing(part, with: new)
        #expect(changed != FeedSamples.csaf, "the sample has no such part")
        return changed
    }

    @Test("A document is read with its tracking, severities and the vulnerabilities it speaks of")
    func document() throws {
        let advisory = try read(FeedSamples.csaf)
        #expect(advisory.format == .csaf)
        #expect(advisory.id == "EX-1")
        #expect(advisory.aliases == ["OLD-1"])
        #expect(advisory.upstream == ["CVE-2026-1000", "BUG-7"])
        #expect(advisory.publisher == "Example")
        #expect(advisory.published?.description == "2026-02-01T00:00:00Z")
        #expect(advisory.modified.description == "2026-03-01T00:00:00Z")
        #expect(advisory.references == [.init(kind: "self", url: "https://a.example/1")])
        let vector = try CVSSVector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        #expect(
            advisory.severities == [
                SeverityStatement(
                    vulnerability: "CVE-2026-1000", rating: .cvss(vector), source: "Example"),
                SeverityStatement(rating: .word("Important"), source: "Example"),
            ])
        #expect(advisory.skipped == [])
    }

    @Test("Each product of each vulnerability has one state, with what goes with it")
    func statements() throws {
        let statements = try read(FeedSamples.csaf).statements
        #expect(
            statements.map { "\($0.vulnerability) \($0.product.id) \($0.status.rawValue)" } == [
                "CVE-2026-1000 OS:LIB fixed", "CVE-2026-1000 OLD knownAffected",
                "CVE-2026-1000 OS underInvestigation", "BUG-7 OLD knownNotAffected",
                "BUG-7 OS knownNotAffected",
            ])
        let fix = ProductStatement.Remediation(
            category: .vendorFix, details: "Update.", url: "https://a.example/fix",
            restart: "service")
        #expect(statements.map(\.remediations) == [[fix], [fix], [], [], []])
        #expect(statements.map(\.severities.count) == [1, 1, 0, 0, 0])
        #expect(statements[3].justification == .vulnerableCodeNotPresent)
        #expect(statements[4].impact == ["Not built in."])
    }

    @Test("A product is known by its vendor, name, version or range, URL and platforms")
    func products() throws {
        let products = try read(FeedSamples.csaf).statements.map(\.product)
        let component = products[0]
        #expect(component.name == "libfoo of Linux 9")
        #expect(component.vendor == "Example")
        #expect(component.productName == "libfoo")
        #expect(component.version == "1.2-3")
        #expect(component.purl?.text == "pkg:rpm/example/libfoo@1.2-3?arch=x86_64")
        #expect(
            component.platforms == [
                .init(id: "OS", name: "Example Linux 9", cpe: "cpe:/o:example:linux:9", purl: nil)
            ])
        #expect(products[1].versionRange == "vers:rpm/<1.2")
        #expect(products[1].version == nil)
        #expect(products[2].cpe == "cpe:/o:example:linux:9")
        #expect(products[2].platforms == [])
    }

    @Test("What isn't needed may be absent, and an advisory without products says nothing of any")
    func small() throws {
        let advisory = try read(
            """
            {"document": {"category": "csaf_informational_advisory", "csaf_version": "2.0",
                "title": "News", "publisher": {"name": "Example"},
                "tracking": {"id": "EX-2", "status": "interim",
                    "initial_release_date": "2026-02-01T00:00:00Z",
                    "current_release_date": "2026-02-01T00:00:00Z"}}}
            """)
        #expect(advisory.statements == [])
        #expect(advisory.upstream == [])
    }

    /// Source: CSAF 2.0 §6.1.27.9 and §4.5.
    @Test("In VEX, 'not affected' without a word why is no statement")
    func unjustified() throws {
        let text = changed(#""label": "vulnerable_code_not_present""#, #""label": "trust_me""#)
        let advisory = try read(text)
        #expect(
            advisory.skipped.map(\.description) == [
                "vulnerabilities[1].flags[0]: flags of label 'trust_me' are not known here",
                "vulnerabilities[1].product_status.known_not_affected: product id 'OLD' is said to"
                    + " be not affected, without a word why",
            ])
        #expect(advisory.statements.count == 4)
        let other = try read(text.replacing("csaf_vex", with: "csaf_security_advisory"))
        #expect(other.statements.count == 5)
    }

    @Test("Parts that can't be understood are left out with a reason")
    func skipped() throws {
        let text = changed("CVSS:3.1/AV:N", "CVSS:3.1/AV:Q")
            .replacing(#""cve": "CVE-2026-1000","#, with: #""title": "no id","#)
        #expect(
            try read(text).skipped.map(\.description)
                == ["vulnerabilities[0]: it has neither a CVE nor an id of another system"])
        #expect(
            try read(changed("CVSS:3.1/AV:N", "CVSS:3.1/AV:Q")).skipped.map(\.path)
                == ["vulnerabilities[0].scores[0].cvss_v3"])
        #expect(
            try read(changed("vendor_fix", "magic")).skipped.map(\.description) == [
                "vulnerabilities[0].remediations[0]: remediations of category 'magic' are not known"
                    + " here"
            ])
        #expect(
            try read(changed(#", "group_ids": ["G"]"#, "")).skipped.map(\.description)
                == ["vulnerabilities[0].remediations[0]: it names no product"])
        #expect(
            try read(changed("pkg:rpm", "rpm")).skipped.map(\.description)
                == ["product_tree: purl of product id 'LIB': it does not begin with 'pkg:'"])
    }

    @Test(
        "A document that says nothing certain is refused with the place and a reason",
        arguments: [
            (
                #""csaf_version": "2.0""#, #""csaf_version": "2.1""#,
                "document.csaf_version: '2.1' is not 2.0, the version that is read here"
            ),
            (
                #""status": "final""#, #""status": "draft""#,
                "document.tracking.status: 'draft' is not final or interim: nothing follows from a"
                    + " draft"
            ),
            (
                #""fixed": ["OS:LIB"]"#, #""fixed": ["OS:LIB", "OLD"]"#,
                "vulnerabilities[0].product_status: product id 'OLD' stands under 'fixed' and under"
                    + " 'known_affected'"
            ),
            (
                #""fixed": ["OS:LIB"]"#, #""first_fixed": ["NONE"]"#,
                "vulnerabilities[0].product_status.first_fixed: product id 'NONE' is defined"
                    + " nowhere in the product tree"
            ),
            (
                #""group_ids": ["G"]"#, #""group_ids": ["H"]"#,
                "vulnerabilities[0].remediations[0]: product id 'H' is defined nowhere in the"
                    + " product tree"
            ),
            (
                #""products": ["OLD", "OS:LIB"]"#, #""products": ["NONE"]"#,
                "vulnerabilities[0].scores[0].products: product id 'NONE' is defined nowhere in the"
                    + " product tree"
            ),
            (
                #""product_reference": "LIB""#, #""product_reference": "OS:LIB""#,
                "product_tree: product id 'OS:LIB' is a part of itself"
            ),
            (
                #""category": "vendor", "name": "Example", "branches""#,
                #""category": "maker", "name": "Example", "branches""#,
                "product_tree.branches[0].category: Cannot initialize Category from invalid String"
                    + " value maker"
            ),
            (
                #""product_id": "OLD", "#, "",
                "product_tree.branches[0].branches[0].branches[1].product: 'product_id' is missing"
            ),
            (
                #""cve": "CVE-2026-1000""#, #""cve": "CVE-26-1""#,
                "vulnerabilities[0].cve: 'CVE-26-1' is not a CVE id such as CVE-2026-12345"
            ),
            (
                #""id": "EX-1", "#, "",
                "document.tracking: 'id' is missing"
            ),
            (
                #""ids": [{"system_name": "Bugs", "text": "BUG-7"}]"#, #""cve": "CVE-2026-1000""#,
                "vulnerabilities[1]: 'CVE-2026-1000' stands here a second time"
            ),
            (
                #"{"document""#, #"{"papers""#,
                "it is not a CSAF document, which has a member 'document'"
            ),
        ])
    func refused(_ part: String, _ new: String, _ reason: String) {
        let reading = CSAFFeed.read(changed(part, new), name: "a.json")
        #expect(reading.records == [])
        #expect(reading.words == ["a.json: \(reason)"])
    }

    @Test("A product under two names of one state has that state once")
    func once() throws {
        let text = changed(
            #""fixed": ["OS:LIB"]"#, #""first_fixed": ["OS:LIB"], "fixed": ["OS:LIB"]"#)
        #expect(try read(text) == read(FeedSamples.csaf))
    }

    @Test("A small document that names products millions of times is refused in little time")
    func explosion() {
        let ids = (0..<2000).map { #""P\#($0)""# }.joined(separator: ",")
        let names = (0..<2000).map { #"{"product_id": "P\#($0)", "name": "x"}"# }
            .joined(separator: ",")
        let groups = Array(repeating: #""G""#, count: 2000).joined(separator: ",")
        let text = """
            {"document": {"category": "csaf_base", "csaf_version": "2.0", "title": "x",
                "publisher": {"name": "x"}, "tracking": {"id": "X", "status": "final",
                    "initial_release_date": "2026-02-01T00:00:00Z",
                    "current_release_date": "2026-02-01T00:00:00Z"}},
             "product_tree": {"full_product_names": [\(names)],
                "product_groups": [{"group_id": "G", "product_ids": [\(ids)]}]},
             "vulnerabilities": [{"cve": "CVE-2026-1000",
                "product_status": {"fixed": ["P1"]},
                "remediations": [{"category": "vendor_fix", "details": "x",
                    "group_ids": [\(groups)]}]}]}
            """
        #expect(
            CSAFFeed.read(text).words
                == ["sample: vulnerabilities: there are more than 2000000 names of products"])
    }
}
