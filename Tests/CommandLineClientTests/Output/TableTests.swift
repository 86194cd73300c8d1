import CommandLineClient
import Testing

/// What people see in a terminal.
@Suite struct TableTests {
    private struct Host {
        let name: String
        let count: Int
    }

    private let columns: [Column<Host>] = [
        Column("name") { $0.name }, Column("count", .right) { String($0.count) },
    ]

    @Test func columnsAreAsWideAsTheirWidestCell() {
        let text = Table.text(
            [Host(name: "web1", count: 7), Host(name: "a", count: 1234)], columns)
        #expect(
            text == """
                NAME  COUNT
                web1      7
                a      1234

                """)
    }

    @Test func headersAreBoldWhereThatIsWanted() {
        let text = Table.text([Host(name: "x", count: 1)], columns, isBold: true)
        #expect(text.hasPrefix("\u{1B}[1mNAME  COUNT\u{1B}[0m\n"))
    }

    @Test func textFromHostsCannotSteerTheTerminal() {
        let text = Table.text([Host(name: "a\u{1B}[2J\u{202E}b\nc\td", count: 1)], columns)
        #expect(text.split(separator: "\n").count == 2)
        #expect(text.contains("a [2J b c d"))
    }

    @Test func detailsLeaveOutWhatIsNotThere() {
        let text = Table.details([("patch", "pa_1"), ("class", nil), ("state", "new")])
        #expect(text == "patch  pa_1\nstate  new\n")
    }
}
