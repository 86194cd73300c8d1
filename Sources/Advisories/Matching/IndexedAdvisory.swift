/// What the index keeps of an advisory.
struct IndexedAdvisory: Sendable {
    typealias Number = VulnerabilityNames.Number

    enum Stanza: Sendable, Hashable {
        case versions(StatedVersions)
        case product(StatedProductVersions)

        var urgency: String? {
            if case .versions(let versions) = self { versions.urgency } else { nil }
        }

        var isProduct: Bool {
            if case .product = self { true } else { false }
        }

        func verdict(on version: ReadVersion) -> StatementVerdict {
            switch self {
            case .versions(let stated): stated.verdict(on: version)
            case .product(let stated): stated.verdict(on: version)
            }
        }
    }

    /// What a statement is about: the advisory's own id, or the vulnerability that a line of VEX
    /// names.
    struct Subject: Sendable, Hashable {
        let name: Number
        /// The vulnerabilities that the name stands for now, best name first.
        var vulnerabilities: [Number] = []
    }

    /// Where a statement stands.
    struct Placement: Sendable, Hashable {
        let key: PackageKey
        let stanza: Int32
        let subject: Int32
    }

    let key: AdvisoryKey
    let modified: UTCTime
    let isWithdrawn: Bool
    let isDisputed: Bool
    let claims: VulnerabilityNames.Claims
    /// Equal ones once.
    let stanzas: [Stanza]
    let placements: [Placement]
    var subjects: [Subject]
    /// Affected packages and products that no package of an inventory can be compared with, as they
    /// have no ecosystem or no package URL.
    let unplaced: Int

    init(_ advisory: Advisory, _ names: inout VulnerabilityNames) {
        key = advisory.documentKey
        modified = advisory.modified
        isWithdrawn = advisory.withdrawn != nil
        isDisputed = advisory.isDisputed
        claims = isWithdrawn ? VulnerabilityNames.Claims() : names.claims(of: advisory)
        var builder = Builder(own: names.add(advisory.id))
        for affected in advisory.affected {
            builder.add(
                .versions(StatedVersions(affected)), subject: 0, PackageKey.all(of: affected))
        }
        for statement in advisory.statements {
            let keys = PackageKey.all(of: statement.product)
            let ecosystem = keys.first?.ecosystem ?? Ecosystem("")
            let subject = builder.subject(names.add(statement.vulnerability))
            builder.add(
                .product(StatedProductVersions(statement, in: ecosystem)), subject: subject, keys)
        }
        stanzas = builder.stanzas
        placements = isWithdrawn ? [] : builder.placements
        subjects = builder.subjects
        unplaced = builder.unplaced
    }

    private struct Builder {
        private(set) var subjects: [Subject]
        private(set) var stanzas: [Stanza] = []
        private(set) var placements: [Placement] = []
        private(set) var unplaced = 0
        private var numbers: [Stanza: Int32] = [:]
        private var places: Set<Placement> = []

        init(own: Number) { subjects = [Subject(name: own)] }

        mutating func subject(_ name: Number) -> Int32 {
            if let place = subjects.firstIndex(where: { $0.name == name }) { return Int32(place) }
            subjects.append(Subject(name: name))
            return Int32(subjects.count - 1)
        }

        mutating func add(_ stanza: Stanza, subject: Int32, _ keys: [PackageKey]) {
            if keys.isEmpty {
                unplaced += 1
                return
            }
            let number = numbers[stanza] ?? Int32(stanzas.count)
            if number == stanzas.count {
                stanzas.append(stanza)
                numbers[stanza] = number
            }
            for key in keys {
                let placement = Placement(key: key, stanza: number, subject: subject)
                if places.insert(placement).inserted { placements.append(placement) }
            }
        }
    }

    /// Whether it says the same, but for the names of vulnerabilities. When it was modified counts
    /// only between lines of VEX.
    func saysTheSame(as other: Self) -> Bool {
        let hasProducts = stanzas.contains(where: \.isProduct)
        return isWithdrawn == other.isWithdrawn && stanzas == other.stanzas
            && placements == other.placements
            && subjects.map(\.name) == other.subjects.map(\.name)
            && (!hasProducts || modified == other.modified)
    }

    /// The vulnerability that it disputes, which it says of one only.
    var disputed: Set<Number> {
        guard isDisputed, !isWithdrawn, let own = subjects.first?.vulnerabilities, own.count == 1
        else { return [] }
        return Set(own)
    }

    func with(_ subjects: [Subject]) -> Self {
        var copy = self
        copy.subjects = subjects
        return copy
    }

    /// Each once, in the order of the statements.
    var keys: [PackageKey] {
        var seen: Set<PackageKey> = []
        return placements.compactMap { seen.insert($0.key).inserted ? $0.key : nil }
    }
}
