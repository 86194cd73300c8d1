import Testing

@testable import PatchManagement

/// The published tables, row by row, and what makes a table one.
@Suite("Decision tables")
struct DecisionTableTests {
    @Test("CISA's remediation timelines are those of BOD 26-04, row by row")
    func remediation() {
        let rows = RemediationRow.published.rows.map { row in
            [
                "\(row.id)", word(row.inputs.isInKEV), word(row.inputs.isPubliclyExposed),
                word(row.inputs.automatable), word(row.inputs.technicalImpact),
                row.timeline.rawValue,
            ]
        }
        #expect(rows == cells(Self.remediationTable))
        #expect(rows.count == 2 * 2 * 2 * 2)
    }

    @Test("The deployer's priorities are those of SSVC, row by row")
    func deployer() {
        let rows = DeployerRow.published.rows.map { row in
            [
                "\(row.id)", word(row.inputs.exploitation), word(row.inputs.exposure),
                word(row.inputs.automatable), word(row.inputs.criticality), row.priority.rawValue,
            ]
        }
        #expect(rows == cells(Self.deployerTable))
        #expect(rows.count == 3 * 3 * 2 * 4)
    }

    @Test("Every combination of inputs has exactly one row, which is found by it")
    func total() {
        func check<Row: DecisionRow>(_ table: DecisionTable<Row>) {
            #expect(Set(Row.combinations).count == Row.combinations.count)
            #expect(table.rows.count == Row.combinations.count)
            for inputs in Row.combinations {
                let matching = table.rows.filter { $0.inputs == inputs }
                #expect(matching.count == 1, "\(inputs)")
                #expect(table[inputs] == matching.first)
            }
        }
        check(RemediationRow.published)
        check(DeployerRow.published)
    }

    @Test("A table with a hole, a double row or a number that comes twice is refused")
    func refused() throws {
        let rows = RemediationRow.published.rows
        #expect(throws: DecisionTableFault.self) {
            try DecisionTable(name: "short", rows: Array(rows.dropLast()))
        }
        let double = RemediationRow(16, .no, .no, .no, .partial, .threeDays)
        #expect(throws: DecisionTableFault.twoRows(table: "double", first: 0, second: 16)) {
            try DecisionTable(name: "double", rows: rows + [double])
        }
        var renumbered = rows
        renumbered[3] = RemediationRow(2, .no, .no, .yes, .partial, .sixtyDays)
        #expect(throws: DecisionTableFault.numberTwice(table: "renumbered")) {
            try DecisionTable(name: "renumbered", rows: renumbered)
        }
    }

    @Test("Days and priorities come to ranks of 0 to 3; only one timeline asks for forensics")
    func ranks() {
        #expect(RemediationTimeline.allCases.map(\.rank) == [0, 1, 2, 3, 3])
        #expect(RemediationTimeline.allCases.filter(\.asksForForensics) == [.threeDaysAndForensics])
        #expect(DeployerPriority.allCases.map(\.rank) == [0, 1, 2, 3])
    }

    @Test("Values are read in any case of letters, and nothing else is")
    func words() {
        #expect(YesNo(word: "Yes") == .yes)
        #expect(Exploitation(word: "PoC") == .publicProof)
        #expect(Exploitation(word: "public POC") == .publicProof)
        #expect(Exploitation(word: "ACTIVE") == .active)
        #expect(Exploitation(word: "None") == .notSeen)
        #expect(TechnicalImpact(word: "Total") == .total)
        #expect(Exposure(word: "Small") == .internal)
        #expect(Exposure(word: "Public") == .open)
        #expect(Criticality(word: "Very High") == .veryHigh)
        for word in ["", "maybe", "yes ", "true"] { #expect(YesNo(word: word) == nil) }
    }

    /// The table's own word.
    private func word(_ value: some DecisionPoint) -> String { value.words[0] }

    private func cells(_ table: String) -> [[String]] {
        table.split(separator: "\n").dropFirst().map { line in
            line.split(separator: "|").map { cell in
                let words = cell.split(separator: " ")
                return words.joined(separator: " ")
            }
        }
    }

    // Source: CISA BOD 26-04, `cisa:DT_BOD2604:1.0.0`.
    private static let remediationTable = """
        row | KEV | exposed | automatable | impact  | remediate
        0   | no  | no      | no          | partial | fix on system upgrade
        1   | yes | no      | no          | partial | 14 days
        2   | no  | yes     | no          | partial | 60 days
        3   | no  | no      | yes         | partial | 60 days
        4   | no  | no      | no          | total   | fix on system upgrade
        5   | yes | yes     | no          | partial | 14 days
        6   | yes | no      | yes         | partial | 14 days
        7   | no  | yes     | yes         | partial | 14 days
        8   | yes | no      | no          | total   | 14 days
        9   | no  | yes     | no          | total   | 14 days
        10  | no  | no      | yes         | total   | 60 days
        11  | yes | yes     | yes         | partial | 3 days
        12  | yes | yes     | no          | total   | 3 days & forensic investigation
        13  | yes | no      | yes         | total   | 3 days & forensic investigation
        14  | no  | yes     | yes         | total   | 3 days
        15  | yes | yes     | yes         | total   | 3 days & forensic investigation
        """

    // Source: SSVC, `ssvc:DT_DP:1.0.0`.
    private static let deployerTable = """
        row | exploitation | exposure   | automatable | impact    | apply
        0   | none         | small      | no          | low       | defer
        1   | none         | small      | no          | medium    | defer
        2   | none         | small      | no          | high      | scheduled
        3   | none         | small      | no          | very high | scheduled
        4   | none         | small      | yes         | low       | defer
        5   | none         | small      | yes         | medium    | scheduled
        6   | none         | small      | yes         | high      | scheduled
        7   | none         | small      | yes         | very high | scheduled
        8   | none         | controlled | no          | low       | defer
        9   | none         | controlled | no          | medium    | scheduled
        10  | none         | controlled | no          | high      | scheduled
        11  | none         | controlled | no          | very high | scheduled
        12  | none         | controlled | yes         | low       | scheduled
        13  | none         | controlled | yes         | medium    | scheduled
        14  | none         | controlled | yes         | high      | scheduled
        15  | none         | controlled | yes         | very high | scheduled
        16  | none         | open       | no          | low       | defer
        17  | none         | open       | no          | medium    | scheduled
        18  | none         | open       | no          | high      | scheduled
        19  | none         | open       | no          | very high | scheduled
        20  | none         | open       | yes         | low       | scheduled
        21  | none         | open       | yes         | medium    | scheduled
        22  | none         | open       | yes         | high      | scheduled
        23  | none         | open       | yes         | very high | out-of-cycle
        24  | public poc   | small      | no          | low       | defer
        25  | public poc   | small      | no          | medium    | scheduled
        26  | public poc   | small      | no          | high      | scheduled
        27  | public poc   | small      | no          | very high | scheduled
        28  | public poc   | small      | yes         | low       | scheduled
        29  | public poc   | small      | yes         | medium    | scheduled
        30  | public poc   | small      | yes         | high      | scheduled
        31  | public poc   | small      | yes         | very high | scheduled
        32  | public poc   | controlled | no          | low       | defer
        33  | public poc   | controlled | no          | medium    | scheduled
        34  | public poc   | controlled | no          | high      | scheduled
        35  | public poc   | controlled | no          | very high | scheduled
        36  | public poc   | controlled | yes         | low       | scheduled
        37  | public poc   | controlled | yes         | medium    | scheduled
        38  | public poc   | controlled | yes         | high      | scheduled
        39  | public poc   | controlled | yes         | very high | out-of-cycle
        40  | public poc   | open       | no          | low       | scheduled
        41  | public poc   | open       | no          | medium    | scheduled
        42  | public poc   | open       | no          | high      | scheduled
        43  | public poc   | open       | no          | very high | out-of-cycle
        44  | public poc   | open       | yes         | low       | scheduled
        45  | public poc   | open       | yes         | medium    | scheduled
        46  | public poc   | open       | yes         | high      | out-of-cycle
        47  | public poc   | open       | yes         | very high | out-of-cycle
        48  | active       | small      | no          | low       | scheduled
        49  | active       | small      | no          | medium    | scheduled
        50  | active       | small      | no          | high      | out-of-cycle
        51  | active       | small      | no          | very high | out-of-cycle
        52  | active       | small      | yes         | low       | scheduled
        53  | active       | small      | yes         | medium    | out-of-cycle
        54  | active       | small      | yes         | high      | out-of-cycle
        55  | active       | small      | yes         | very high | out-of-cycle
        56  | active       | controlled | no          | low       | scheduled
        57  | active       | controlled | no          | medium    | scheduled
        58  | active       | controlled | no          | high      | out-of-cycle
        59  | active       | controlled | no          | very high | out-of-cycle
        60  | active       | controlled | yes         | low       | out-of-cycle
        61  | active       | controlled | yes         | medium    | out-of-cycle
        62  | active       | controlled | yes         | high      | out-of-cycle
        63  | active       | controlled | yes         | very high | out-of-cycle
        64  | active       | open       | no          | low       | scheduled
        65  | active       | open       | no          | medium    | out-of-cycle
        66  | active       | open       | no          | high      | out-of-cycle
        67  | active       | open       | no          | very high | immediate
        68  | active       | open       | yes         | low       | out-of-cycle
        69  | active       | open       | yes         | medium    | out-of-cycle
        70  | active       | open       | yes         | high      | immediate
        71  | active       | open       | yes         | very high | immediate
        """
}
