package import EventSourcing
private import FoundationEssentials

/// All rules, as their events leave them.
package struct AttributeRules: Sendable, Equatable {
    /// In the order in which they are asked.
    package private(set) var rules: [AttributeRule] = []

    package init() {}

    package mutating func put(_ rule: AttributeRule) {
        rules.removeAll { $0.name == rule.name }
        rules.append(rule)
        rules.sort { ($0.order, $0.name) < ($1.order, $1.name) }
    }

    package mutating func remove(_ name: String) { rules.removeAll { $0.name == name } }

    /// An asset as it comes out of the rules.
    package struct Outcome: Sendable, Equatable {
        package let registration: AssetRegistration
        package let origins: AttributeOrigins

        package init(registration: AssetRegistration, origins: AttributeOrigins) {
            self.registration = registration
            self.origins = origins
        }
    }

    /// What was given stays; of what is open, each field has the value of the first rule that matches
    /// and sets it, else the usual one.
    package func applied(
        to registration: AssetRegistration, _ facts: AttributeRule.Facts, given: Set<RuledField>
    ) -> Outcome {
        let usual = AssetRegistration(name: registration.name, address: registration.address)
        var outcome = registration
        var origins: [RuledField: AttributeOrigins.Origin] = [:]
        for field in RuledField.allCases {
            if given.contains(field) {
                origins[field] = .given
                continue
            }
            let deciding = rules.first { rule in
                rule.sets.contains { $0.field == field } && rule.fits(facts)
            }
            let value = deciding?.sets.first { $0.field == field }?.value
            _ = outcome.set(
                AttributeRule.Setting(field: field, value: value ?? usual.text(of: field)))
            if let deciding { origins[field] = .rule(deciding.name) }
        }
        return Outcome(registration: outcome, origins: AttributeOrigins(origins))
    }

    /// The rules on an asset of a list: they look at what the list says, and for what it leaves open at
    /// what is known, so that an import changes nothing that a report made of them.
    ///
    /// - Parameter known: As it was before; nothing for a new one.
    package func applied(to given: GivenAsset, known: Asset) -> Outcome {
        let registration = given.asset.registration
        return applied(
            to: registration,
            AttributeRule.Facts(
                registration, given.asset.attributes.filled(from: known.attributes),
                known.stratum), given: given.given)
    }

    /// The rules once more on an asset that is known: what its owner gave stays. Of an asset from
    /// before there were rules, whatever isn't the usual value was given.
    ///
    /// - Returns: nil for an asset that isn't there, or no longer.
    package func reapplied(to asset: Asset) -> Outcome? {
        guard let registration = asset.registration, !asset.isDecommissioned else { return nil }
        let usual = AssetRegistration(name: registration.name, address: registration.address)
        let given = RuledField.allCases.filter { field in
            asset.origins?.origins[field].map { $0 == .given }
                ?? (asset.origins == nil
                    && registration.text(of: field) != usual.text(of: field))
        }
        return applied(
            to: registration, AttributeRule.Facts(registration, asset.attributes, asset.stratum),
            given: Set(given))
    }

    /// The stream of all rules.
    package static let stream = StreamID(
        prefix: AttributeRuleDecider.prefix,
        .version5(
            namespace: UUID(
                uuid: (
                    0x7d, 0x21, 0x0b, 0xc4, 0x18, 0xe6, 0x5f, 0x90, 0xa3, 0x57, 0x44, 0x2e, 0x6b,
                    0x19, 0xd0, 0x25
                )), name: "attribute rules"))
}

/// Where the attributes of an asset come from that rules may set; what neither was given nor follows
/// from a rule has its usual value.
package struct AttributeOrigins: Sendable, Equatable {
    package enum Origin: Sendable, Hashable {
        case given
        /// By its name.
        case rule(String)

        package var text: String {
            switch self {
            case .given: "given"
            case .rule(let name): "rule \(name)"
            }
        }
    }

    package let origins: [RuledField: Origin]

    package init(_ origins: [RuledField: Origin]) { self.origins = origins }

    /// Whether any rule says something of it.
    package var hasRules: Bool { origins.values.contains { $0 != .given } }

    /// By the names of fields, in words.
    package var texts: [String: String] {
        Dictionary(
            origins.map { ($0.key.rawValue, $0.value.text) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension AttributeOrigins: Codable {
    package init(from decoder: any Decoder) throws {
        let texts = try [String: String](from: decoder)
        var origins: [RuledField: Origin] = [:]
        for (name, text) in texts {
            // A field that a newer program lets rules set says nothing here.
            guard let field = RuledField(rawValue: name) else { continue }
            origins[field] = text.hasPrefix("rule ") ? .rule(String(text.dropFirst(5))) : .given
        }
        self.origins = origins
    }

    package func encode(to encoder: any Encoder) throws { try texts.encode(to: encoder) }
}

/// Where an asset's attributes come from differs from what was known.
package struct AttributeOriginsNoted: EventPayload {
    package static let type = "AttributeOriginsNoted"
    package let origins: AttributeOrigins
    package let by: Actor
}

package enum AttributeRuleCommand: Sendable, Equatable {
    /// Makes a rule, or replaces the one of that name.
    case set(AttributeRule)
    case remove(name: String, reason: String)
}

/// The rules by which assets get their attributes.
package enum AttributeRuleDecider: Decider {
    package static let prefix = "ar"
    package static var initialState: AttributeRules { AttributeRules() }
    static let mostRules = 500

    package static func decide(
        _ command: AttributeRuleCommand, _ context: CommandContext, _ state: AttributeRules
    ) throws(AttributeRuleRejection) -> [AttributeRuleEvent] {
        switch command {
        case .set(let rule):
            if let fault = rule.faults.first { throw .badField(fault) }
            let known = state.rules.first { $0.name == rule.name }
            guard known != nil || state.rules.count < mostRules else {
                throw .tooManyRules(mostRules)
            }
            return known == rule ? [] : [.set(AttributeRuleSet(rule: rule, by: context.actor))]
        case .remove(let name, let reason):
            if let fault = FieldFault.inText("reason", reason, longest: 4000) {
                throw .badField(fault)
            }
            guard state.rules.contains(where: { $0.name == name }) else {
                throw .unknown(name, known: state.rules.map(\.name))
            }
            return [
                .removed(AttributeRuleRemoved(name: name, reason: reason, by: context.actor))
            ]
        }
    }

    package static func evolve(_ state: inout AttributeRules, _ event: AttributeRuleEvent) {
        switch event {
        case .set(let set): state.put(set.rule)
        case .removed(let removed): state.remove(removed.name)
        }
    }
}

package enum AttributeRuleEvent: DomainEvent {
    case set(AttributeRuleSet)
    case removed(AttributeRuleRemoved)

    package var payload: any EventPayload {
        switch self {
        case .set(let payload): payload
        case .removed(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case AttributeRuleSet.type: self = .set(try .decode(schemaVersion: version, data: data))
        case AttributeRuleRemoved.type:
            self = .removed(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// A rule counts from now on; assets follow when they are imported or reported on, or when somebody
/// applies the rules.
package struct AttributeRuleSet: EventPayload {
    package static let type = "AttributeRuleSet"
    package let rule: AttributeRule
    package let by: Actor
}

package struct AttributeRuleRemoved: EventPayload {
    package static let type = "AttributeRuleRemoved"
    package let name: String
    package let reason: String
    package let by: Actor
}

package enum AttributeRuleRejection: DomainRejection {
    case badField(FieldFault)
    case tooManyRules(Int)
    case unknown(String, known: [String])

    package var kind: RejectionKind {
        switch self {
        case .badField, .tooManyRules, .unknown: .invalid
        }
    }

    package var code: String {
        switch self {
        case .badField(let fault): "bad-\(fault.field)"
        case .tooManyRules: "too-many-rules"
        case .unknown: "unknown-rule"
        }
    }

    package var message: String {
        switch self {
        case .badField(let fault): fault.description
        case .tooManyRules(let most): "there are \(most) rules already: remove one first"
        case .unknown(let name, let known):
            "there is no rule '\(printable(name))': "
                + (known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))")
        }
    }
}
