/// Hosts that an inventory names at once: `db-[01:03]`, `rack-[a:c]`, `web-[0:9:3]`, several in one
/// name. Numbers keep the width that they are written with.
/// Source: Ansible's user guide, "Adding ranges of hosts".
enum AnsibleRange {
    /// A fleet has fewer: a mistyped end should not fill the memory.
    static let mostHosts = 100_000

    struct Fault: Error, Equatable {
        let problem: String
    }

    /// - Returns: The names in order; `name` itself where it has no range.
    static func hosts(in name: String) throws(Fault) -> [String] {
        guard let open = name.firstIndex(of: "[") else { return [name] }
        guard let close = name[open...].firstIndex(of: "]") else {
            throw Fault(problem: "a range ends with ']', such as db-[01:03]")
        }
        let head = String(name[..<open])
        let tails = try hosts(in: String(name[name.index(after: close)...]))
        var names: [String] = []
        for part in try parts(of: name[name.index(after: open)..<close]) {
            guard names.count + tails.count <= mostHosts else {
                throw Fault(problem: "a range names at most \(mostHosts) hosts")
            }
            names += tails.map { head + part + $0 }
        }
        return names
    }

    private static func parts(of range: Substring) throws(Fault) -> [String] {
        let ends = range.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let step = ends.count == 3 ? Int(ends[2]) : 1
        guard ends.count == 2 || ends.count == 3, let step, step > 0 else {
            throw Fault(problem: "a range is [first:last] or [first:last:step]")
        }
        // Without a first one it begins at 0.
        let first = ends[0].isEmpty ? "0" : ends[0]
        if let from = Int(first), let to = Int(ends[1]), from >= 0 {
            guard from <= to else { throw Fault(problem: "the range ends before it begins") }
            guard (to - from) / step < mostHosts else {
                throw Fault(problem: "a range names at most \(mostHosts) hosts")
            }
            return stride(from: from, through: to, by: step).map { number in
                let text = String(number)
                return String(repeating: "0", count: max(0, first.count - text.count)) + text
            }
        }
        guard let from = letter(first), let to = letter(ends[1]), from <= to else {
            throw Fault(
                problem:
                    "a range goes from a number to a larger one, or from a letter to a later one")
        }
        return stride(from: from, through: to, by: step).map { String(UnicodeScalar($0)) }
    }

    private static func letter(_ text: String) -> UInt8? {
        guard text.utf8.count == 1, let byte = text.utf8.first, isAlphanumeric(byte),
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        else { return nil }
        return byte
    }
}
