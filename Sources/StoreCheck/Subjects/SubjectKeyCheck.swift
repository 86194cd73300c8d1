package import EventSourcing

/// What an event says about a person's key.
package enum SubjectFact: Sendable, Equatable {
    /// A text is encrypted by it.
    case encrypted(by: Digest)
    /// From here on it is to be gone.
    case erased
}

/// Keys and events agree: what was encrypted can be read, until an event says that it was erased. A
/// key that was made away with otherwise is found here.
package struct SubjectKeyCheck {
    package private(set) var check = Check("subject keys")
    private var people: Int64 = 0
    private var erased: Int64 = 0

    package init() {}

    /// - Parameters:
    ///   - facts: All that the person's stream says, each with its position; read before `key`, and
    ///     again if they don't fit it, since somebody may have been erased in between.
    ///   - key: Of the key that is there; nil when none is.
    /// - Returns: False when they don't agree, and nothing was noted.
    package mutating func take(
        _ subject: StreamID, _ facts: [(position: Int64, fact: SubjectFact)], key: Digest?,
        isLast: Bool
    ) -> Bool {
        var used: (key: Digest, position: Int64)?
        var isErased = false
        for (position, fact) in facts {
            switch fact {
            case .encrypted(let key): used = used ?? (key, position)
            case .erased: isErased = true
            }
        }
        guard let used else { return true }
        if !isErased, used.key != key, !isLast { return false }
        people += 1
        if isErased {
            erased += 1
            guard key != nil else { return true }
            check.attention(
                "\(subject) was erased, and its key is there: a process died before it destroyed "
                    + "it, or it came back with a backup",
                action: "start 'patchflow serve', which destroys it, and take it out of the backups"
            )
        } else if let key, key != used.key {
            check.damaged(
                "the key of \(subject) is \(key), and what was encrypted needs \(used.key)",
                at: used.position, action: Self.restore)
        } else if key == nil {
            check.damaged(
                "the key of \(subject) is missing, though no event says that it was erased",
                at: used.position, action: Self.restore)
        }
        return true
    }

    package mutating func unreadable(_ subject: StreamID, _ reason: String) {
        check.incomplete(
            "the key of \(subject) can't be read: \(reason)", action: "run as the user of 'serve'")
    }

    /// What its stream says lies in an archive that isn't at hand.
    package mutating func away(_ subject: StreamID, _ reason: String) {
        check.incomplete(
            "whether \(subject) needs its key is not known: \(reason)",
            action: StoreFinding.findArchive)
    }

    package mutating func finish() {
        check.hasLooked(
            at: "\(counted(people, "key")) that events are encrypted by, \(erased) of them of the "
                + "erased")
    }

    private static let restore =
        "look whether --subject-keys is the directory of the servers; bring the key back from its "
        + "backup, and find out who took it away"
}
