internal import EventSourcing

/// A policy that counts, from its publication until the next one of its scope.
package struct PublishedPolicy: Codable, Sendable, Equatable {
    package let scope: PolicyScope
    /// Of its scope: 1 for the first.
    package let version: Int
    package let document: PolicyDocument
    /// The version in which each section changed last; none for those that it never set.
    package let sections: [PolicySection: Int]

    package init(
        scope: PolicyScope, version: Int, document: PolicyDocument, sections: [PolicySection: Int]
    ) {
        self.scope = scope
        self.version = version
        self.document = document
        self.sections = sections
    }

    private enum CodingKeys: String, CodingKey {
        case scope, version, document, sections
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        scope = try container.decode(PolicyScope.self, forKey: .scope)
        version = try container.decode(Int.self, forKey: .version)
        document = try container.decode(PolicyDocument.self, forKey: .document)
        let names = try container.decode([String: Int].self, forKey: .sections)
        sections = names.reduce(into: [:]) { sections, entry in
            if let section = PolicySection(rawValue: entry.key) { sections[section] = entry.value }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scope, forKey: .scope)
        try container.encode(version, forKey: .version)
        try container.encode(document, forKey: .document)
        let names = Dictionary(uniqueKeysWithValues: sections.map { ($0.key.rawValue, $0.value) })
        try container.encode(names, forKey: .sections)
    }
}

/// The published policies of all scopes, and what they come to.
package struct PolicyBook: Sendable, Equatable {
    package private(set) var policies: [PolicyScope: PublishedPolicy] = [:]

    package init(_ policies: [PublishedPolicy] = []) {
        for policy in policies { put(policy) }
    }

    package mutating func put(_ policy: PublishedPolicy) { policies[policy.scope] = policy }

    /// With a proposal in the place of what its scope has.
    package func with(_ policy: PublishedPolicy) -> PolicyBook {
        var book = self
        book.put(policy)
        return book
    }

    /// The published policies on the way to `path`, the widest first.
    package func chain(to path: PolicyPath) -> [PublishedPolicy] {
        path.scopes.compactMap { policies[$0] }
    }

    /// What counts on `path`. A scope whose policy doesn't fit to those above it, since one of them
    /// changed, is passed over: what is left always can be, and at the end it is what is built in.
    ///
    /// - Parameter builtIn: The numbers that stand below all policies.
    package func effective(
        for path: PolicyPath, on builtIn: BuiltInNumbers = .own
    ) -> EffectivePolicy {
        var kept: [PublishedPolicy] = []
        var ignored: [PolicyScope] = []
        for policy in chain(to: path) {
            let all = kept + [policy]
            if policy.document.countingFaults.isEmpty,
                EffectivePolicy(path, all, builtIn: builtIn).faults.isEmpty
            {
                kept = all
            } else {
                ignored.append(policy.scope)
            }
        }
        return EffectivePolicy(path, kept, ignored: ignored, builtIn: builtIn)
    }

    /// What would not fit together on `path` if every policy on it counted, the scopes that are
    /// ignored now among them.
    package func faults(on path: PolicyPath) -> [FieldFault] {
        let chain = chain(to: path)
        let broken = chain.flatMap(\.document.faults)
        return broken.isEmpty ? EffectivePolicy(path, chain).faults : broken
    }
}
