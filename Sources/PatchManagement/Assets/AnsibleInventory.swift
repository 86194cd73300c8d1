/// An Ansible inventory in INI form: hosts with `key=value`, `[group]`, `[group:vars]` and
/// `[group:children]`.
///
/// `ansible_host`, `ansible_port`, `ansible_user` say where a host answers. `patchflow_site`,
/// `patchflow_environment`, `patchflow_criticality`, `patchflow_exposure` and `patchflow_owner`
/// describe it, also without the prefix. A group called lab, staging or production sets the
/// environment where no variable does. Other variables are Ansible's own business.
struct AnsibleInventory {
    private enum Section {
        case hosts(String)
        case variables(String)
        case children(String)
    }

    private typealias Setting = (value: String, line: Int)

    private(set) var faults: [InventoryFault] = []
    /// In the order of their first mention.
    private var hosts: [(name: String, line: Int)] = []
    private var hostSettings: [String: [String: Setting]] = [:]
    /// The groups that name a host, in the order of the file.
    private var memberships: [String: [String]] = [:]
    private var groupSettings: [String: [String: Setting]] = [:]
    private var parents: [String: [String]] = [:]

    mutating func read(_ text: String) {
        var section = Section.hosts("ungrouped")
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = words(of: String(line), line: number)
            guard let first = words.first else { continue }
            if first.hasPrefix("["), let opened = open(words.joined(separator: " "), number) {
                section = opened
            } else if !first.hasPrefix("[") {
                take(words, in: section, number)
            }
        }
    }

    /// The hosts with their settings: a host's own before its groups', a group's before its
    /// parents', and `all` last.
    func entries() -> [InventoryImport.Entry] {
        hosts.map { host in
            var entry = InventoryImport.Entry(place: .line(host.line))
            let groups = lineage(of: memberships[host.name] ?? [])
            for settings in [hostSettings[host.name] ?? [:]]
                + groups.map({ groupSettings[$0] ?? [:] })
            {
                for field in settings.keys where entry.fields[field] == nil {
                    guard let setting = settings[field] else { continue }
                    entry.fields[field] = (setting.value, .line(setting.line))
                }
            }
            entry.fields["name"] = (host.name, .line(host.line))
            if entry.fields["group"] == nil, let group = memberships[host.name]?.first {
                entry.fields["group"] = (group, .line(host.line))
            }
            if entry.fields["environment"] == nil,
                let environment = groups.first(where: { Environment(rawValue: $0) != nil })
            {
                entry.fields["environment"] = (environment, .line(host.line))
            }
            return entry
        }
    }

    /// `groups` and all above them, nearest first, each once.
    private func lineage(of groups: [String]) -> [String] {
        var found: [String] = []
        var next = groups
        while !next.isEmpty {
            found += next.filter { !found.contains($0) }
            next = next.flatMap { parents[$0] ?? [] }.filter { !found.contains($0) }
        }
        return found.contains("all") ? found : found + ["all"]
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
        case .children(let parent): parents[words[0], default: []].append(parent)
        case .variables(let group):
            // `key = value` is allowed here, so the words are put together again.
            let text = words.joined(separator: " ")
            guard let sign = text.firstIndex(of: "=") else {
                fault(line, "variable", text, "a variable is written key=value")
                return
            }
            let key = trimmed(text[..<sign])
            let value = trimmed(text[text.index(after: sign)...])
            if let field = field(of: key, value, line) {
                groupSettings[group, default: [:]][field] = (value, line)
            }
        }
    }

    private mutating func takeHost(_ words: [String], _ group: String, _ line: Int) {
        let name = words[0]
        if name.contains("[") {
            fault(line, "name", name, "ranges are not read: write one host a line")
            return
        }
        if !hosts.contains(where: { $0.name == name }) { hosts.append((name, line)) }
        if !(memberships[name] ?? []).contains(group) {
            memberships[name, default: []].append(group)
        }
        for word in words.dropFirst() {
            guard let sign = word.firstIndex(of: "="), sign != word.startIndex else {
                fault(line, "variable", word, "a variable is written key=value, without spaces")
                continue
            }
            let value = String(word[word.index(after: sign)...])
            if let field = field(of: String(word[..<sign]), value, line) {
                hostSettings[name, default: [:]][field] = (value, line)
            }
        }
    }

    /// The field that variable `key` stands for; nil when it is Ansible's own business.
    private mutating func field(of key: String, _ value: String, _ line: Int) -> String? {
        switch key {
        case "ansible_host", "ansible_ssh_host": return "address"
        case "ansible_port", "ansible_ssh_port": return "port"
        case "ansible_user", "ansible_ssh_user": return "user"
        default:
            let isOwn = key.hasPrefix("patchflow_")
            let field = isOwn ? String(key.dropFirst("patchflow_".count)) : key
            if Self.describing.contains(field) { return field }
            if isOwn {
                fault(
                    line, key, value,
                    "there is no such variable: use "
                        + Self.describing.map { "patchflow_\($0)" }.joined(separator: ", "))
            }
            return nil
        }
    }

    private static let describing = [
        "site", "environment", "group", "criticality", "exposure", "owner",
    ]

    private mutating func fault(_ line: Int, _ field: String, _ value: String, _ problem: String) {
        faults.append(
            InventoryFault(place: .line(line), field: field, value: value, problem: problem))
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
