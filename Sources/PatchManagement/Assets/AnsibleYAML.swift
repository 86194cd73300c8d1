internal import JSON

/// An Ansible inventory in YAML form: groups with `hosts`, `vars` and `children`, one in another.
struct AnsibleYAML {
    private(set) var hosts = AnsibleHosts()

    /// - Throws: Where the text is no YAML, or of a part of it that isn't read.
    mutating func read(_ text: String) throws(InventoryImportError) {
        let root: YAMLNode
        do {
            root = try YAMLReader.read(text)
        } catch {
            throw InventoryImportError(faults: [
                InventoryFault(
                    place: .line(error.line), field: "inventory", value: "",
                    problem: error.reason)
            ])
        }
        for member in members(of: root, "inventory", "groups with hosts, vars and children") {
            readGroup(member.key, member.value, parent: nil, at: member.line)
        }
    }

    private mutating func readGroup(
        _ name: String, _ node: YAMLNode, parent: String?, at line: Int
    ) {
        guard HostName(name) != nil else {
            return hosts.fault(.line(line), "group", name, HostName.rule)
        }
        if let parent { hosts.addChild(name, of: parent) }
        for member in members(of: node, name, "hosts, vars and children") {
            switch member.key {
            case "hosts":
                for host in members(of: member.value, "hosts", "names, each with a colon") {
                    readHost(host, group: name)
                }
            case "vars":
                let known = hosts.faults.count
                for variable in members(of: member.value, "vars", "variables") {
                    if let text = text(of: variable) {
                        hosts.set(variable.key, text, ofGroup: name, at: .line(variable.line))
                    }
                }
                if hosts.faults.count > known { hosts.doubt(group: name) }
            case "children":
                for child in members(of: member.value, "children", "groups, each with a colon") {
                    readGroup(child.key, child.value, parent: name, at: child.line)
                }
            default:
                hosts.fault(
                    .line(member.line), "group", member.key,
                    "a group has hosts, vars and children, and nothing else")
            }
        }
    }

    private mutating func readHost(_ host: YAMLNode.Member, group: String) {
        let names = hosts.addHosts(host.key, to: group, at: .line(host.line))
        let known = hosts.faults.count
        for variable in members(of: host.value, host.key, "variables") {
            guard let text = text(of: variable) else { continue }
            for name in names {
                let before = hosts.faults.count
                hosts.set(variable.key, text, ofHost: name, at: .line(variable.line))
                // Of a range once is enough.
                if hosts.faults.count > before { break }
            }
        }
        if hosts.faults.count > known { for name in names { hosts.doubt(host: name) } }
    }

    /// The members of `node`; none where nothing is written.
    private mutating func members(
        of node: YAMLNode, _ field: String, _ wanted: String
    ) -> [YAMLNode.Member] {
        switch node.content {
        case .null: return []
        case .mapping(let members): return members
        case .scalar(let text):
            hosts.fault(.line(node.line), field, text, "it is a text: here stand \(wanted)")
        case .sequence:
            hosts.fault(.line(node.line), field, "", "it is a list: here stand \(wanted)")
        }
        return []
    }

    /// The text of a variable; nil when it says nothing, or isn't one of those that are read.
    private mutating func text(of variable: YAMLNode.Member) -> String? {
        guard AnsibleHosts.isOurs(variable.key) else { return nil }
        switch variable.value.content {
        case .null: return nil
        case .scalar(let text): return text
        case .sequence(let elements):
            let texts = elements.compactMap { element -> String? in
                guard case .scalar(let text) = element.content else { return nil }
                return text
            }
            if texts.count == elements.count { return texts.joined(separator: ";") }
        case .mapping: break
        }
        hosts.fault(
            .line(variable.line), variable.key, "", "it is neither a text nor a list of texts")
        return nil
    }
}
