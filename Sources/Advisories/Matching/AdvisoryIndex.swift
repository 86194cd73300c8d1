/// All advisories, by the packages that they are about: answers which vulnerabilities a package
/// has.
///
/// What it answers depends on the advisories that it holds, never on the order in which they came.
/// Cost: a package costs what there is about its name; versions of advisories are read once, when
/// they come in.
package struct AdvisoryIndex: Sendable {
    typealias Number = VulnerabilityNames.Number
    /// Where an advisory lies; free places are taken again.
    typealias Slot = Int32

    /// The statements on packages of one ecosystem, by the numbers of their lists.
    struct Table: Sendable {
        private var plain: [String: Int32] = [:]
        private var source: [String: Int32] = [:]
        private var binary: [String: Int32] = [:]

        fileprivate(set) subscript(kind: PackageKey.Kind, name: String) -> Int32? {
            get {
                switch kind {
                case .plain: plain.isEmpty ? nil : plain[name]
                case .source: source.isEmpty ? nil : source[name]
                case .binary: binary.isEmpty ? nil : binary[name]
                }
            }
            set {
                switch kind {
                case .plain: plain[name] = newValue
                case .source: source[name] = newValue
                case .binary: binary[name] = newValue
                }
            }
        }
    }

    package let upstream: UpstreamNames
    private(set) var names = VulnerabilityNames()
    private var slots: [AdvisoryKey: Slot] = [:]
    private var advisories: [IndexedAdvisory?] = []
    private var free: [Slot] = []
    private var tables: [Ecosystem: Table] = [:]
    private var statements: [StatementList] = []
    /// How many statements there are on packages of an ecosystem.
    private var counts: [Ecosystem: Int] = [:]
    /// The releases of each distribution that statements have been about, sorted.
    private var releases: [String: [Ecosystem]] = [:]
    /// Who makes statements on a name, by its number.
    private var naming: [[Slot]] = []
    /// Who makes statements on a vulnerability, by the number of its name.
    private var stating: [[Slot]] = []
    package init(upstream: UpstreamNames = .kernels) { self.upstream = upstream }

    /// - Parameter advisories: In any order; of two with one key, the last counts.
    package init(_ advisories: some Sequence<Advisory>, upstream: UpstreamNames = .kernels) {
        self.init(upstream: upstream)
        for advisory in advisories { _ = apply(.put(advisory)) }
    }

    /// How many advisories it holds, withdrawn ones included.
    package var count: Int { slots.count }

    /// How many package names there are statements about.
    package var packageCount: Int { statements.count { !$0.isEmpty } }

    /// How many of an advisory's statements are about what no package of an inventory can be
    /// compared with; nil for an advisory that isn't there.
    package func unplacedStatements(of advisory: AdvisoryKey) -> Int? {
        slots[advisory].map { self[$0].unplaced }
    }

    /// Whether any advisory is about packages of this ecosystem: of its release, or of all of them.
    /// Where none is, no match means nothing.
    package func covers(_ ecosystem: Ecosystem) -> Bool {
        if ecosystem.withWider.contains(where: { counts[$0] != nil }) { return true }
        return !ecosystem.hasRelease
            && releases(of: ecosystem.text).contains { counts[$0] != nil }
    }

    subscript(slot: Slot) -> IndexedAdvisory {
        guard let advisory = advisories[Int(slot)] else {
            preconditionFailure("a statement's advisory is there as long as the statement is")
        }
        return advisory
    }

    func statements(on key: PackageKey) -> StatementList? {
        tables[key.ecosystem].flatMap { statements(on: key.name, key.kind, in: $0) }
    }

    /// nil when there never was a statement about a package of the ecosystem.
    func table(of ecosystem: Ecosystem) -> Table? { tables[ecosystem] }

    func statements(
        on name: String, _ kind: PackageKey.Kind, in table: Table
    ) -> StatementList? {
        table[kind, name].map { statements[Int($0)] }
    }

    /// Releases of a distribution that there may be statements about, in their order.
    func releases(of family: String) -> [Ecosystem] {
        releases[family]?.filter(\.hasRelease) ?? []
    }

    func isDisputed(_ vulnerability: Number) -> Bool {
        stating[Int(vulnerability)].contains { self[$0].disputed.contains(vulnerability) }
    }

    /// Those that make statements on a vulnerability, withdrawn ones included, by their keys.
    func advisories(on vulnerability: Number) -> [IndexedAdvisory] {
        guard Int(vulnerability) < stating.count else { return [] }
        return Set(stating[Int(vulnerability)]).map { self[$0] }.sorted { $0.key < $1.key }
    }

    /// The vulnerabilities that any of their names stands for, best name first; empty when no
    /// advisory has the name.
    package func vulnerabilities(named id: String) -> [String] {
        guard let number = names.number(of: id) else { return [] }
        return names.vulnerabilities(of: number).map { names[$0] }
    }

    /// Its other names, best first.
    package func aliases(of vulnerability: String) -> [String] {
        names.number(of: vulnerability).map { names.aliases(of: $0) } ?? []
    }
}

extension Advisory {
    /// Of the packages that it says something of, sorted.
    package var ecosystems: [Ecosystem] {
        var names = VulnerabilityNames()
        return Set(IndexedAdvisory(self, &names).keys.map(\.ecosystem)).sorted()
    }
}

/// What happens to the advisories of an index.
package enum AdvisoryChange: Sendable {
    /// A new one, or another edition of one that is there.
    case put(Advisory)
    /// It isn't published any more.
    case remove(AdvisoryKey)
}

extension AdvisoryIndex {
    /// - Returns: The packages for which the index may answer otherwise than before, sorted. What
    ///   isn't among them has the same matches as before.
    package mutating func apply(_ change: AdvisoryChange) -> [PackageKey] {
        let advisory: IndexedAdvisory?
        let key: AdvisoryKey
        switch change {
        case .put(let new):
            advisory = IndexedAdvisory(new, &names)
            key = new.documentKey
        case .remove(let old):
            advisory = nil
            key = old
        }
        naming.append(contentsOf: repeatElement([], count: names.count - naming.count))
        stating.append(contentsOf: repeatElement([], count: names.count - stating.count))
        let old = slots[key].map { self[$0] }
        if old == nil && advisory == nil { return [] }
        var changed = Changes()
        let isSame = old.map { old in advisory?.saysTheSame(as: old) ?? false } ?? false
        if !isSame { changed.keys.formUnion((old?.keys ?? []) + (advisory?.keys ?? [])) }
        changed.disputed.formUnion(old?.disputed ?? [])
        let touched = relink(from: old, to: advisory)
        if isSame, let old, let advisory, let slot = slots[key] {
            // It stands where it stood; only the names of what it is about may change.
            advisories[Int(slot)] = advisory.with(old.subjects)
        } else {
            if let old, let slot = slots[key] { take(old, from: slot) }
            if let advisory { put(advisory) }
        }
        for slot in Set(touched.flatMap { naming[Int($0)] }) { resolve(slot, &changed) }
        let disputed = slots[key].map { self[$0].disputed } ?? []
        for vulnerability in changed.disputed.symmetricDifference(disputed) {
            for slot in stating[Int(vulnerability)] { changed.keys.formUnion(self[slot].keys) }
        }
        return changed.keys.sorted()
    }

    private struct Changes {
        var keys: Set<PackageKey> = []
        /// Vulnerabilities that the advisory disputed before it was changed.
        var disputed: Set<Number> = []
    }

    /// - Returns: The ids that may now stand for other vulnerabilities.
    private mutating func relink(
        from old: IndexedAdvisory?, to new: IndexedAdvisory?
    ) -> Set<Number> {
        let (oldClaims, newClaims) = (old?.claims, new?.claims)
        var touched: Set<Number> = []
        for name in (old?.subjects ?? []) + (new?.subjects ?? []) { touched.insert(name.name) }
        guard oldClaims ?? .init() != newClaims ?? .init() else { return touched }
        if let oldClaims {
            touched.formUnion(names.dependents(of: oldClaims.numbers))
            names.unlink(oldClaims)
        }
        if let newClaims {
            names.link(newClaims)
            touched.formUnion(names.dependents(of: newClaims.numbers))
        }
        return touched
    }

    private mutating func put(_ new: IndexedAdvisory) {
        let slot = free.popLast() ?? Slot(advisories.count)
        slots[new.key] = slot
        if Int(slot) == advisories.count { advisories.append(nil) }
        advisories[Int(slot)] = new
        for subject in new.subjects { naming[Int(subject.name)].append(slot) }
        for placement in new.placements {
            counts[placement.key.ecosystem, default: 0] += 1
            statements[number(of: placement.key)].append(
                slot: slot, stanza: placement.stanza, subject: placement.subject,
                new.stanzas[Int(placement.stanza)])
        }
    }

    private mutating func number(of key: PackageKey) -> Int {
        if let number = tables[key.ecosystem]?[key.kind, key.name] { return Int(number) }
        let number = statements.count
        tables[key.ecosystem, default: Table()][key.kind, key.name] = Int32(number)
        statements.append(StatementList())
        let family = key.ecosystem.family
        if releases[family]?.contains(key.ecosystem) != true {
            releases[family, default: []].append(key.ecosystem)
            releases[family]?.sort()
        }
        return number
    }

    private mutating func take(_ old: IndexedAdvisory, from slot: Slot) {
        for placement in old.placements {
            let ecosystem = placement.key.ecosystem
            let count = (counts[ecosystem] ?? 0) - 1
            counts[ecosystem] = count > 0 ? count : nil
        }
        for key in old.keys {
            statements[number(of: key)].removeAll(of: slot)
        }
        for subject in old.subjects {
            naming[Int(subject.name)].removeAll { $0 == slot }
            for vulnerability in subject.vulnerabilities {
                stating[Int(vulnerability)].removeAll { $0 == slot }
            }
        }
        advisories[Int(slot)] = nil
        slots[old.key] = nil
        free.append(slot)
    }

    /// Finds anew which vulnerabilities an advisory's statements are about.
    private mutating func resolve(_ slot: Slot, _ changed: inout Changes) {
        let old = self[slot]
        let new = old.with(
            old.subjects.map { subject in
                IndexedAdvisory.Subject(
                    name: subject.name,
                    vulnerabilities: names.vulnerabilities(of: subject.name))
            })
        if new.subjects == old.subjects { return }
        changed.keys.formUnion(new.keys)
        for vulnerability in Set(old.subjects.flatMap(\.vulnerabilities)) {
            stating[Int(vulnerability)].removeAll { $0 == slot }
        }
        advisories[Int(slot)] = new
        for vulnerability in Set(new.subjects.flatMap(\.vulnerabilities)) {
            stating[Int(vulnerability)].append(slot)
        }
        // Whoever else speaks of a vulnerability that is disputed now, or no longer, is concerned
        // too.
        for vulnerability in old.disputed.symmetricDifference(new.disputed) {
            for slot in stating[Int(vulnerability)] { changed.keys.formUnion(self[slot].keys) }
        }
    }
}
