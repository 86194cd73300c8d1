import Advisories
import Testing

@Suite("CVSS: scores of the specifications' own examples")
struct CVSSScoreTests {
    /// Source: CVSS 2.0 guide, §3.3.
    @Test(
        "2.0, with all three scores",
        arguments: [
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", "7.8 6.4 9.2"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L", "10.0 8.3 9.0"),
            (
                "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M",
                "6.2 4.9 7.5"
            ),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", "6.2 - -"), ("AV:L/AC:H/Au:S/C:N/I:N/A:N", "0.0 - -"),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P/TD:N", "7.5 - 0.0"),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND", "7.5 - -"),
        ])
    func version2(_ text: String, _ scores: String) throws {
        #expect(try written(text) == scores)
    }

    /// Source: "CVSS v3.1 Examples"; the user guide on the environmental score.
    @Test(
        "3.1",
        arguments: [
            ("AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "6.1 6.1 6.1"),
            ("AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", "6.4 6.4 6.4"),
            ("AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", "3.1 3.1 3.1"),
            ("AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", "4.2 4.2 4.2"),
            ("AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "8.8 8.8 8.8"),
            ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "7.5 7.5 7.5"),
            ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8 9.8 9.8"),
            ("AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", "6.8 6.8 6.8"),
            ("AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "6.8 6.8 6.8"),
            ("AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N", "5.8 5.8 5.8"),
            ("AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", "7.4 7.4 7.4"),
            // The changed scope has other constants in the environmental score.
            ("AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", "9.6 9.6 9.7"),
            ("AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", "9.9 9.9 10.0"),
            (
                "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/CR:L/IR:L/AR:L/MAV:L",
                "9.8 8.8 5.9"
            ),
            ("AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "0.0 0.0 0.0"),
        ])
    func version31(_ text: String, _ scores: String) throws {
        #expect(try written("CVSS:3.1/" + text) == scores)
    }

    @Test("3.0 keeps the constants of the base score for the environmental one")
    func version30() throws {
        #expect(try written("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H") == "9.6 9.6 9.6")
        #expect(try written("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N") == "6.8 6.8 6.8")
    }

    /// Source: "CVSS v4.0 Examples"; the specification's calculator.
    @Test(
        "4.0",
        arguments: [
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "10.0 - -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "9.3 - -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P", "9.3 8.9 -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U", "10.0 9.1 -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", "8.7 8.7 -"),
            ("AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "7.3 - -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", "5.1 - -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N/MSI:S", "6.9 - 8.9"),
            ("AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", "1.0 - -"),
            ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/E:A/R:U/U:Red", "0.0 0.0 -"),
        ])
    func version4(_ text: String, _ scores: String) throws {
        #expect(try written("CVSS:4.0/" + text) == scores)
    }

    @Test("Severities begin where the scales say")
    func severities() {
        let steps: [(Int, CVSSSeverity, CVSSSeverity)] = [
            (0, .none, .low), (1, .low, .low), (39, .low, .low), (40, .medium, .medium),
            (69, .medium, .medium), (70, .high, .high), (89, .high, .high), (90, .critical, .high),
            (100, .critical, .high),
        ]
        for (tenths, now, then) in steps {
            let score = CVSSScore(tenths: tenths)
            for version in [CVSSVersion.v30, .v31, .v4] {
                #expect(CVSSSeverity(score, version) == now)
            }
            #expect(CVSSSeverity(score, .v2) == then)
        }
    }

    @Test("The order of metrics doesn't matter")
    func anyOrder() throws {
        let text = "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N"
        #expect(try written(text) == "9.8 9.8 9.8")
    }

    @Test(
        "What is no vector is refused, with the place and the reason",
        arguments: [
            ("", CVSSVectorError.Problem.empty, 0), ("CVSS:3.2/AV:N", .unknownVersion, 0),
            ("CVSS:3.1", .unknownVersion, 0), ("cvss:3.1/AV:N", .unknownMetric, 0),
            ("CVSS:3.1/AV:N/AC", .noValue, 14), ("CVSS:3.1/AV:N//AC:L", .noValue, 14),
            ("CVSS:3.1/AV:N/", .noValue, 14), ("CVSS:3.1/AV:Z", .unknownValue, 12),
            ("CVSS:3.1/AV:NN", .unknownValue, 12), ("CVSS:3.1/av:N", .unknownMetric, 9),
            ("CVSS:3.1/AT:N", .unknownMetric, 9), ("CVSS:3.1/AV:N/AV:N", .twice, 14),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", .missing("A"), 40),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P/PR:N", .unknownMetric, 27),
            ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", .unknownMetric, 0),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N", .unknownValue, 57),
            ("CVSS:4.0/" + String(repeating: "AV:N/", count: 200), .tooLong, 512),
        ])
    func refused(_ text: String, _ problem: CVSSVectorError.Problem, _ place: Int) {
        let error = #expect(throws: CVSSVectorError.self) { try CVSSVector(text) }
        #expect(error == CVSSVectorError(text: text, place: place, problem: problem))
    }

    private func written(_ text: String) throws -> String {
        let scores = try CVSSVector(text).scores
        return [scores.base, scores.temporal, scores.environmental]
            .map { $0?.description ?? "-" }.joined(separator: " ")
    }
}
