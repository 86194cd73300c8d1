/// The statements on one package name, and between which versions each of them lies.
struct StatementList: Sendable {
    struct Statement: Sendable {
        /// Of the advisory in the index.
        let slot: AdvisoryIndex.Slot
        /// Of the stanza and the subject in the advisory.
        let stanza: Int32
        let subject: Int32
        fileprivate var stretch: Stretch?
    }

    /// A single range with a fix at its end, as most are: outside of it nothing is affected, so
    /// that most questions are answered without a look at the advisory.
    fileprivate struct Stretch {
        let scheme: VersionScheme
        /// In `keys`: where the key of the introduction begins, that of the fix after it, and the
        /// end.
        var introduced: Int32
        var fixed: Int32
        var end: Int32
        /// It begins before every version.
        let isFromStart: Bool
    }

    private(set) var statements: [Statement] = []
    /// Of all stretches, one after the other, so that going through them touches nothing else.
    private var keys: [UInt8] = []

    var isEmpty: Bool { statements.isEmpty }

    mutating func append(
        slot: AdvisoryIndex.Slot, stanza number: Int32, subject: Int32,
        _ stanza: IndexedAdvisory.Stanza
    ) {
        var stretch: Stretch?
        if case .versions(let stated) = stanza, let range = stated.onlyRange,
            let bounds = range.stretch
        {
            let start = Int32(keys.count)
            keys += bounds.introduced?.bytes ?? []
            let middle = Int32(keys.count)
            keys += bounds.fixed.bytes
            stretch = Stretch(
                scheme: range.scheme, introduced: start, fixed: middle, end: Int32(keys.count),
                isFromStart: bounds.introduced == nil)
        }
        statements.append(
            Statement(slot: slot, stanza: number, subject: subject, stretch: stretch))
    }

    mutating func removeAll(of slot: AdvisoryIndex.Slot) {
        let old = self
        self = StatementList()
        for var statement in old.statements where statement.slot != slot {
            if let stretch = statement.stretch {
                let moved = Int32(keys.count) - stretch.introduced
                keys += old.keys[Int(stretch.introduced)..<Int(stretch.end)]
                statement.stretch?.introduced += moved
                statement.stretch?.fixed += moved
                statement.stretch?.end += moved
            }
            statements.append(statement)
        }
    }

    /// Those that say something of a version, as far as it is known without a look at the
    /// advisories.
    ///
    /// - Parameter key: Of the version, by the rules of `scheme`.
    func statements(reaching key: VersionKey, _ scheme: VersionScheme) -> [Statement] {
        var reaching: [Statement] = []
        keys.withUnsafeBufferPointer { keys in
            key.bytes.withUnsafeBufferPointer { key in
                for statement in statements {
                    if let stretch = statement.stretch, stretch.scheme == scheme,
                        stretch.excludes(key, keys)
                    {
                        continue
                    }
                    reaching.append(statement)
                }
            }
        }
        return reaching
    }
}

extension StatementList.Stretch {
    fileprivate func excludes(
        _ key: UnsafeBufferPointer<UInt8>, _ keys: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let fix = UnsafeBufferPointer(rebasing: keys[Int(fixed)..<Int(end)])
        if !precedes(key, fix) { return true }
        if isFromStart { return false }
        return precedes(
            key, UnsafeBufferPointer(rebasing: keys[Int(introduced)..<Int(fixed)]))
    }

    private func precedes(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}
