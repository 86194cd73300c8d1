/// What of an asset may follow from a rule where its owner says nothing.
package enum RuledField: String, Codable, Sendable, CaseIterable, Comparable {
    case group, owner, site, environment, criticality

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A rule that gives attributes to all assets that it matches: `host=web-*` sets `group=web`.
package struct AttributeRule: Codable, Hashable, Sendable {
    package enum Subject: String, Codable, Sendable, CaseIterable, Comparable {
        case host, address, kind, os, location, architecture, image

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// One part of an asset, and what it has to look like: `*` stands for any text, `?` for one
    /// character; case doesn't matter.
    package struct Match: Codable, Hashable, Sendable {
        package let subject: Subject
        package let pattern: String

        package init(subject: Subject, pattern: String) {
            self.subject = subject
            self.pattern = pattern
        }
    }

    package struct Setting: Codable, Hashable, Sendable {
        package let field: RuledField
        package let value: String

        package init(field: RuledField, value: String) {
            self.field = field
            self.value = value
        }
    }

    package let name: String
    /// Rules are asked from the lowest on; of equal ones the name decides. The first that sets a field
    /// has it.
    package let order: Int
    /// All of them have to hold; in the order of subjects.
    package let matches: [Match]
    /// In the order of fields.
    package let sets: [Setting]

    package init(name: String, order: Int, matches: [Match], sets: [Setting]) {
        self.name = name
        self.order = order
        self.matches = matches.sorted { ($0.subject, $0.pattern) < ($1.subject, $1.pattern) }
        self.sets = sets.sorted { ($0.field, $0.value) < ($1.field, $1.value) }
    }

    /// What rules look at.
    package struct Facts: Sendable, Equatable {
        private var texts: [Subject: [String]] = [:]

        /// - Parameter stratum: As the host itself reported; it counts before what is said of it.
        package init(
            _ registration: AssetRegistration, _ attributes: AssetAttributes,
            _ stratum: PlatformStratum? = nil
        ) {
            texts[.host] = [registration.name]
            texts[.address] = [registration.address] + attributes.addresses
            texts[.kind] = [attributes.kind.rawValue]
            texts[.os] = [stratum?.os ?? attributes.os]
            texts[.location] = [attributes.location]
            texts[.architecture] = [stratum?.architecture ?? attributes.architecture]
            texts[.image] = [attributes.image ?? ""]
        }

        func fits(_ match: Match) -> Bool {
            (texts[match.subject] ?? []).contains { text in
                !text.isEmpty && AttributeRule.fits(text, match.pattern)
            }
        }
    }

    func fits(_ facts: Facts) -> Bool { matches.allSatisfy { facts.fits($0) } }

    /// Cost: linear in the text for each star, whatever the pattern.
    static func fits(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) = (Array(text.lowercased()), Array(pattern.lowercased()))
        var (place, at) = (0, 0)
        var star: (at: Int, place: Int)?
        while place < text.count {
            if at < pattern.count, pattern[at] == "*" {
                star = (at, place)
                at += 1
            } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[place] {
                place += 1
                at += 1
            } else if let last = star {
                // The last star takes one character more.
                star = (last.at, last.place + 1)
                place = last.place + 1
                at = last.at + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if HostName(name) == nil {
            faults.append(FieldFault(field: "name", value: name, rule: HostName.rule))
        }
        if !(0...10_000).contains(order) {
            faults.append(
                FieldFault(field: "order", value: "\(order)", rule: "it is between 0 and 10000"))
        }
        if !(1...10).contains(matches.count) {
            faults.append(
                FieldFault(
                    field: "match", value: "\(matches.count)",
                    rule: "1 to 10 say which assets, such as host=web-*"))
        }
        for match in matches where FieldFault.inText("match", match.pattern, longest: 253) != nil {
            faults.append(
                FieldFault(
                    field: "match", value: match.pattern,
                    rule: "1 to 253 bytes without control characters"))
        }
        let fields = sets.map(\.field)
        if fields.isEmpty || Set(fields).count != fields.count {
            faults.append(
                FieldFault(
                    field: "set", value: fields.map(\.rawValue).joined(separator: ", "),
                    rule: "it sets one field at least, such as group=web, and each once"))
        }
        return faults + sets.compactMap(Self.fault)
    }

    private static func fault(_ setting: Setting) -> FieldFault? {
        var registration = AssetRegistration(name: "a", address: "a")
        guard registration.set(setting), !setting.value.isEmpty else {
            let words =
                switch setting.field {
                case .environment: Environment.allCases.map(\.rawValue)
                case .criticality: Criticality.allCases.map(\.rawValue)
                case .group, .owner, .site: ["a name"]
                }
            return FieldFault(
                field: "set.\(setting.field.rawValue)", value: setting.value,
                rule: "it is one of " + words.joined(separator: ", "))
        }
        return registration.faults.first.map {
            FieldFault(field: "set.\($0.field)", value: $0.value, rule: $0.rule)
        }
    }
}

extension AssetRegistration {
    /// - Returns: False for a value that the field can't have.
    mutating func set(_ setting: AttributeRule.Setting) -> Bool {
        switch setting.field {
        case .group: group = setting.value
        case .owner: owner = setting.value
        case .site: site = setting.value
        case .environment:
            guard let value = Environment(rawValue: setting.value) else { return false }
            environment = value
        case .criticality:
            guard let value = Criticality(rawValue: setting.value) else { return false }
            criticality = value
        }
        return true
    }

    /// What it says of `field`, as rules write it.
    package func text(of field: RuledField) -> String {
        switch field {
        case .group: group
        case .owner: owner
        case .site: site
        case .environment: environment.rawValue
        case .criticality: criticality.rawValue
        }
    }
}
