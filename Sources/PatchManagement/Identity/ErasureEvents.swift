package import EventSourcing

/// Somebody asks to erase what events hold of the person. Nothing is erased before another one
/// confirms it.
package struct ErasureRequested: EventPayload {
    package static let type = "ErasureRequested"
    package let by: Actor
    /// In the clear, for good: it must not name the person.
    package let reason: String
    /// Not to be confirmed from then on.
    package let expires: Timestamp

    package init(by: Actor, reason: String, expires: Timestamp) {
        self.by = by
        self.reason = reason
        self.expires = expires
    }
}

/// What events hold of the person is erased: whoever finds the person's key after this destroys it.
/// It ends the person's roles and tokens, since nobody is to act whom nobody can name.
package struct SubjectErased: EventPayload {
    package static let type = "SubjectErased"
    package let by: Actor
    package let requester: Actor
    /// In the clear, for good: it must not name the person.
    package let reason: String
    /// The id of the key that is to be destroyed; nil when there was never one.
    package let key: Digest?
    /// Texts about the person from a time when they weren't encrypted: those stay in the log.
    package let clearTexts: Int
    /// True when that key wasn't there any more, as both people said: what it encrypted could be read
    /// by nobody before. Otherwise nil.
    package let keyMissing: Bool?

    package init(
        by: Actor, requester: Actor, reason: String, key: Digest?, clearTexts: Int,
        keyMissing: Bool = false
    ) {
        self.by = by
        self.requester = requester
        self.reason = reason
        self.key = key
        self.clearTexts = clearTexts
        self.keyMissing = keyMissing ? true : nil
    }

    private enum CodingKeys: String, CodingKey {
        case by, requester, reason, key
        case clearTexts = "clear_texts"
        case keyMissing = "key_missing"
    }
}
