import Advisories

extension FuzzTarget {
    /// What is read is written in one form, which reads as the same.
    static var packageURL: FuzzTarget {
        let mutation = Mutation(
            [
                "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12",
                "pkg:npm/%40angular/animation@12.3.1#src/main", "pkg:pypi/Django_package@1.11",
                "pkg:maven/org.apache.commons/io@1.3.4?type=pom&classifier=x",
                "pkg://golang/github.com/gorilla/context@v1.2#api", "pkg:generic/a%20b@%C3%A9",
            ], alphabet: "/@?#&=%:.-_~+aZ0")
        return FuzzTarget("purl") { random throws(FuzzFailure) in
            let text = mutation.text(&random)
            guard let package = try? PackageURL(text) else { return false }
            guard let again = try? PackageURL(package.text), again.text == package.text,
                again.type == package.type, again.namespace == package.namespace,
                again.name == package.name, again.version == package.version,
                again.qualifiers == package.qualifiers, again.subpath == package.subpath
            else {
                throw FuzzFailure(
                    target: "purl", law: "the canonical form reads as the same",
                    input: [text, package.text])
            }
            return true
        }
    }

    /// Every vector has scores, and a severity that belongs to them.
    static var cvss: FuzzTarget {
        let mutation = Mutation(
            [
                "AV:N/AC:L/Au:N/C:P/I:P/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H",
                "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:L/A:H/E:P/RL:O/RC:C/MAV:L/CR:H",
                "CVSS:3.1/AV:A/AC:H/PR:L/UI:R/S:U/C:L/I:H/A:N/MS:C/MC:H/MI:N",
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:N/SC:H/SI:L/SA:N/E:P/MSI:S/CR:L",
                "CVSS:4.0/AV:P/AC:H/AT:P/PR:L/UI:A/VC:N/VI:L/VA:H/SC:N/SI:N/SA:L/U:Amber/MVC:H",
            ], alphabet: "/:XNLHPACUMSREIVD")
        return FuzzTarget("cvss") { random throws(FuzzFailure) in
            // Broken texts hardly ever are vectors: most are made of metrics and values that there are.
            let text =
                random.below(4) == 0 ? mutation.text(&random) : SampleVector.random(&random)
            guard let vector = try? CVSSVector(text) else { return false }
            let scores = vector.scores
            let isScored = vector.version == .v30 || vector.version == .v31
            if isScored, scores.temporal == nil || scores.environmental == nil {
                throw FuzzFailure(
                    target: "cvss", law: "3.0 and 3.1 have all three scores", input: [text])
            }
            if vector.version != .v2, (scores.overall.tenths == 0) != (vector.severity == .none) {
                throw FuzzFailure(target: "cvss", law: "none is 0.0", input: [text])
            }
            if let temporal = scores.temporal, temporal > scores.base {
                throw FuzzFailure(
                    target: "cvss", law: "what is known of exploits never raises the base score",
                    input: [text])
            }
            return true
        }
    }

    /// A version isn't affected from its fix on until the next introduction, and always before a
    /// limit.
    static var osvRange: FuzzTarget {
        let mutations = VersionScheme.allCases.map { ($0, Mutation.versions($0)) }
        return FuzzTarget("osv-range") { random throws(FuzzFailure) in
            let (scheme, mutation) = random.pick(mutations)
            let events = (0..<1 + random.below(5)).map { _ -> OSVRange.Event in
                let text = random.below(4) == 0 ? "0" : mutation.text(&random)
                return switch random.below(6) {
                case 0, 1, 2: .introduced(text)
                case 3: .lastAffected(text)
                case 4: .fixed(text)
                default: .limit(random.below(4) == 0 ? "*" : text)
                }
            }
            guard let range = try? OSVRange(kind: .ecosystem, events: events, scheme: scheme),
                let version = try? PackageVersion(mutation.text(&random), scheme),
                let isAffected = try? range.affects(version)
            else { return false }
            if let fix = try? range.fix(after: version), fix.order(relativeTo: version) <= 0 {
                throw FuzzFailure(
                    target: "osv-range", law: "a fix comes after the version",
                    input: ["\(events)", version.text])
            }
            if isAffected != isAffectedByLastTurn(version, events, scheme) {
                throw FuzzFailure(
                    target: "osv-range", law: "the last turn at or before a version decides",
                    input: ["\(events)", version.text])
            }
            return true
        }
    }

    /// The same question asked in another way: which is the nearest event that `version` has reached?
    private static func isAffectedByLastTurn(
        _ version: PackageVersion, _ events: [OSVRange.Event], _ scheme: VersionScheme
    ) -> Bool {
        func read(_ text: String) -> PackageVersion? { try? PackageVersion(text, scheme) }
        var isLimited = false
        var isBeforeLimit = false
        // The nearest turn so far: its version (nil lies before all), its rank there, its effect.
        var nearest: (version: PackageVersion?, rank: Int, effect: Bool)?
        func consider(_ at: PackageVersion?, _ rank: Int, _ effect: Bool) {
            if let nearest {
                let order =
                    switch (at, nearest.version) {
                    case (nil, nil): 0
                    case (nil, _): -1
                    case (_, nil): 1
                    case (let at?, let other?): at.order(relativeTo: other)
                    }
                if order < 0 || order == 0 && rank < nearest.rank { return }
            }
            nearest = (at, rank, effect)
        }
        for event in events {
            switch event {
            case .introduced("0"): consider(nil, 1, true)
            case .introduced(let text):
                if let at = read(text), version.order(relativeTo: at) >= 0 { consider(at, 1, true) }
            case .fixed(let text):
                if let at = read(text), version.order(relativeTo: at) >= 0 {
                    consider(at, 0, false)
                }
            case .lastAffected(let text):
                if let at = read(text), version.order(relativeTo: at) > 0 { consider(at, 2, false) }
            case .limit("*"): isBeforeLimit = true
            case .limit(let text):
                isLimited = true
                if let at = read(text), version.order(relativeTo: at) < 0 { isBeforeLimit = true }
            }
        }
        return (isBeforeLimit || !isLimited) && nearest?.effect == true
    }

    /// A version that a range names by `=`, `<=` or `>=` lies in it; by `!=`, `<` or `>` it doesn't.
    static var versRange: FuzzTarget {
        let mutation = Mutation(
            [
                "vers:deb/>=1.2|<1.4~rc1", "vers:npm/1.2.3|>=2.0.0|<5.0.0", "vers:pypi/!=1.0|>0.9",
                "vers:rpm/*", "vers:maven/<=2.0-rc1|>3", "vers:gem/1.0.a|<2%2e0",
            ], alphabet: "|<>=!*%:/.-~019a")
        return FuzzTarget("vers-range") { random throws(FuzzFailure) in
            let text = mutation.text(&random)
            guard let range = try? VersRange(text) else { return false }
            for constraint in range.constraints ?? [] {
                let isInside: Bool =
                    switch constraint.comparator {
                    case .equal, .lessOrEqual, .greaterOrEqual: true
                    case .notEqual, .less, .greater: false
                    }
                if (try? range.contains(constraint.version)) != isInside {
                    throw FuzzFailure(
                        target: "vers-range", law: "a named version lies where it is said to",
                        input: [text, constraint.version.text])
                }
            }
            return true
        }
    }

    /// Every product that a tree defines is found, and is made of products that aren't put together.
    static var productTree: FuzzTarget {
        FuzzTarget("product-tree") { random throws(FuzzFailure) in
            let tree = CSAFProductTree.random(&random)
            guard let products = try? CSAFProducts(tree) else { return false }
            for product in products.all {
                let parts = products.parts(of: product.id)
                if products[product.id] != product || parts.isEmpty
                    || parts.contains(where: { $0.composition != nil })
                {
                    throw FuzzFailure(
                        target: "product-tree", law: "every product is found, and its parts",
                        input: ["\(tree)"])
                }
            }
            return true
        }
    }
}

extension CSAFProductTree {
    fileprivate static func random(_ random: inout SplitMix) -> CSAFProductTree {
        let ids = (0..<12).map { "P\($0)" }
        // Mostly each id once, so that trees are accepted; now and then any.
        var free = ids
        func product(_ random: inout SplitMix) -> FullProductName {
            let id =
                free.isEmpty || random.below(12) == 0
                ? random.pick(ids) : free.remove(at: random.below(free.count))
            return FullProductName(productID: id, name: id)
        }
        func branch(_ depth: Int, _ random: inout SplitMix) -> Branch {
            let category = random.pick(Category.allCases)
            if depth == 0 || random.below(3) == 0 {
                return Branch(category: category, name: "b", product: product(&random))
            }
            let branches = (0..<1 + random.below(2)).map { _ in branch(depth - 1, &random) }
            return Branch(
                category: category, name: "b", branches: branches,
                product: random.below(40) == 0 ? product(&random) : nil)
        }
        let branches = (0..<1 + random.below(2)).map { _ in branch(3, &random) }
        let names = (0..<random.below(3)).map { _ in product(&random) }
        let relationships = (0..<random.below(4)).map { _ in
            let known = ids.filter { !free.contains($0) }
            let product = product(&random)
            let pool = known.isEmpty || random.below(6) == 0 ? ids : known
            return Relationship(
                category: random.pick(RelationshipCategory.allCases), product: product,
                productReference: random.pick(pool), relatesTo: random.pick(pool))
        }
        return CSAFProductTree(
            branches: branches, fullProductNames: names, relationships: relationships)
    }
}
