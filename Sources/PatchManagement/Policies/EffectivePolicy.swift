private import Advisories
internal import EventSourcing
package import JSON

/// The policy that counts for a path: each value from the lowest scope that sets it, and what it
/// stands before.
package struct EffectivePolicy: Sendable, Equatable {
    /// Whose value it is.
    package struct Source: Sendable, Equatable {
        /// nil for what is built in.
        package let scope: PolicyScope?
        /// Of that scope's policy; 1 for what is built in.
        package let version: Int

        static let builtIn = Source(scope: nil, version: 1)
    }

    package struct Value: Sendable, Equatable {
        package let field: PolicyField
        /// null where there is none.
        package let value: JSONValue
        package let source: Source
        /// The values that it stands before, the nearest first.
        package let hidden: [Hidden]
    }

    package struct Hidden: Sendable, Equatable {
        package let value: JSONValue
        package let source: Source
    }

    package let path: PolicyPath
    /// Of every field, in their order.
    package let values: [Value]
    /// Scopes whose policies don't count here, since together with those above they would make a
    /// policy that can't be.
    package let ignored: [PolicyScope]
    private let versions: [PolicySection: Int]

    /// - Parameters:
    ///   - chain: The published policies on the path, the widest first.
    ///   - builtIn: What counts where none of them says anything.
    init(
        _ path: PolicyPath, _ chain: [PublishedPolicy], ignored: [PolicyScope] = [],
        builtIn: BuiltInNumbers = .own
    ) {
        self.path = path
        self.ignored = ignored
        values = PolicyField.allCases.map { field in
            var found = chain.reversed().compactMap { policy in
                policy.document[field].map {
                    Hidden(
                        value: $0, source: Source(scope: policy.scope, version: policy.version))
                }
            }
            found.append(Hidden(value: builtIn[field], source: .builtIn))
            let first = found.removeFirst()
            return Value(field: field, value: first.value, source: first.source, hidden: found)
        }
        versions = Dictionary(
            uniqueKeysWithValues: PolicySection.allCases.map { section in
                (section, 1 + chain.reduce(0) { $0 + ($1.sections[section] ?? 0) })
            })
    }

    /// Rises with each change of that section in any scope of the path: 1 and the versions in which
    /// each of them changed it last. 1 is what is built in.
    package func version(of section: PolicySection) -> Int { versions[section] ?? 1 }

    package subscript(field: PolicyField) -> JSONValue {
        values.first { $0.field == field }?.value ?? field.builtIn
    }

    // MARK: By what decides

    /// By which findings on the path are classified.
    package var classification: ClassificationPolicy {
        var policy = laid(over: ClassificationPolicy(), .classification)
        policy.version = version(of: .classification)
        let exposure = self[.defaultExposure].string.flatMap(Exposure.init(rawValue:))
        let criticality = self[.defaultCriticality].string.flatMap(Criticality.init(rawValue:))
        let vector = self[.defaultVector].string.flatMap { try? CVSSVector($0) }
        if let site = path.site, exposure != nil || criticality != nil || vector != nil {
            policy.sites = [
                SiteDefaults(
                    site: site, exposure: exposure, criticality: criticality,
                    cvss: vector.map { CVSSRating(source: "policy", vector: $0) })
            ]
        }
        return policy
    }

    package var patch: PatchPolicy {
        var policy = laid(over: PatchPolicy(), .patch)
        // As it was stored before there was a choice.
        if policy.approvers == ApproversByClass() { policy.approvers = nil }
        if policy.approverRoles == ApproverRolesByClass() { policy.approverRoles = nil }
        if policy.standing == StandingPolicy() { policy.standing = nil }
        // No policy lets it go: only the risk owner does, patch by patch.
        policy.needsMatch = true
        return policy
    }

    package var windows: WindowCalendar {
        WindowCalendar(
            windows: self[.maintenanceWindows].array ?? [], freezes: self[.freezes].array ?? [])
    }

    package var retention: RetentionPolicy {
        RetentionPolicy(
            onlineSeconds: self[.retentionOnline].integer.map(Int.init) ?? 0,
            evidenceSeconds: self[.retentionEvidence].integer.map(Int.init)
                ?? Int(RetentionPolicy.leastEvidence))
    }

    package var rollout: Policy {
        var policy = laid(over: Policy(), .rollout)
        // As it was stored before there were probes.
        if policy.health == HealthPolicy() { policy.health = nil }
        if policy.reboot == RebootRules() { policy.reboot = nil }
        if policy.snapshot == SnapshotRules() { policy.snapshot = nil }
        return policy
    }

    package var exceptions: ExceptionPolicy { laid(over: ExceptionPolicy(), .exceptions) }

    /// Which policy a rollout was planned by.
    package var rolloutPin: PolicyPin {
        PolicyPin(version: version(of: .rollout), digest: Digest(of: storedForm(rollout)))
    }

    package func isOn(_ track: FeedRegistration.Track) -> Bool {
        switch track {
        case .os: self[.trackOS].bool ?? true
        case .thirdParty: self[.trackThirdParty].bool ?? true
        }
    }

    /// How long a policy that is published here counts as looked at.
    package var reviewSeconds: Int {
        self[.reviewInterval].integer.map(Int.init) ?? PolicyDecider.longestReviewSeconds
    }

    /// What doesn't fit together in it, though each value may be.
    package var faults: [FieldFault] {
        let rollout = rollout
        let gate = rollout.gate.faults.map { fault in
            FieldFault(field: "rollout.gate", value: "", rule: fault)
        }
        let delays = rollout.retries
        var order: [FieldFault] = []
        if delays.firstDelaySeconds > delays.longestDelaySeconds {
            order.append(
                FieldFault(
                    field: PolicyField.retryFirstDelay.rawValue,
                    value: "\(delays.firstDelaySeconds)",
                    rule: "it is longer than the longest delay, \(delays.longestDelaySeconds)"))
        }
        let classification = classification.faults.map {
            FieldFault(field: "classification.\($0.field)", value: $0.value, rule: $0.rule)
        }
        let exceptions = exceptions.faults.map {
            FieldFault(field: "exceptions.\($0.field)", value: $0.value, rule: $0.rule)
        }
        return classification + gate + order + exceptions
    }

    /// `builtIn` with the values of a section in the place of its own.
    private func laid<Policy: Codable>(over builtIn: Policy, _ section: PolicySection) -> Policy {
        var json = PolicyField.json(of: builtIn)
        for value in values
        where value.field.section == section && !value.field.rawValue.contains(".defaults.") {
            json.put(
                value.value == .null ? nil : value.value, at: value.field.path.dropFirst())
        }
        do {
            return try CanonicalJSON.decode(Policy.self, from: storedForm(json))
        } catch {
            preconditionFailure("values that keep their rules make no \(Policy.self): \(error)")
        }
    }
}

extension PolicyField {
    /// What counts where no policy says anything; null for none.
    package var builtIn: JSONValue { Self.builtIns[self] ?? .null }

    private static let builtIns: [PolicyField: JSONValue] = {
        var policy = Policy()
        policy.batches = BatchesByClass()
        policy.soak = SoakByClass()
        policy.health = HealthPolicy()
        policy.reboot = RebootRules()
        policy.snapshot = SnapshotRules()
        var patch = PatchPolicy()
        patch.approvers = ApproversByClass()
        patch.approverRoles = ApproverRolesByClass()
        patch.standing = StandingPolicy()
        let defaults: [PolicySection: JSONValue] = [
            .classification: json(of: ClassificationPolicy()), .patch: json(of: patch),
            .rollout: json(of: policy), .exceptions: json(of: ExceptionPolicy()),
            .windows: .object(["maintenance": .array([]), "freezes": .array([])]),
            .retention: .object([
                "online_seconds": .integer(0),
                "evidence_seconds": .integer(RetentionPolicy.leastEvidence),
            ]),
            .tracks: .object(["os": .bool(true), "third_party": .bool(true)]),
            .review: .object([
                "interval_seconds": .integer(Int64(PolicyDecider.usualReviewSeconds))
            ]),
        ]
        return Dictionary(
            uniqueKeysWithValues: allCases.map { field in
                (field, defaults[field.section]?.value(at: field.path.dropFirst()) ?? .null)
            })
    }()

    static func json(of value: some Encodable) -> JSONValue {
        do {
            return try CanonicalJSON.decode(JSONValue.self, from: storedForm(value))
        } catch {
            preconditionFailure("what is stored can be read as JSON: \(error)")
        }
    }
}
