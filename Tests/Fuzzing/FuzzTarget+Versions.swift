package import Advisories

extension FuzzTarget {
    /// Order and equality of three versions that lie near each other.
    static func version(_ scheme: VersionScheme) -> FuzzTarget {
        let mutation = Mutation.versions(scheme)
        let name = "version-\(scheme.rawValue)"
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let first = mutation.text(&random)
            let texts = [
                first, mutation.near(first, &random),
                random.below(2) == 0 ? mutation.near(first, &random) : mutation.text(&random),
            ]
            let versions = texts.compactMap { try? PackageVersion($0, scheme) }
            guard versions.count == 3 else { return !versions.isEmpty }
            if let law = brokenLaw(versions[0], versions[1], versions[2]) {
                throw FuzzFailure(target: name, law: law, input: texts)
            }
            return true
        }
    }

    /// nil when all laws of a total order hold.
    static func brokenLaw(
        _ a: PackageVersion, _ b: PackageVersion, _ c: PackageVersion
    ) -> String? {
        let (ab, bc, ac) = (
            a.order(relativeTo: b), b.order(relativeTo: c), a.order(relativeTo: c)
        )
        if a.order(relativeTo: a) != 0 { return "a version is equal to itself" }
        if b.order(relativeTo: a) != -ab { return "the order turns round with the sides" }
        if let aKey = a.key, let bKey = b.key, (aKey == bKey) != (ab == 0) {
            return "equal versions have one canonical form"
        }
        if ab <= 0, bc <= 0, ac > 0 || (ac == 0 && (ab < 0 || bc < 0)) {
            return "the order is transitive"
        }
        if ab >= 0, bc >= 0, ac < 0 || (ac == 0 && (ab > 0 || bc > 0)) {
            return "the order is transitive"
        }
        return nil
    }
}

extension Mutation {
    package static func versions(_ scheme: VersionScheme) -> Mutation {
        switch scheme {
        case .debian:
            Mutation(
                [
                    "1:7.88.1-10+deb12u5", "2.36-9+deb12u4", "1.0~rc1-1", "0.1~git20200101.abc-2",
                    "9",
                ],
                alphabet: "0019aZ.+~-:")
        case .redhat:
            Mutation(
                [
                    "1:1.1.1k-9.el8_7", "2.0~rc1-1.fc38", "1.0^20230101git-1", "4.18.0-477.el8",
                    "2.module+el8.9.0+1+ab-1", "xyz10",
                ], alphabet: "0019aZ.+~^-:_")
        case .alpine:
            Mutation(
                [
                    "1.2.3-r0", "1.36.1_rc2-r15", "2.4.0_git20230717-r4", "3.1.4b_p2",
                    "0.01.10~ab12-r1",
                ],
                alphabet: "0019ab._-r~p")
        case .semver, .npm, .go:
            Mutation(
                [
                    "1.2.3", "1.0.0-alpha.1", "v2.0.0-rc.10+build.5", "0.0.0-20191109021931-daa7c",
                    "10.20.30", "v1.2",
                ], alphabet: "0019aZ.+-v")
        case .pypi:
            Mutation(
                [
                    "1.0", "1!2.0.1", "1.0a1", "1.0rc2.post1.dev3", "1.0.dev456", "1.0-1",
                    "1.2+ubuntu.1", "v1.1.Preview_3", "2012.10",
                ], alphabet: "0019abcrv.+-_!post")
        case .maven:
            Mutation(
                [
                    "1.0", "1.0-SNAPSHOT", "2.0.1-rc-1", "1.0.0.RC1", "3.1.0.Final", "1-alpha2",
                    "1.0-b3-x", "20190126.230843", "1-sp.1", "1.0-ga",
                ], alphabet: "0019abmxZ.-rc")
        case .rubygems:
            Mutation(
                ["1.2.3", "3.0.0.rc1", "1.0.0.beta.2", "1.0-x86", "2.0.0.pre.3", "0.0.1.a"],
                alphabet: "0019abz.-")
        case .nuget:
            Mutation(
                ["1.0", "1.2.3.4", "1.0.0-beta.2", "6.0.1304-RC+sha", "01.02.03"],
                alphabet: "0019aBz.-+")
        }
    }
}
