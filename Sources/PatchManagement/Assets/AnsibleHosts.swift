/// The hosts and groups of an Ansible inventory, in whatever of its forms they were written.
///
/// `ansible_host`, `ansible_port`, `ansible_user` say where a host answers. `patchflow_site`,
/// `patchflow_environment`, `patchflow_criticality`, `patchflow_exposure` and so on describe it;
/// a few of them do without the prefix. A group called lab, staging or production sets the
/// environment where no variable does. Other variables are Ansible's own business.
struct AnsibleHosts {
    typealias Place = InventoryFault.Place
    private typealias Setting = (value: String, place: Place)

    private(set) var faults: [InventoryFault] = []
    /// In the order of their first mention.
    private var hosts: [(name: String, place: Place)] = []
    private var hostSettings: [String: [String: Setting]] = [:]
    /// The groups that name a host, in the order of the text.
    private var memberships: [String: [String]] = [:]
    private var groupSettings: [String: [String: Setting]] = [:]
    private var parents: [String: [String]] = [:]
    private var doubtfulHosts: Set<String> = []
    private var doubtfulGroups: Set<String> = []

    // MARK: Writing down

    /// Names one host, or those of a range.
    ///
    /// - Returns: The names; none when it is no range, which is then said.
    mutating func addHosts(
        _ text: String, to group: String?, at place: Place
    ) -> [String] {
        do throws(AnsibleRange.Fault) {
            let names = try AnsibleRange.hosts(in: text)
            for name in names { addHost(name, to: group, at: place) }
            return names
        } catch {
            fault(place, "name", text, error.problem)
            return []
        }
    }

    mutating func doubt(host name: String) {
        do throws(AnsibleRange.Fault) {
            doubtfulHosts.formUnion(try AnsibleRange.hosts(in: name))
        } catch {
            // It has named no host.
        }
    }

    mutating func doubt(group name: String) { doubtfulGroups.insert(name) }

    /// Does `work`; what it finds wrong makes hosts doubtful.
    mutating func doubting(hosts names: [String], _ work: (inout Self) -> Void) {
        let known = faults.count
        work(&self)
        if faults.count > known { doubtfulHosts.formUnion(names) }
    }

    /// Does `work`; what it finds wrong makes all hosts of a group doubtful.
    mutating func doubting(group name: String, _ work: (inout Self) -> Void) {
        let known = faults.count
        work(&self)
        if faults.count > known { doubtfulGroups.insert(name) }
    }

    mutating func addHost(_ name: String, to group: String?, at place: Place) {
        if hostSettings[name] == nil {
            hostSettings[name] = [:]
            hosts.append((name, place))
        }
        if let group, memberships[name]?.contains(group) != true {
            memberships[name, default: []].append(group)
        }
    }

    mutating func addChild(_ child: String, of parent: String) {
        if parents[child]?.contains(parent) != true {
            parents[child, default: []].append(parent)
        }
    }

    mutating func set(_ key: String, _ value: String, ofHost name: String, at place: Place) {
        if let field = field(of: key, value, place) {
            hostSettings[name, default: [:]][field] = (value, place)
        }
    }

    mutating func set(_ key: String, _ value: String, ofGroup name: String, at place: Place) {
        if let field = field(of: key, value, place) {
            groupSettings[name, default: [:]][field] = (value, place)
        }
    }

    /// Whether `key` describes an asset; what doesn't may have any value.
    static func isOurs(_ key: String) -> Bool {
        connecting[key] != nil || key.hasPrefix(prefix) || unprefixed.contains(key)
    }

    mutating func fault(_ place: Place, _ field: String, _ value: String, _ problem: String) {
        faults.append(InventoryFault(place: place, field: field, value: value, problem: problem))
    }

    // MARK: Reading off

    /// The hosts with their settings: a host's own before its groups', a group's before its
    /// parents', and `all` last.
    func entries() -> [InventoryImport.Entry] {
        hosts.map { host in
            var entry = InventoryImport.Entry(place: host.place)
            let groups = lineage(of: memberships[host.name] ?? [])
            for settings in [hostSettings[host.name] ?? [:]]
                + groups.map({ groupSettings[$0] ?? [:] })
            {
                for field in settings.keys where entry.fields[field] == nil {
                    entry.fields[field] = settings[field]
                }
            }
            entry.isDoubtful =
                doubtfulHosts.contains(host.name) || groups.contains(where: doubtfulGroups.contains)
            entry.fields["name"] = (host.name, host.place)
            if entry.fields["group"] == nil, let group = memberships[host.name]?.first {
                entry.fields["group"] = (group, host.place)
            }
            if entry.fields["environment"] == nil,
                let environment = groups.first(where: { Environment(rawValue: $0) != nil })
            {
                entry.fields["environment"] = (environment, host.place)
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

    // MARK: Variables

    private static let prefix = "patchflow_"
    private static let connecting = [
        "ansible_host": "address", "ansible_ssh_host": "address", "ansible_port": "port",
        "ansible_ssh_port": "port", "ansible_user": "user", "ansible_ssh_user": "user",
    ]
    private static let unprefixed = [
        "site", "environment", "group", "criticality", "exposure", "owner",
    ]
    static let describing = unprefixed + AssetAttributes.fieldNames

    /// The field that variable `key` stands for; nil when it is Ansible's own business.
    private mutating func field(of key: String, _ value: String, _ place: Place) -> String? {
        if let field = Self.connecting[key] { return field }
        if Self.unprefixed.contains(key) { return key }
        guard key.hasPrefix(Self.prefix) else { return nil }
        let field = String(key.dropFirst(Self.prefix.count))
        if Self.describing.contains(field) { return field }
        fault(
            place, key, value,
            "there is no such variable: use "
                + Self.describing.map { Self.prefix + $0 }.joined(separator: ", "))
        return nil
    }
}
