package import EventSourcing
internal import TransparencyLog

/// An auditor's sample of what happened, with the population that it was drawn from.
package struct AuditSample: Codable, Equatable, Sendable {
    /// So many of the population are in that state, or left out for that reason.
    package struct Count: Codable, Equatable, Sendable {
        package let name: String
        package let count: Int64
    }

    package struct Item: Codable, Equatable, Sendable {
        /// By which it was drawn, in hexadecimal.
        package let rank: String
        package let id: String
        package let state: String
        /// When its first event was recorded.
        package let recordedAt: Timestamp
        /// Of its events; of an approval, of the request and the decision.
        package let positions: [Int64]

        private enum CodingKeys: String, CodingKey {
            case rank, id, state, positions
            case recordedAt = "recorded_at"
        }
    }

    package let algorithm: String
    package let of: SamplePopulation
    /// In decimal.
    package let seed: String
    /// The size that was asked for; the population may be smaller.
    package let asked: Int
    package let origin: String
    /// Events of the log at the checkpoint.
    package let size: Int64
    /// Of the tree at the checkpoint, in base64.
    package let root: String
    /// The key that has signed the checkpoint; nil where none was given to look for.
    package var signedBy: String?
    package let from: Timestamp?
    package let to: Timestamp?
    /// All that there is in the log, counted by first events.
    package let whole: Int64
    /// Those of it that the sample was not drawn from, by reason.
    package let excluded: [Count]
    /// Those that it was drawn from.
    package let population: Int64
    /// The population by state at the checkpoint, sorted by name.
    package let states: [Count]
    /// The states add up to the population, and that with the excluded to the whole.
    package let reconciles: Bool
    /// In the order of their ranks.
    package let items: [Item]

    private enum CodingKeys: String, CodingKey {
        case algorithm, of, seed, asked, origin, size, root, from, to, whole, excluded, population
        case states, reconciles, items
        case signedBy = "signed_by"
    }

    /// Draws a sample from a whole log.
    ///
    /// - Parameters:
    ///   - count: How many to draw; 1 or more.
    ///   - dates: Only of those whose first event was recorded then; of an approval, the decision.
    /// - Throws: `HistoryError`, and what the history's source throws.
    package init(
        of kind: SamplePopulation, _ count: Int, seed: UInt64, dates: RecordedDates?,
        from history: SealedHistory
    ) async throws {
        var fold = PopulationFold(kind)
        try await history.forEach { fold.read($0) }
        let head = history.checkpoint.head
        let draw = SampleDraw(kind, seed: seed, at: head)
        var chosen: [(rank: Digest, place: Int)] = []
        var sides: [RecordedDates.Side: Int64] = [:]
        var states: [String: Int64] = [:]
        for (place, member) in fold.members.enumerated() {
            let moment = Timestamp(microseconds: member.recordedAt)
            let side = dates?.side(of: moment) ?? .within
            sides[side, default: 0] += 1
            guard side == .within else { continue }
            states[fold.state(of: place), default: 0] += 1
            chosen.append((draw.rank(of: fold.id(of: place)), place))
        }
        chosen.sort { $0.rank < $1.rank }
        algorithm = SampleDraw.algorithm
        of = kind
        self.seed = "\(seed)"
        asked = count
        origin = history.checkpoint.origin
        size = head.size
        root = head.root.base64
        from = dates?.from
        to = dates?.to
        whole = fold.begun
        excluded = [(RecordedDates.Side.before, "before the dates"), (.after, "after the dates")]
            .compactMap { side, name in sides[side].map { Count(name: name, count: $0) } }
        population = sides[.within] ?? 0
        self.states = states.sorted { $0.key < $1.key }.map { Count(name: $0.key, count: $0.value) }
        reconciles =
            self.states.reduce(0) { $0 + $1.count } == population
            && excluded.reduce(population) { $0 + $1.count } == whole
        items = chosen.prefix(count).map { rank, place in
            Item(
                rank: rank.description, id: fold.id(of: place), state: fold.state(of: place),
                recordedAt: Timestamp(microseconds: fold.members[place].recordedAt),
                positions: fold.members[place].positions)
        }
    }
}
