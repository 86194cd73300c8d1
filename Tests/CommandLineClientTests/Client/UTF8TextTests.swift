import Testing

@testable import CommandLineClient

@Suite("Files that are no UTF-8") struct UTF8TextTests {
    @Test("The first wrong byte is named with its line")
    func wrong() {
        let fault = #expect(throws: UTF8Text.Fault.self) {
            try UTF8Text.of(Array("name\nwéb".utf8) + [0xE9, 0x0A])
        }
        #expect(fault?.offset == 9 && fault?.line == 2 && fault?.byte == 0xE9)
    }

    @Test("A text that is cut off within a character is named at its beginning")
    func cutOff() {
        let fault = #expect(throws: UTF8Text.Fault.self) {
            try UTF8Text.of(Array("ab".utf8) + [0xE2, 0x82])
        }
        #expect(fault?.offset == 2 && fault?.line == 1)
    }

    @Test("What is UTF-8 is taken as it is")
    func right() throws {
        #expect(try UTF8Text.of(Array("wéb\n".utf8)) == "wéb\n")
        #expect(try UTF8Text.of([]) == "")
    }
}
