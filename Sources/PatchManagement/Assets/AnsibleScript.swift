private import JSON

/// What an Ansible inventory script prints for `--list`: groups with `hosts`, `vars` and
/// `children`, and the variables of all hosts under `_meta`.
struct AnsibleScript {
    private(set) var hosts = AnsibleHosts()
    private var lines = LinePlaces([])

    /// - Throws: Where the text is no JSON object.
    mutating func read(_ text: String) throws(InventoryImportError) {
        let bytes = Array(text.utf8)
        lines = LinePlaces(bytes)
        let root: JSONNode
        do {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw fault(error.offset, error.reason)
        }
        guard let groups = root.members else {
            throw fault(root.offset, "it is no JSON object: here stand groups and _meta")
        }
        for (name, group) in groups where name != "_meta" { readGroup(name, group) }
        guard let variables = root["_meta"]?["hostvars"] else { return }
        for (name, host) in members(of: variables, "hostvars", "hosts with their variables") {
            // Ansible, too, takes no host from here that no group names.
            hosts.addHost(name, to: nil, at: lines.place(of: host.offset))
            let known = hosts.faults.count
            for (key, value) in members(of: host, name, "variables") {
                if let text = self.text(of: key, value) {
                    hosts.set(key, text, ofHost: name, at: lines.place(of: value.offset))
                }
            }
            if hosts.faults.count > known { hosts.doubt(host: name) }
        }
    }

    private mutating func readGroup(_ name: String, _ group: JSONNode) {
        guard HostName(name) != nil else {
            return hosts.fault(lines.place(of: group.offset), "group", name, HostName.rule)
        }
        // A list alone names the hosts.
        if group.elements != nil { return readHosts(group, of: name) }
        for (key, value) in members(of: group, name, "hosts, vars and children") {
            switch key {
            case "hosts": readHosts(value, of: name)
            case "children":
                for (child, place) in names(in: value, "children") {
                    guard HostName(child) != nil else {
                        hosts.fault(place, "group", child, HostName.rule)
                        continue
                    }
                    hosts.addChild(child, of: name)
                }
            case "vars":
                let known = hosts.faults.count
                for (key, value) in members(of: value, "vars", "variables") {
                    if let text = self.text(of: key, value) {
                        hosts.set(key, text, ofGroup: name, at: lines.place(of: value.offset))
                    }
                }
                if hosts.faults.count > known { hosts.doubt(group: name) }
            default:
                hosts.fault(
                    lines.place(of: value.offset), "group", key,
                    "a group has hosts, vars and children, and nothing else")
            }
        }
    }

    private mutating func readHosts(_ node: JSONNode, of group: String) {
        for (name, place) in names(in: node, "hosts") { hosts.addHost(name, to: group, at: place) }
    }

    private mutating func names(
        in node: JSONNode, _ field: String
    ) -> [(name: String, place: InventoryFault.Place)] {
        guard let elements = node.elements else {
            hosts.fault(lines.place(of: node.offset), field, "", "it is no array of names")
            return []
        }
        var names: [(name: String, place: InventoryFault.Place)] = []
        for element in elements {
            let place = lines.place(of: element.offset)
            if let name = element.string {
                names.append((name, place))
            } else {
                hosts.fault(place, field, element.scalar, "it is no name: a text")
            }
        }
        return names
    }

    private mutating func members(
        of node: JSONNode, _ field: String, _ wanted: String
    ) -> [(name: String, value: JSONNode)] {
        if node.isNull { return [] }
        guard let members = node.members else {
            hosts.fault(
                lines.place(of: node.offset), field, node.scalar,
                "it is no object: here stand \(wanted)")
            return []
        }
        return Array(members)
    }

    /// The text of a variable; nil when it says nothing, or isn't one of those that are read.
    private mutating func text(of key: String, _ value: JSONNode) -> String? {
        guard AnsibleHosts.isOurs(key), !value.isNull else { return nil }
        if let elements = value.elements {
            let texts = elements.compactMap(\.string)
            if texts.count == value.count { return texts.joined(separator: ";") }
        } else if value.kind != .object {
            return value.string ?? value.scalar
        }
        hosts.fault(
            lines.place(of: value.offset), key, "", "it is neither a text nor a list of texts")
        return nil
    }

    private func fault(_ offset: Int, _ reason: String) -> InventoryImportError {
        InventoryImportError(faults: [
            InventoryFault(
                place: lines.place(of: offset), field: "inventory", value: "", problem: reason)
        ])
    }
}

/// Where lines begin, to find that of a byte.
private struct LinePlaces {
    private let ends: [Int]

    init(_ bytes: [UInt8]) { ends = bytes.indices.filter { bytes[$0] == 0x0A } }

    func place(of offset: Int) -> InventoryFault.Place {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return .line(low + 1)
    }
}
