/// An Ansible inventory in INI form: hosts with `key=value`, `[group]`, `[group:vars]` and
/// `[group:children]`.
struct AnsibleInventory {
    private enum Section {
        case hosts(String)
        case variables(String)
        case children(String)
    }

    private(set) var hosts = AnsibleHosts()

    mutating func read(_ text: String) {
        var section = Section.hosts("ungrouped")
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let known = hosts.faults.count
            let words = words(of: String(line), line: number)
            guard let first = words.first else { continue }
            let isDoubtful = hosts.faults.count > known
            if first.hasPrefix("["), let opened = open(words.joined(separator: " "), number) {
                section = opened
            } else if !first.hasPrefix("[") {
                take(words, in: section, number)
                if isDoubtful { doubt(first, in: section) }
            }
        }
    }

    private mutating func open(_ header: String, _ line: Int) -> Section? {
        guard header.hasSuffix("]") else {
            fault(line, "section", header, "a section ends with ']'")
            return nil
        }
        let parts = header.dropFirst().dropLast()
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard HostName(parts[0]) != nil else {
            fault(line, "group", parts[0], HostName.rule)
            return nil
        }
        switch (parts.count, parts.last) {
        case (1, _): return .hosts(parts[0])
        case (2, "vars"): return .variables(parts[0])
        case (2, "children"): return .children(parts[0])
        default:
            fault(line, "section", header, "a section is [group], [group:vars] or [group:children]")
            return nil
        }
    }

    private mutating func take(_ words: [String], in section: Section, _ line: Int) {
        switch section {
        case .hosts(let group): takeHost(words, group, line)
        case .children(let parent): hosts.addChild(words[0], of: parent)
        case .variables(let group):
            // `key = value` is allowed here, so the words are put together again.
            let text = words.joined(separator: " ")
            hosts.doubting(group: group) { hosts in
                guard let sign = text.firstIndex(of: "=") else {
                    let problem = "a variable is written key=value"
                    return hosts.fault(.line(line), "variable", text, problem)
                }
                let key = trimmed(text[..<sign])
                let value = trimmed(text[text.index(after: sign)...])
                hosts.set(key, value, ofGroup: group, at: .line(line))
            }
        }
    }

    /// What stands on the line can't be told from what was meant.
    private mutating func doubt(_ first: String, in section: Section) {
        switch section {
        case .hosts: hosts.doubt(host: first)
        case .variables(let group), .children(let group): hosts.doubt(group: group)
        }
    }

    private mutating func takeHost(_ words: [String], _ group: String, _ line: Int) {
        let names = hosts.addHosts(words[0], to: group, at: .line(line))
        hosts.doubting(hosts: names) { hosts in
            for word in words.dropFirst() {
                guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
                    hosts.fault(
                        .line(line), "variable", word,
                        "a variable is written key=value, without spaces")
                    continue
                }
                let value = String(word[word.index(after: sign)...])
                for name in names {
                    let known = hosts.faults.count
                    hosts.set(String(word[..<sign]), value, ofHost: name, at: .line(line))
                    // Of a range once is enough.
                    if hosts.faults.count > known { break }
                }
            }
        }
    }

    private mutating func fault(_ line: Int, _ field: String, _ value: String, _ problem: String) {
        hosts.fault(.line(line), field, value, problem)
    }

    /// Splits at blanks outside quotes, takes the quotes away, and ends at a comment.
    private mutating func words(of line: String, line number: Int) -> [String] {
        var words: [String] = []
        var word = ""
        var isWord = false
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
                continue
            }
            switch character {
            case "'", "\"":
                quote = character
                isWord = true
            case "#", ";":
                if !isWord {
                    return words
                }
                word.append(character)
            case " ", "\t":
                if isWord { words.append(word) }
                word = ""
                isWord = false
            default:
                word.append(character)
                isWord = true
            }
        }
        if quote != nil { fault(number, "quote", line, "a quote that was opened is not closed") }
        if isWord { words.append(word) }
        return words
    }
}

private func trimmed(_ text: Substring) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
}
