/// Where hosts are offered updates from, as apt names it: `Debian:12.10/stable-security`.
package enum ArchiveOrigin {
    package static let rule =
        "name origins as 'patchflow advisory origins' shows them, such as Debian:12*/stable-security: "
        + "at most 200 printable characters each, '*' for any of them, and at most 50"
    package static let most = 50

    static func isPattern(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether `origin` is meant by `pattern`, in which `*` stands for any characters. Point releases
    /// change the version in an origin, and are the same archive.
    package static func matches(_ origin: String, _ pattern: String) -> Bool {
        let text = Array(origin.utf8)
        let pattern = Array(pattern.utf8)
        var (place, mark) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while place < text.count {
            if mark < pattern.count, pattern[mark] == UInt8(ascii: "*") {
                star = (mark, place)
                mark += 1
            } else if mark < pattern.count, pattern[mark] == text[place] {
                (place, mark) = (place + 1, mark + 1)
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (place, mark) = (last.text + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[mark...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
