internal import EventSourcing
internal import PatchManagement

/// What events have for streams that can't be read for now, as earlier events of those are archived in
/// a file that isn't at hand. It is kept in notes beside the coordinator's checkpoint, is carried out in
/// its order once the file is back, and holds up no other stream meanwhile.
struct HeldEffects {
    /// What one event has for one stream.
    struct Effect: Codable {
        /// Of the event.
        let position: Int64
        /// As it was before the event; nil where it has none.
        let ledger: RolloutLedger?
    }

    typealias Notes = [String: [UInt8]?]

    private var effects: [StreamID: [Effect]] = [:]

    /// Before all keys that are ids of streams.
    private static let prefix = "held/"
    private static let shelf = 200

    init() {}

    /// Takes up what was kept with the checkpoint of `name`.
    init(_ subscriptions: any SubscriptionStore, name: String) async throws {
        var last = Self.prefix
        while true {
            let notes = try await subscriptions.notes(of: name, after: last, limit: Self.shelf)
            for (key, note) in notes {
                guard key.hasPrefix(Self.prefix) else { return }
                let words = key.split(separator: "/")
                guard words.count == 3, let stream = StreamID(String(words[1])) else { continue }
                // Keys of one stream come in the order of positions.
                effects[stream, default: []].append(
                    try CanonicalJSON.decode(Effect.self, from: note))
            }
            guard let end = notes.last?.key else { return }
            last = end
        }
    }

    var isEmpty: Bool { effects.isEmpty }

    /// By the ids of the streams.
    var streams: [StreamID] { effects.keys.sorted() }

    func holds(_ stream: StreamID) -> Bool { effects[stream] != nil }

    /// In the order of the log.
    func effects(on stream: StreamID) -> [Effect] { effects[stream] ?? [] }

    /// Holds an effect behind those that the stream has; several commands of one event are one.
    mutating func hold(_ effect: Effect, on stream: StreamID, _ notes: inout Notes) throws {
        if effects[stream]?.last?.position == effect.position { return }
        effects[stream, default: []].append(effect)
        notes[Self.key(stream, effect)] = try CanonicalJSON.encode(effect)
    }

    /// The first effect on the stream was carried out.
    mutating func release(on stream: StreamID, _ notes: inout Notes) {
        guard let effect = effects[stream]?.first else { return }
        effects[stream]?.removeFirst()
        if effects[stream]?.isEmpty == true { effects[stream] = nil }
        notes.updateValue(nil, forKey: Self.key(stream, effect))
    }

    private static func key(_ stream: StreamID, _ effect: Effect) -> String {
        let digits = String(effect.position)
        let zeros = String(repeating: "0", count: max(0, 19 - digits.count))
        return "\(prefix)\(stream.text)/\(zeros)\(digits)"
    }
}
