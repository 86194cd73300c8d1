import APIContract
import Testing

@Suite struct CSVTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""),
        ("two\nlines", "\"two\nlines\""), ("=1+1", "'=1+1"), ("@cmd", "'@cmd"), ("-1.5", "-1.5"),
        ("-x", "'-x"), ("", ""), ("\r", "\"'\r\""),
    ])
    func aCellKeepsItsTextAndIsNoFormula(text: String, cell: String) {
        #expect(CSVText.table(["a"], [[text]]) == "a\r\n\(cell)\r\n")
    }

    @Test func whatNobodySaidIsEmpty() {
        #expect(CSVText.table(["a", "b"], [[nil, "x"], ["y", nil]]) == "a,b\r\n,x\r\ny,\r\n")
    }

    @Test func everyRowOfAReportHasACellForEachColumn() {
        let metric = MetricRow(
            metric: "coverage", statistic: "share", riskClass: "all", unit: "percent",
            denominator: 0, unknown: 0, note: "no figure", definition: "d")
        #expect(metric.cells.count == MetricRow.columns.count)
        let sla = SLARow(
            riskClass: "all", open: 6, inTime: 4, dueInThreeDays: 1, dueInSevenDays: 2,
            dueInFourteenDays: 3, breached: 2, withoutDeadline: 0)
        #expect(sla.cells.count == SLARow.columns.count)
        let report = ReportResource(
            report: "sla", position: 7, to: "2026", filter: ReportFilter(), by: "class",
            rows: [sla])
        #expect(
            report.csv
                == "group,risk_class,open,in_time,due_in_three_days,due_in_seven_days,"
                + "due_in_fourteen_days,breached,without_deadline,from,to,position\r\n"
                + ",all,6,4,1,2,3,2,0,,2026,7\r\n")
    }
}
