/// How long to wait before the next try: doubling from `first` up to `most`.
///
/// Not random: what is retried here is spread by its own work already, and a replay stays the same.
package struct Backoff: Sendable {
    package let first: Duration
    package let most: Duration

    package init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
    }

    /// The wait after try number `tries`, from 1.
    package func delay(afterTry tries: Int) -> Duration {
        let doublings = min(max(tries - 1, 0), 30)
        return min(first * (1 << doublings), most)
    }
}
