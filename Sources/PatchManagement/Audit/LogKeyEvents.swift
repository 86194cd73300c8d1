internal import EventSourcing

/// Another key signs the log from now on, beside the old one until that is destroyed. Whoever believes
/// the old one finds the new one here.
package struct LogKeySucceeded: EventPayload {
    package static let type = "LogKeySucceeded"
    /// Public keys, NAME+HASH+BASE64.
    package let old: String
    package let new: String
    package let reason: String

    package init(old: String, new: String, reason: String) {
        self.old = old
        self.new = new
        self.reason = reason
    }
}

/// The private half of a key that was succeeded is gone: what it alone has signed of a log that holds
/// this event is not the log's.
package struct LogKeyDestroyed: EventPayload {
    package static let type = "LogKeyDestroyed"
    /// The public key, NAME+HASH+BASE64.
    package let key: String
    package let reason: String

    package init(key: String, reason: String) {
        self.key = key
        self.reason = reason
    }
}
