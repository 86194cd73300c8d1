package import EventSourcing
internal import JSON

extension EvidencePack {
    /// Compiles the pack of one patch.
    ///
    /// - Parameters:
    ///   - patch: All events of the patch's stream, in order.
    ///   - rollouts: The same of each of its rollouts.
    ///   - deployments: The same of each deployment of those.
    ///   - targets: The assets that the approval is for; nil when the list isn't at hand.
    ///   - exceptions: The same of each exception for something that the patch is for.
    ///   - names: Of people, by their ids; whoever has none here is shown by the id alone.
    /// - Throws: `EvidenceError` for an event that can't be read.
    package static func compile(
        patch: [RecordedEvent], rollouts: [[RecordedEvent]], deployments: [[RecordedEvent]],
        targets: [StreamID]? = nil, exceptions: [[RecordedEvent]] = [],
        names: [String: String] = [:]
    ) throws(EvidenceError) -> EvidencePack {
        let subject = try subject(patch)
        guard let id = subject.id, let identification = subject.identification else {
            throw EvidenceError(
                position: patch.first?.position ?? 0, problem: "the stream does not begin a patch")
        }
        let own = try Trail(patch)
        let staged = try trails(rollouts)
        let deployed = try trails(deployments)
        let excepted = try trails(exceptions)
        let everything =
            (own.steps + (staged + deployed + excepted).flatMap(\.steps))
            .sorted { $0.event.position < $1.event.position }
        let deeds = everything.compactMap(deed)
        var pack = EvidencePack(
            patch: id, title: identification.title, vendorID: identification.vendorID,
            state: subject.state?.rawValue ?? "", position: everything.last?.event.position ?? 0,
            items: EvidenceInspection(
                own: own, rollouts: staged, deployments: deployed, targets: targets
            ).items(),
            digests: digests(own, staged), deeds: deeds, people: people(in: deeds, names),
            assets: deployed.map(asset), events: everything.map(entry))
        pack.dependents = subject.assessment?.dependents
        pack.exceptions = orNil(try granted(exceptions))
        pack.introducedFlaws = orNil(subject.introducedFlaws.map(flaw))
        pack.mends = orNil(subject.mends)
        return pack
    }

    private static func subject(
        _ events: [RecordedEvent]
    ) throws(EvidenceError) -> PatchManagement.Patch {
        var subject = PatchManagement.Patch()
        for event in events {
            do {
                PatchDecider.evolve(
                    &subject,
                    try PatchEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
            } catch {
                throw EvidenceError(position: event.position, problem: "\(error)")
            }
        }
        return subject
    }

    private static func orNil<Element>(_ list: [Element]) -> [Element]? {
        list.isEmpty ? nil : list
    }

    private static func people(in deeds: [Deed], _ names: [String: String]) -> [Person]? {
        guard !names.isEmpty else { return nil }
        return Set(deeds.flatMap { [$0.who] + ($0.onBehalfOf.map { [$0] } ?? []) }).sorted()
            .compactMap { id in names[id].map { Person(id: id, name: $0) } }
    }

    private static func trails(
        _ streams: [[RecordedEvent]]
    ) throws(EvidenceError) -> [Trail] {
        var trails: [Trail] = []
        for stream in streams where !stream.isEmpty { trails.append(try Trail(stream)) }
        return trails.sorted { $0.first < $1.first }
    }

    private static func digests(_ own: Trail, _ rollouts: [Trail]) -> [NamedDigest] {
        var named: [NamedDigest] = []
        func add(_ what: String, _ value: JSONValue?) {
            guard let digest = value?.string.flatMap({ Digest($0) }) else { return }
            named.append(NamedDigest(what: what, digest: digest))
        }
        add("artefact", own.last("PatchAcquired")?["artefact"])
        for pin in own.last("PatchAcquired")?["pins"]?.array ?? [] {
            let name = pin["name"]?.string ?? ""
            add("package \(name) \(pin["version"]?.string ?? "")", pin["sha256"])
        }
        add("evidence of the test", own.last("QualificationPassed")?["evidence"])
        add("approval of the patch", own.last("PatchApproved")?["digest"])
        for rollout in rollouts {
            add("plan of \(rollout.stream)", rollout.last("RolloutPlanned")?["plan_digest"])
            add("approval of \(rollout.stream)", rollout.last("RolloutApproved")?["plan_digest"])
        }
        return named
    }

    /// Results of workers and changes that follow by themselves are no one's deeds.
    private static func deed(_ step: Trail.Step) -> Deed? {
        let actor = step.event.actor
        switch actor.role {
        case Role.worker.rawValue, Role.workflow.rawValue: return nil
        default:
            return Deed(
                at: step.event.recordedAt, who: actor.id, role: actor.role,
                onBehalfOf: actor.onBehalfOf, what: step.event.type, stream: step.event.stream,
                position: step.event.position)
        }
    }

    private static func entry(_ step: Trail.Step) -> Entry {
        let event = step.event
        return Entry(
            position: event.position, stream: event.stream, version: event.version,
            type: event.type, recorded: event.recordedAt, who: event.actor.id,
            role: event.actor.role, digest: Digest(of: event.data), data: step.stored)
    }

    private static func asset(_ deployment: Trail) -> Asset {
        let order = deployment.last("DeploymentQueued")?["order"]
        let target = order?["target"]
        let succeeded = deployment.last("DeploymentSucceeded")
        let before =
            succeeded?["versions_before"] ?? deployment.last("BackupTaken")?["prior"]
            ?? deployment.last("PrecheckPassed")?["installed"]
        let after =
            deployment.last("RolledBack")?["restored"] ?? succeeded?["versions_after"]
            ?? deployment.last("VerificationFailed")?["report"]?["installed"]
        return Asset(
            asset: target?["asset"]?.string ?? "", name: target?["host"]?["name"]?.string ?? "",
            deployment: deployment.stream, rollout: order?["rollout"]?.string ?? "",
            outcome: deployment.steps.last { $0.data["change"] != nil }?.event.type ?? "open",
            before: packages(before), after: packages(after),
            installed: deployment.steps.last { $0.event.type == "InstallFinished" }?.event
                .recordedAt,
            verified: deployment.steps.last { $0.event.type == "DeploymentSucceeded" }?
                .event.recordedAt,
            outdated: processes(
                deployment.steps.last { $0.data["report"]?["outdated"] != nil }?
                    .data["report"]?["outdated"]))
    }

    private static func processes(_ value: JSONValue?) -> [OutdatedProcess]? {
        value?.array?.compactMap { process in
            guard let pid = process["pid"]?.integer, let name = process["name"]?.string,
                let file = process["file"]?.string
            else { return nil }
            return OutdatedProcess(
                pid: Int(clamping: pid), name: name, service: process["service"]?.string,
                file: file)
        }
    }

    private static func packages(_ value: JSONValue?) -> [PackageSelection] {
        (value?.array ?? []).compactMap { package in
            guard let name = package["name"]?.string, let version = package["version"]?.string
            else { return nil }
            return PackageSelection(
                name: name, architecture: package["architecture"]?.string ?? "", version: version)
        }
    }
}

/// One stream's events with their data read.
struct Trail {
    struct Step {
        let event: RecordedEvent
        /// Exactly what is in the log: what the pack shows.
        let stored: JSONValue
        /// The same in today's form: what the items are judged by.
        let data: JSONValue
    }

    let stream: StreamID
    let steps: [Step]

    var first: Int64 { steps.first?.event.position ?? 0 }

    init(_ events: [RecordedEvent]) throws(EvidenceError) {
        guard let stream = events.first?.stream else {
            throw EvidenceError(position: 0, problem: "there is no event of the patch")
        }
        self.stream = stream
        var steps: [Step] = []
        for event in events {
            do {
                let stored = try CanonicalJSON.decode(JSONValue.self, from: event.data)
                let current = try StoredEventTypes.currentData(of: event)
                let data =
                    current == event.data
                    ? stored : try CanonicalJSON.decode(JSONValue.self, from: current)
                steps.append(Step(event: event, stored: stored, data: data))
            } catch {
                throw EvidenceError(
                    position: event.position, problem: "its data can't be read: \(error)")
            }
        }
        self.steps = steps
    }

    func all(_ type: String) -> [Step] { steps.filter { $0.event.type == type } }

    func last(_ type: String) -> JSONValue? { steps.last { $0.event.type == type }?.data }

    func lastStep(_ type: String) -> Step? { steps.last { $0.event.type == type } }
}
