package import EventSourcing
internal import JSON

/// The numbers of a policy by which hosts are asked for their health.
package struct HealthPolicy: Codable, Sendable, Equatable {
    package static let mostProbes = 50

    /// All that a plan may name.
    package var probes: [HealthProbe] = []
    /// From the end of one round to the next.
    package var intervalSeconds = 300
    /// So many hosts of a batch are asked, and as many of those that come after it.
    package var sampleHosts = 5
    /// A round with fewer answers to a probe, and hosts left to answer, is inconclusive.
    package var minAnswers = 3

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case probes
        case intervalSeconds = "interval_seconds"
        case sampleHosts = "sample_hosts"
        case minAnswers = "min_answers"
    }

    /// What is wrong with a policy's list of probes; nil when it may be.
    static func fault(probes value: JSONValue) -> String? {
        guard let entries = value.array, entries.count <= mostProbes else {
            return "list at most \(mostProbes) probes"
        }
        var names: Set<String> = []
        for (place, entry) in entries.enumerated() {
            do throws(PlanningError) {
                let name = try HealthProbe(entry).name
                guard names.insert(name).inserted else { return "two are named '\(name)'" }
            } catch {
                let name = entry["name"]?.string.map { "'\(printable($0))'" } ?? "\(place + 1)"
                return "\(name): \(error)"
            }
        }
        return nil
    }
}

/// How a rollout asks for the health of its hosts, as its plan pins it.
package struct HealthPlan: Codable, Sendable, Equatable {
    /// At most `mostProbes`, in the order in which they were named.
    package let probes: [HealthProbe]
    package let intervalSeconds: Int
    package let sampleHosts: Int
    package let minAnswers: Int
    /// Digest of the `HealthSample` of the plan's batches.
    package let sample: Digest

    package static let mostProbes = 8

    private enum CodingKeys: String, CodingKey {
        case probes, sample
        case intervalSeconds = "interval_seconds"
        case sampleHosts = "sample_hosts"
        case minAnswers = "min_answers"
    }

    /// The probes of `policy` that `names` names; nil for no name.
    ///
    /// - Throws: When the policy has none of a name, or too many are named.
    package init?(
        naming names: [String], in policy: HealthPolicy, batches: [[RolloutTarget]]
    ) throws(PlanningError) {
        guard !names.isEmpty else { return nil }
        guard names.count <= Self.mostProbes else {
            throw PlanningError(
                "probes has \(names.count) names: give at most \(Self.mostProbes)")
        }
        var probes: [HealthProbe] = []
        for name in names {
            guard let probe = policy.probes.first(where: { $0.name == name }) else {
                let known = policy.probes.map(\.name).joined(separator: ", ")
                throw PlanningError(
                    "probes names '\(printable(name))': the policy for rollouts has "
                        + (known.isEmpty ? "no probe, publish one first" : "only \(known)"))
            }
            guard !probes.contains(probe) else {
                throw PlanningError("probes names '\(name)' twice: name each once")
            }
            probes.append(probe)
        }
        self.probes = probes
        intervalSeconds = policy.intervalSeconds
        sampleHosts = policy.sampleHosts
        minAnswers = policy.minAnswers
        sample = HealthSample(of: batches, size: policy.sampleHosts).document.digest
    }

    /// Rounds that must come in a soak: half of those that are due, since each takes its time.
    package func roundsNeeded(inSoakOf seconds: Int) -> Int {
        max(1, seconds / (2 * max(1, intervalSeconds)))
    }

    /// What doesn't fit to the soaks of its plan: a batch that no round falls into would pass
    /// unseen.
    func faults(soakSeconds: [Int], batches: [[RolloutTarget]]) -> [String] {
        var faults: [String] = []
        for (index, soak) in soakSeconds.enumerated()
        where soak < intervalSeconds && batches.indices.contains(index) && !batches[index].isEmpty {
            faults.append(
                "soak_seconds of batch \(index) is \(soak), shorter than the \(intervalSeconds) s "
                    + "between two rounds of probes: soak longer, or lower "
                    + "rollout.health.interval_seconds")
        }
        if sample != HealthSample(of: batches, size: sampleHosts).document.digest {
            faults.append("health.sample is not that of the batches: plan it anew")
        }
        return faults
    }
}

/// The hosts that are asked: the first of each batch, which the plan has ranked so that nobody
/// chooses them. A document of its own, since a plan of 100,000 targets is not read for each round.
package struct HealthSample: Codable, Sendable, Equatable {
    package let batches: [[HostAddress]]

    package init(of batches: [[RolloutTarget]], size: Int) {
        self.batches = batches.map { $0.prefix(max(0, size)).map(\.host) }
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }

    /// Those that `round` is about.
    package func subjects(of round: HealthRound, atMost limit: Int) -> [HostAddress] {
        switch round.kind {
        case .baseline, .soak:
            batches.indices.contains(round.batch) ? Array(batches[round.batch].prefix(limit)) : []
        // The latest first: what breaks late breaks there first.
        case .watch:
            Array(batches.prefix(round.batch + 1).reversed().joined().prefix(limit))
        }
    }

    /// Those that don't have the patch while batch `round.batch` soaks.
    package func control(of round: HealthRound, atMost limit: Int) -> [HostAddress] {
        guard round.kind == .soak else { return [] }
        return Array(batches.dropFirst(round.batch + 1).joined().prefix(limit))
    }
}
