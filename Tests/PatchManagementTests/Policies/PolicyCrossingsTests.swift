import JSON
import Testing

@testable import PatchManagement

@Suite("Where policies meet")
struct PolicyCrossingsTests {
    private func book(sites: Int, groups: Int) -> PolicyBook {
        func published(_ scope: PolicyScope) -> PublishedPolicy {
            EffectivePolicyTests.published(scope, [.slaUrgent: .integer(3600)])
        }
        return PolicyBook(
            (0..<sites).map { published(.site("s\($0)")) }
                + (0..<groups).map { published(.group("g\($0)")) })
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
        let group = PolicyCrossings(of: .group("g0"), in: PolicyBook(), assets: [here, there])
        #expect(group.paths.prefix(2) == [here, there])
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
