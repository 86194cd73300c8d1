private import Advisories
internal import JSON

extension PolicyField {
    /// What a value of it may be.
    enum Rule {
        case whole(ClosedRange<Int64>)
        case flag
        /// A fraction from 0 to 1 as text, since stored numbers have none.
        case fraction
        case word([String])
        /// Some of these words, each once, in an order that counts.
        case words([String])
        /// At most so many names, each once.
        case names(Int)
        /// At most so many, each less than the one before.
        case falling(Int, ClosedRange<Int64>)
        case batches
        case vector
        /// A list of `{"model", "score"}`.
        case models
        /// A list of what `ApproverRoleRule` reads.
        case approverRoles
        /// A list of what `MaintenanceWindow` reads.
        case windows
        /// A list of what `ChangeFreeze` reads.
        case freezes
        /// A list of what `HealthProbe` reads.
        case probes
        /// The words of a command.
        case command
    }

    private static let day: Int64 = 86_400
    private static let decade: Int64 = 10 * 366 * 86_400

    var rule: Rule {
        switch self {
        case .slaUrgent, .slaImportant, .slaImportantByScore, .slaNonCritical, .slaNextUpgrade,
            .holdSeconds, .exceptionLongest:
            .whole(1...Self.decade)
        case .warningPercent: .whole(1...99)
        case .epssGeneral: .fraction
        case .epssModels: .models
        case .cvssFloor: .whole(0...100)
        case .cvssVersions: .words(CVSSVersion.allCases.map(\.rawValue))
        case .cvssSources: .names(20)
        case .defaultExposure: .word(Exposure.allCases.map(\.rawValue))
        case .defaultCriticality: .word(Criticality.allCases.map(\.rawValue))
        case .defaultVector: .vector
        case .patchApproval, .patchEvidence, .patchDeferral, .rolloutApproval:
            .whole(3600...2 * 366 * Self.day)
        case .patchQualification: .whole(60...30 * Self.day)
        case .patchRetries, .retries: .whole(0...50)
        case .patchProbes: .whole(1...1000)
        case .patchRetryDelay, .patchProbeDelay, .retryFirstDelay, .retryLongestDelay:
            .whole(1...Self.day)
        case .retryProbeDeadline: .whole(60...7 * Self.day)
        case .healthProbes: .probes
        case .healthInterval: .whole(5...Self.day)
        case .rebootPolicy: .word(RebootPolicy.carriedOut.map(\.rawValue))
        case .rebootReturn: .whole(60...Self.day)
        case .snapshotCommand: .command
        case .snapshotLimit: .whole(1...7200)
        case .snapshotNeededFor: .word(SnapshotRules.Need.allCases.map(\.rawValue))
        case .healthSample: .whole(1...50)
        case .healthAnswers: .whole(1...50)
        case .batchesUrgent, .batchesImportant, .batchesNonCritical: .batches
        case .soakUrgent, .soakImportantFirst, .soakImportant, .soakNonCritical:
            .whole(0...30 * Self.day)
        case .gateMaxFailures, .gateMaxTotal: .whole(0...1_000_000)
        case .gateMaxPercent, .gateMaxAbsent: .whole(0...100)
        case .gateMinSuccess: .whole(1...100)
        case .gateNeedsHealth, .trackOS, .trackThirdParty, .standingUrgent, .standingImportant,
            .standingNonCritical:
            .flag
        case .standingLongest: .whole(3600...366 * Self.day)
        case .gateOnTrip: .word(GateSettings.OnTrip.allCases.map(\.rawValue))
        case .progressDeadline: .whole(60...30 * Self.day)
        case .rolloutCapacity: .whole(1...10_000)
        case .predictedSeconds: .whole(1...Self.day)
        case .exceptionReminders: .falling(10, 1...Self.decade)
        case .approversUrgent, .approversImportant, .approversNonCritical:
            .whole(1...Int64(ApproversByClass.most))
        case .approverRolesUrgent, .approverRolesImportant, .approverRolesNonCritical:
            .approverRoles
        case .maintenanceWindows: .windows
        case .freezes: .freezes
        case .retentionOnline: .whole(0...Self.decade)
        case .retentionEvidence: .whole(RetentionPolicy.leastEvidence...5 * Self.decade)
        case .reviewInterval: .whole(30 * Self.day...366 * Self.day)
        }
    }

    /// Whether null may stand for it, which says that there is none, whatever the levels above say.
    var mayBeNone: Bool {
        switch self {
        case .gateMaxFailures, .gateMaxTotal, .defaultExposure, .defaultCriticality,
            .defaultVector:
            true
        default: false
        }
    }

    /// What is wrong with `value`; nil when it may be.
    func fault(of value: JSONValue) -> FieldFault? {
        if value == .null {
            return mayBeNone
                ? nil
                : FieldFault(
                    field: rawValue, value: "null", rule: "leave it out to take it from above")
        }
        guard let rule = rule.broken(by: value) else { return nil }
        return FieldFault(field: rawValue, value: shown(value), rule: rule)
    }
}

extension PolicyField.Rule {
    /// What `value` should have been; nil when it is.
    func broken(by value: JSONValue) -> String? {
        switch self {
        case .whole(let range):
            return value.integer.map(range.contains) == true
                ? nil : "give a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: return value.bool == nil ? "give true or false" : nil
        case .fraction:
            return value.string.flatMap { Probability($0) } == nil
                ? "give a fraction from 0 to 1 as text, such as \"0.1\"" : nil
        case .word(let words):
            return value.string.map(words.contains) == true
                ? nil : "give one of \(words.joined(separator: ", "))"
        case .words(let words):
            let rule = "list \(words.joined(separator: ", ")), or some of them, each once"
            guard let given = texts(value), !given.isEmpty, given.allSatisfy(words.contains),
                Set(given).count == given.count
            else { return rule }
            return nil
        case .names(let most):
            let rule = "list at most \(most) names of 1 to 100 bytes, each once"
            guard let given = texts(value), given.count <= most, Set(given).count == given.count,
                given.allSatisfy({ FieldFault.inText("", $0, longest: 100) == nil })
            else { return rule }
            return nil
        case .falling(let most, let range):
            let rule = "list at most \(most) whole numbers, each less than the one before"
            guard let values = value.array else { return rule }
            let given = values.compactMap(\.integer)
            let isFalling = zip(given, given.dropFirst()).allSatisfy { $0 > $1 }
            guard given.count == values.count, given.count <= most, isFalling,
                given.allSatisfy(range.contains)
            else { return rule }
            return nil
        case .batches: return batchesRule(value)
        case .vector:
            guard let text = value.string, (try? CVSSVector(text)) != nil else {
                return "give a CVSS vector, such as CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
            }
            return nil
        case .models: return modelsRule(value)
        case .approverRoles: return ApproverRoleRule.fault(of: value)
        case .windows: return WindowCalendar.fault(windows: value)
        case .freezes: return WindowCalendar.fault(freezes: value)
        case .probes: return HealthPolicy.fault(probes: value)
        case .command: return SnapshotRules.fault(command: value)
        }
    }

    private func texts(_ value: JSONValue) -> [String]? {
        guard let values = value.array else { return nil }
        let texts = values.compactMap(\.string)
        return texts.count == values.count ? texts : nil
    }

    private func batchesRule(_ value: JSONValue) -> String? {
        guard let text = value.string, text.utf8.count <= 400 else {
            return "give batches such as 1%,9%,15%,25%,rest"
        }
        do throws(PlanningError) {
            let grammar = try BatchGrammar(text)
            return grammar.sizes.last == .rest
                ? nil : "end with 'rest', so that no number of assets is left over"
        } catch {
            return error.description
        }
    }

    private func modelsRule(_ value: JSONValue) -> String? {
        let rule =
            "list at most 20 of {\"model\": NAME, \"score\": FRACTION AS TEXT}, each model once"
        guard let values = value.array, values.count <= 20 else { return rule }
        var models: Set<String> = []
        for entry in values {
            guard case .object(let members) = entry, members.count == 2,
                let model = members["model"]?.string,
                FieldFault.inText("model", model, longest: 100) == nil,
                models.insert(model.lowercased()).inserted,
                members["score"]?.string.flatMap({ Probability($0) }) != nil
            else { return rule }
        }
        return nil
    }
}

/// `value` as JSON text, for people.
func shown(_ value: JSONValue) -> String {
    String(decoding: storedForm(value), as: UTF8.self)
}
