package import EventSourcing

/// Since when a feed has brought nothing that counts, by the clock of whoever asks: a worker that
/// doesn't run, and a person who doesn't send, can't say so themselves.
package struct FeedSilence: Sendable, Equatable {
    package var isWatched = true
    package var silentAfterSeconds: Int
    /// The last recorded silence, while it lasts.
    package var recorded: Timestamp?
    /// Since when its source is in trouble: nothing can be fetched, or what comes is rejected. What
    /// people send and is rejected is no word of it, and delays its silence by nothing.
    package var troubledSince: Timestamp?
    /// When it was watched, confirmed by an event, and looked at without one.
    package var watchedAt: Timestamp?
    package var confirmedAt: Timestamp?
    package var lookedAt: Timestamp?

    package init(silentAfterSeconds: Int) { self.silentAfterSeconds = silentAfterSeconds }

    /// - Returns: nil while it says enough, or nobody watches it.
    package func since(_ now: Timestamp) -> Timestamp? {
        guard isWatched else { return nil }
        if let recorded { return recorded }
        let good = troubledSince == nil ? lookedAt : nil
        let last = troubledSince ?? [good, confirmedAt, watchedAt].compactMap(\.self).max()
        guard let last, now - last > .seconds(silentAfterSeconds) else { return nil }
        return last
    }
}
