import Advisories
import Testing

@Suite("vers ranges: one line for a range of versions")
struct VersRangeTests {
    /// Source: VERS specification, examples.
    @Test(
        "Which versions a range holds",
        arguments: [
            (
                "vers:npm/1.2.3|>=2.0.0|<5.0.0", ["1.2.3", "2.0.0", "4.9.9"],
                ["1.2.2", "1.2.4", "5.0.0"]
            ),
            ("vers:pypi/0.0.0|0.0.1|0.0.2", ["0", "0.0.1", "0.0.2"], ["0.0.3"]),
            (
                "vers:pypi/>=0.8|<0.8.2|>0.9|!=1.0", ["0.8", "0.8.1", "0.9.1", "2"],
                ["0.8.2", "0.9", "1.0"]
            ),
            ("vers:deb/<1.4~rc1", ["1.3", "1.4~beta1"], ["1.4~rc1", "1.4"]),
            ("vers:rpm/*", ["0", "9:9-9"], []),
            ("vers:gem/!=2.0", ["1.9", "2.1"], ["2", "2.0.0"]),
            ("vers:deb/>=1%3A2.0", ["1:2.0", "1:3"], ["2.0", "3"]),
            ("vers:golang/<5.0.0|>=2.0.0", ["2.0.0", "v4.1.0"], ["1.0.0", "v5.0.0"]),
        ])
    func contained(_ text: String, _ inside: [String], _ outside: [String]) throws {
        let range = try VersRange(text)
        for version in inside {
            #expect(try range.contains(PackageVersion(version, range.scheme)), "\(version)")
        }
        for version in outside {
            #expect(try !range.contains(PackageVersion(version, range.scheme)), "\(version)")
        }
    }

    @Test(
        "What is no range is refused",
        arguments: [
            ("", VersRangeError.notVers), (">=1.0", .notVers), ("vls:x", .notVers),
            ("vers:npm", .noConstraints), ("vers:npm/", .noConstraints),
            ("vers:npm/|", .noConstraints), ("vers:cobol/1", .unknownScheme("cobol")),
            ("vers:gem/1|>1.0", .twice("1.0")), ("vers:gem/%4", .badEscape("%4")),
            (
                "vers:gem/>=x",
                .badVersion(
                    VersionError(scheme: .rubygems, text: "x", place: 0, problem: .numberMissing))
            ),
        ])
    func refused(_ text: String, _ error: VersRangeError) {
        #expect(throws: error) { try VersRange(text) }
    }
}
