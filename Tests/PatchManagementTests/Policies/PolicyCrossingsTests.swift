import JSON
import Testing

@testable import PatchManagement

@Suite("Where policies meet")
struct PolicyCrossingsTests {
    /// - Parameter areAlike: All say the same of what has to fit together.
    private func book(sites: Int, groups: Int, areAlike: Bool = false) -> PolicyBook {
        func published(_ scope: PolicyScope, _ number: Int) -> PublishedPolicy {
            EffectivePolicyTests.published(
                scope,
                [
                    .slaUrgent: .integer(areAlike ? 3600 : Int64(3600 + number)),
                    .warningPercent: .integer(Int64(1 + number % 90)),
                ])
        }
        return PolicyBook(
            (0..<sites).map { published(.site("s\($0)"), $0) }
                + (0..<groups).map { published(.group("g\($0)"), $0) })
    }

    private func paths(_ scope: PolicyScope, _ book: PolicyBook) -> Set<PolicyPath> {
        Set(PolicyCrossings(of: scope, in: book, assets: []).paths)
    }

    @Test(
        "The account meets each site with each group, a site each group, whether it has one or not")
    func crossings() {
        let book = book(sites: 1, groups: 1)
        #expect(
            paths(.account, book) == [
                PolicyPath(), PolicyPath(site: "s0"), PolicyPath(group: "g0"),
                PolicyPath(site: "s0", group: "g0"),
            ])
        #expect(
            paths(.site("new"), book)
                == [PolicyPath(site: "new"), PolicyPath(site: "new", group: "g0")])
        #expect(
            paths(.group("g0"), book)
                == [PolicyPath(group: "g0"), PolicyPath(site: "s0", group: "g0")])
        #expect(paths(.asset(production(1)), book).isEmpty)
    }

    @Test("Assets with policies of their own meet what is on their paths")
    func assets() {
        let here = PolicyPath(site: "s0", group: "g0", asset: production(1))
        let there = PolicyPath(site: "s1", group: "g0", asset: production(2))
        let site = PolicyCrossings(of: .site("s0"), in: PolicyBook(), assets: [here, there])
        #expect(site.paths == [here, PolicyPath(site: "s0")])
        let book = PolicyBook(
            (1...2).map {
                EffectivePolicyTests.published(
                    .asset(production($0)), [.slaUrgent: .integer(Int64($0))])
            })
        let group = PolicyCrossings(of: .group("g0"), in: book, assets: [here, there])
        #expect(group.paths.prefix(2) == [here, there])
    }

    @Test("Scopes that say the same where fields have to fit are looked at once, however many")
    func alike() {
        let book = book(sites: 400, groups: 300, areAlike: true)
        let account = PolicyCrossings(of: .account, in: book, assets: [])
        #expect(!account.isCut)
        #expect(
            Set(account.paths) == [
                PolicyPath(), PolicyPath(site: "s0"), PolicyPath(group: "g0"),
                PolicyPath(site: "s0", group: "g0"),
            ])
        let assets = (1...100).map {
            PolicyPath(site: "s\($0)", group: "g1", asset: production($0))
        }
        #expect(PolicyCrossings(of: .group("g1"), in: book, assets: assets).paths.count == 3)
    }

    /// A rule between two fields that isn't among those that meet would be overlooked.
    @Test("Whatever doesn't fit together has a field that is known to meet others")
    func meeting() {
        for edge in [\ClosedRange<Int64>.lowerBound, \ClosedRange<Int64>.upperBound] {
            var values: [PolicyField: JSONValue] = [:]
            for field in PolicyField.allCases where !field.meetsOthers {
                guard case .whole(let range) = field.rule else { continue }
                values[field] = .integer(range[keyPath: edge])
            }
            let book = PolicyBook([EffectivePolicyTests.published(.account, values)])
            #expect(values.count > 20)
            #expect(book.faults(on: PolicyPath()).isEmpty)
        }
        let rollout = PolicyField.allCases.filter { $0.rawValue.hasPrefix("rollout.gate.") }
        #expect(rollout.allSatisfy(\.meetsOthers) && rollout.count == 7)
    }

    @Test("It says when there are more than can be looked at, and looks at no more")
    func cut() {
        let book = book(sites: 49, groups: 49)
        let account = PolicyCrossings(of: .account, in: book, assets: [])
        #expect(account.isCut)
        #expect(account.paths.count == PolicyCrossings.most)
        let site = PolicyCrossings(of: .site("s1"), in: book, assets: [])
        #expect(!site.isCut)
        #expect(site.paths.count == 50)
    }
}
