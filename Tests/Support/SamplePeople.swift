package import EventSourcing

/// Keys that follow from the person's id, so that a test's texts about somebody are always the same,
/// and under one key.
package enum SampleKeys {
    package static func key(of person: StreamID) -> SubjectKey {
        var random = random(person.text)
        return SubjectKey.fresh(using: &random)
    }

    fileprivate static func random(_ text: String) -> SeededRandom {
        SeededRandom(
            seed: Digest(of: text).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension PersonalText {
    /// `text` as a use case would encrypt it.
    package static func sample(_ text: String, in field: PersonalField) -> PersonalText {
        var random = SampleKeys.random(field.name + text)
        return .encrypted(
            SampleKeys.key(of: field.subject).encrypt(text, in: field, using: &random))
    }
}
