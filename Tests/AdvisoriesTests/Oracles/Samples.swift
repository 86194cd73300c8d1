import Advisories
import Fuzzing

/// Random questions for those who answer them too.
enum Samples {
    /// Two versions that lie near each other, some of them malformed.
    static func pairs(
        _ scheme: VersionScheme, count: Int, _ random: inout SplitMix
    ) -> [(String, String)] {
        let mutation = Mutation.versions(scheme)
        return (0..<count).map { _ in
            let first = visible(mutation.text(&random))
            return (first, visible(mutation.near(first, &random)))
        }
    }

    /// Only bytes that pass through a line with tabs.
    private static func visible(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    }

    /// Two versions of the plain kind that every library of a scheme takes.
    static func plainPairs(
        _ scheme: VersionScheme, count: Int, _ random: inout SplitMix
    ) -> [(String, String)] {
        (0..<count).map { _ in
            let first = plain(scheme, &random)
            return (first, random.below(4) == 0 ? first : plain(scheme, &random))
        }
    }

    private static func plain(_ scheme: VersionScheme, _ random: inout SplitMix) -> String {
        func number(_ random: inout SplitMix) -> String { "\(random.pick([0, 1, 2, 9, 10, 11]))" }
        var numbers = (0..<3).map { _ in number(&random) }.joined(separator: ".")
        switch scheme {
        case .debian:
            if random.below(4) == 0 { numbers = "\(random.below(3)):" + numbers }
            numbers += random.pick(["", "~rc1", "+dfsg", "a", "~~", "+git2020"])
            return numbers + random.pick(["", "-1", "-1.1", "-0", "-1+deb12u1", "-1~bpo"])
        case .redhat:
            if random.below(4) == 0 { numbers = "\(random.below(3)):" + numbers }
            numbers += random.pick(["", "~rc1", "a", ".b", "rc2", "_1"])
            return numbers + random.pick(["-1", "-1.el8", "-2.fc38", "-10", "-1.el8_9"])
        case .rubygems:
            return numbers + random.pick(["", ".rc1", ".a", ".b.2", ".pre", ".0", ".0.a", ".a.10"])
        case .nuget:
            if random.below(4) == 0 { numbers += "." + number(&random) }
            return numbers
                + random.pick(["", "-alpha", "-alpha.1", "-beta.10", "-RC", "-rc.2", "+x"])
        case .alpine, .semver, .pypi, .maven, .npm, .go:
            return numbers
                + random.pick([
                    "", "-alpha", "-alpha.1", "-alpha.beta", "-beta.11", "-rc.1", "-1",
                ])
        }
    }

    /// Every mandatory metric, and any number of the others.
    static func vector(_ version: CVSSVersion, _ random: inout SplitMix) -> String {
        let (mandatory, optional) = metrics(version)
        var fields = mandatory.map { "\($0.0):\(random.pick($0.1))" }
        let share = random.below(3)
        for (name, values) in optional where share > 0 && random.below(3) < share {
            fields.append("\(name):\(random.pick(values))")
        }
        return (version == .v2 ? "" : "CVSS:\(version.rawValue)/") + fields.joined(separator: "/")
    }

    private typealias Metrics = [(String, [String])]

    private static func metrics(_ version: CVSSVersion) -> (mandatory: Metrics, optional: Metrics) {
        func read(_ text: String) -> Metrics {
            text.split(separator: " ").map { field in
                let parts = field.split(separator: ":")
                return (String(parts[0]), parts[1].split(separator: ",").map(String.init))
            }
        }
        switch version {
        case .v2:
            return (
                read("AV:L,A,N AC:H,M,L Au:M,S,N C:N,P,C I:N,P,C A:N,P,C"),
                read(
                    "E:U,POC,F,H,ND RL:OF,TF,W,U,ND RC:UC,UR,C,ND CDP:N,L,LM,MH,H,ND TD:N,L,M,H,ND"
                        + " CR:L,M,H,ND IR:L,M,H,ND AR:L,M,H,ND")
            )
        case .v30, .v31:
            return (
                read("AV:N,A,L,P AC:L,H PR:N,L,H UI:N,R S:U,C C:N,L,H I:N,L,H A:N,L,H"),
                read(
                    "E:X,H,F,P,U RL:X,U,W,T,O RC:X,C,R,U CR:X,H,M,L IR:X,H,M,L AR:X,H,M,L"
                        + " MAV:X,N,A,L,P MAC:X,L,H MPR:X,N,L,H MUI:X,N,R MS:X,U,C MC:X,N,L,H"
                        + " MI:X,N,L,H MA:X,N,L,H")
            )
        case .v4:
            return (
                read(
                    "AV:N,A,L,P AC:L,H AT:N,P PR:N,L,H UI:N,P,A VC:H,L,N VI:H,L,N VA:H,L,N"
                        + " SC:H,L,N SI:H,L,N SA:H,L,N"),
                read(
                    "E:X,A,P,U CR:X,H,M,L IR:X,H,M,L AR:X,H,M,L MAV:X,N,A,L,P MAC:X,L,H MAT:X,N,P"
                        + " MPR:X,N,L,H MUI:X,N,P,A MVC:X,H,L,N MVI:X,H,L,N MVA:X,H,L,N MSC:X,H,L,N"
                        + " MSI:X,S,H,L,N MSA:X,S,H,L,N S:X,N,P AU:X,N,Y U:X,Clear,Green,Amber,Red")
            )
        }
    }

    static func order(_ pair: (String, String), _ scheme: VersionScheme) -> String {
        do {
            return
                "\(try PackageVersion(pair.0, scheme).order(relativeTo: PackageVersion(pair.1, scheme)))"
        } catch {
            return "refused"
        }
    }
}
