internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// The rules of the domain, held against the events in the order of the log. It trusts no decider:
/// what isn't in the log doesn't count.
///
/// Of a selection only that is judged which its events alone can show; what would need others is
/// counted in `unjudged`.
struct RuleBook {
    private var judgement: Judgement
    private var people = PeopleRules()
    private var patches = PatchRules()
    private var rollouts = RolloutRules()
    private var policies = PolicyRules()
    private var assets = AssetRules()
    private var inventory = AssetStreamRules()
    private var clouds = CloudRules()
    private var attributes = AttributeRuleRules()
    private var deployments = DeploymentRules()
    private var exceptions = ExceptionRules()
    private var controls = ControlRules()
    private var baselines = BaselineRules()
    private var feeds = FeedRules()
    private var findings = FindingRules()
    private var emergencies = EmergencyRules()
    private var standing = StandingApprovalRules()
    private var disasters = DisasterRules()
    private var log: LogRules

    /// - Parameter signers: The log's keys that have signed the checkpoint.
    init(isWhole: Bool, signers: [VerifierKey]) {
        judgement = Judgement(isWhole: isWhole)
        log = LogRules(signers: signers)
    }

    var unjudged: Int64 { judgement.unjudged }

    /// - Parameters:
    ///   - event: Its stream is known from its first event on.
    ///   - number: Of its stream: 0 for the first that came, then 1, and so on.
    ///   - streams: The numbers of all streams so far.
    ///   - found: Takes what is wrong.
    mutating func read(
        _ event: EntryView, ofStream number: Int, among streams: [StreamKey: Int32],
        _ found: inout AuditFindings
    ) {
        swap(&found, &judgement.findings)
        defer { swap(&found, &judgement.findings) }
        switch event.stream.prefix {
        case StreamKey.deployment:
            deployments.read(event, ofStream: number, &rollouts, &assets, &judgement)
        case StreamKey.rollout: rollouts.read(event, patches, people, &judgement)
        case StreamKey.patch:
            patches.read(event, people, emergencies, standing, &assets, &judgement)
        case StreamKey.emergency: emergencies.read(event, patches, people, &judgement)
        case StreamKey.standingApproval: standing.read(event, people, &judgement)
        case StreamKey.disaster: disasters.read(event, people, &judgement)
        case StreamKey.person: people.read(event, &judgement)
        case StreamKey.policy: policies.read(event, people, &rollouts.freezes, &judgement)
        case StreamKey.freeze: rollouts.freezes.read(event, people, &judgement)
        case StreamKey.cap: rollouts.caps.read(event, people, &judgement)
        case StreamKey.schedule: rollouts.schedules.read(event, people, &judgement)
        case StreamKey.exception: exceptions.read(event, controls, people, &judgement)
        case StreamKey.control: controls.read(event, people, &judgement)
        case StreamKey.baseline: baselines.read(event, people, &judgement)
        case StreamKey.feed: feeds.read(event, people, &judgement)
        case StreamKey.finding:
            let others = others(among: streams)
            findings.read(event, ofStream: number, others, &policies, &judgement)
        case StreamKey.asset:
            inventory.read(
                event, ofStream: number, people, findings, attributes, among: streams, &judgement)
        case StreamKey.cloudAccount: clouds.read(event, people, &judgement)
        case StreamKey.attributeRules: attributes.read(event, people, &judgement)
        case StreamKey.log: log.read(event, &judgement)
        default: judgement.unjudged += 1
        }
    }

    /// The kinds of streams that there are rules for.
    static let judged: Set<UInt32> = [
        StreamKey.deployment, StreamKey.rollout, StreamKey.patch, StreamKey.person,
        StreamKey.policy, StreamKey.freeze, StreamKey.cap, StreamKey.schedule,
        StreamKey.exception, StreamKey.control, StreamKey.baseline, StreamKey.feed,
        StreamKey.finding, StreamKey.emergency,
        StreamKey.standingApproval, StreamKey.disaster, StreamKey.asset, StreamKey.cloudAccount,
        StreamKey.attributeRules, StreamKey.log,
    ]

    private func others(among streams: [StreamKey: Int32]) -> FindingRules.Others {
        let (deployments, assets) = (self.deployments, self.assets)
        return FindingRules.Others(
            people: people, exceptions: exceptions, controls: controls, feeds: feeds,
            succeeded: { deployment, asset in
                guard let number = streams[deployment] else { return nil }
                // An asset that no deployment has come by had none that could succeed.
                let index = assets.knownIndex(of: asset) ?? -1
                return deployments.hasSucceeded(ofStream: Int(number), on: index)
            })
    }
}

/// Where rules say what they found.
struct Judgement {
    /// Of a whole log, what is not there was never there.
    let isWhole: Bool
    var unjudged: Int64 = 0
    var findings = AuditFindings()

    init(isWhole: Bool) { self.isWhole = isWhole }

    mutating func violation(_ rule: String, _ event: EntryView, _ reason: String) {
        findings.violation(rule, event, reason)
    }

    /// Something that the rule looks for isn't in the bundle.
    mutating func absent(_ rule: String, _ event: EntryView, _ reason: String) {
        if isWhole { violation(rule, event, reason) } else { unjudged += 1 }
    }

    /// Decodes an event; nil when it can't be, which is then said.
    mutating func decode<Event: DomainEvent>(_: Event.Type, _ event: EntryView) -> Event? {
        do {
            return try Event(
                type: event.typeText, schemaVersion: Int(event.schemaVersion),
                data: Array(event.data))
        } catch EventCodingError.otherForm {
            unreadable(event)
        } catch let error as EventCodingError {
            unknown(event, "\(error)")
        } catch {
            unreadable(event)
        }
        return nil
    }

    mutating func unknown(_ event: EntryView, _ reason: String) {
        findings.add(
            AuditFinding(
                .incomplete, "\(reason): its rules were not checked", position: event.position,
                stream: event.stream))
    }

    mutating func unreadable(_ event: EntryView) {
        findings.add(
            AuditFinding(
                .violation, "\(event.typeText): its data is not that of such an event",
                position: event.position, stream: event.stream))
    }
}
