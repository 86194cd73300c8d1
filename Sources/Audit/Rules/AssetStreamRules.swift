internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Assets: registered before anything else is said of them, described by who may do it, looked at by
/// workers who were asked to, held for findings only by the workflow, and silent once they are
/// decommissioned (I14).
///
/// A third of a log is of assets, and most of that is scans: their members are read in place. What
/// can't be read that way is decoded, so that nothing passes that isn't such an event.
struct AssetStreamRules {
    struct Asked: OptionSet {
        let rawValue: UInt8
        static let inventory = Asked(rawValue: 1)
        static let updates = Asked(rawValue: 2)
    }

    /// What is kept of each asset, since there are many; texts as hashes of this process.
    struct Held {
        var isDecommissioned = false
        var isOverdue = false
        var asked: Asked = []
        /// Of where scans are sent to.
        var host: Int
        var report: TreeHash?
        var offers: TreeHash?
        var bootID: Int?
        var bootIDBefore: Int?
    }

    /// What few assets have.
    struct More {
        var reports: [String: (report: Digest, gathered: Timestamp)] = [:]
        var instance: CloudObservation?
        var isGoneFromCloud = false
        var predecessor: StreamID?
        /// Findings for which it is held.
        var holds: Set<StreamID> = []
        /// Of deployments that wait for a reboot, which boot id they know.
        var awaited: [StreamID: String] = [:]
    }

    /// What the rules look at that is no asset.
    struct Others {
        let people: PeopleRules
        let attributes: AttributeRuleRules
        /// Of a finding, which holds it had on the asset; nil when it isn't in the bundle.
        let holds: (_ finding: StreamKey, _ asset: StreamKey) -> FindingRules.PastHolds?
    }

    static let rule = "asset"

    /// By the number of the stream: where it is in `all`, -1 for what isn't there.
    private var indices: [Int32] = []
    private var all: [Held] = []
    private var more: [Int32: More] = [:]
    /// Lists of offers that were found to be such, by hash: most hosts of a fleet are offered what
    /// others are.
    private var readable: Set<Int> = []
    private static let mostReadable = 10_000

    mutating func read(
        _ event: EntryView, ofStream number: Int, _ people: PeopleRules, _ findings: FindingRules,
        _ attributes: AttributeRuleRules, among streams: [StreamKey: Int32],
        _ judgement: inout Judgement
    ) {
        if let index = index(ofStream: number), readScan(event, index, people, &judgement) {
            return
        }
        guard let read = judgement.decode(AssetEvent.self, event) else { return }
        if case .registered(let registered) = read {
            return register(registered, event, number, people, &judgement)
        }
        guard let index = index(ofStream: number) else {
            return judgement.violation(Self.rule, event, "nobody registered it")
        }
        var (held, more) = (all[index], self.more[Int32(index)] ?? More())
        let others = Others(people: people, attributes: attributes) { finding, asset in
            streams[finding].flatMap { findings.pastHolds(ofStream: Int($0), on: asset) }
        }
        switch read {
        case .registered: break
        case .scanRequested(let requested):
            let host = Self.hash(requested.host)
            Self.request(requested.scan, to: host, &held, event, people, &judgement)
        case .scanConfirmed(let confirmed):
            let digest = TreeHash(bytes: confirmed.digest.bytes)
            Self.confirm(confirmed.scan, digest, &held, event, people, &judgement)
        case .inventoryReported(let reported):
            let digest = TreeHash(bytes: reported.report.bytes)
            Self.report(digest, Self.hash(text: reported.bootID), &held, event, people, &judgement)
        case .updatesOffered(let offered):
            noteReadable(event)
            let digest = TreeHash(bytes: offered.list.bytes)
            Self.offer(digest, &held, event, people, &judgement)
            if offered.total < offered.offers.count {
                judgement.violation(Self.rule, event, "it shows more offers than there are")
            }
        case .scanFailed(let failed):
            Self.checkScan(failed.scan, held, event, people, &judgement)
        case .rebootObserved(let observed):
            observe(observed, held, &more, event, people, &judgement)
        default: judge(read, &held, &more, event, others, &judgement)
        }
        all[index] = held
        keep(more, of: index)
    }

    private mutating func keep(_ more: More, of index: Int) {
        let isEmpty =
            more.reports.isEmpty && more.instance == nil && more.predecessor == nil
            && more.holds.isEmpty && more.awaited.isEmpty
        self.more[Int32(index)] = isEmpty ? nil : more
    }

    private func index(ofStream number: Int) -> Int? {
        guard number < indices.count, indices[number] >= 0 else { return nil }
        return Int(indices[number])
    }

    // MARK: Registration

    private mutating func register(
        _ registered: AssetRegistered, _ event: EntryView, _ number: Int, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        let registration = registered.registration
        let known = index(ofStream: number)
        people.check(
            writerOf: event, as: known == nil ? Writers.register : Writers.registerAgain,
            &judgement)
        if StreamKey(registered.asset) != event.stream
            || StreamKey(registration.asset) != event.stream
        {
            judgement.violation(
                Self.rule, event, "the name '\(registration.name)' is that of another asset")
        }
        if let fault = registration.faults.first {
            judgement.violation(Self.rule, event, "it can't be registered so: \(fault)")
        }
        let host = Self.hash(registration.host)
        if let known {
            Self.needActive(all[known], event, &judgement)
            return all[known].host = host
        }
        if indices.count <= number {
            indices += repeatElement(-1, count: number + 1 - indices.count)
        }
        indices[number] = Int32(all.count)
        all.append(Held(host: host))
    }

    static func needActive(_ held: Held, _ event: EntryView, _ judgement: inout Judgement) {
        if held.isDecommissioned {
            judgement.violation(Self.rule, event, "the asset was decommissioned before")
        }
    }

    // MARK: Scans

    /// - Returns: Whether that was all there is to read: else the event has to be decoded.
    private mutating func readScan(
        _ event: EntryView, _ index: Int, _ people: PeopleRules, _ judgement: inout Judgement
    ) -> Bool {
        guard event.schemaVersion == 1 else { return false }
        var data = JSONMembers(event.data)
        if event.isOf("ScanConfirmed") {
            guard let digest = data.digest("digest"), let scan = Self.scan(data.text("scan"))
            else { return false }
            Self.confirm(scan, digest, &all[index], event, people, &judgement)
        } else if event.isOf("ScanRequested") {
            // Where it is the host that is known, its form is as well.
            guard let host = data.value("host"), Self.hash(host) == all[index].host,
                let scan = Self.scan(data.text("scan"))
            else { return false }
            Self.request(scan, to: all[index].host, &all[index], event, people, &judgement)
        } else if event.isOf("InventoryReported") {
            guard let boot = data.text("boot_id"), data.text("kernel") != nil,
                data.number("packages") != nil, let digest = data.digest("report"),
                let stratum = data.text("stratum"), Self.isStratum(stratum)
            else { return false }
            Self.report(digest, Self.hash(boot), &all[index], event, people, &judgement)
        } else if event.isOf("UpdatesOffered") {
            guard let list = data.digest("list"), let offers = data.value("offers"),
                readable.contains(Self.hash(offers)), data.number("total") != nil
            else { return false }
            Self.offer(list, &all[index], event, people, &judgement)
        } else {
            return false
        }
        return true
    }

    private mutating func noteReadable(_ event: EntryView) {
        var data = JSONMembers(event.data)
        guard let offers = data.value("offers") else { return }
        if readable.count >= Self.mostReadable { readable = [] }
        readable.insert(Self.hash(offers))
    }

    private static func request(
        _ scan: Scan, to host: Int, _ held: inout Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(writerOf: event, as: Writers.scan, &judgement)
        Self.needActive(held, event, &judgement)
        if host != held.host {
            judgement.violation(Self.rule, event, "it is sent to another host than the asset's")
        }
        held.asked.insert(Self.asked(scan))
    }

    private static func confirm(
        _ scan: Scan, _ digest: TreeHash?, _ held: inout Held, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        Self.checkScan(scan, held, event, people, &judgement)
        if digest == nil || digest != (scan == .inventory ? held.report : held.offers) {
            judgement.violation(Self.rule, event, "something else was reported before")
        }
        if scan == .inventory { held.isOverdue = false }
    }

    private static func report(
        _ digest: TreeHash?, _ bootID: Int, _ held: inout Held, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        Self.checkScan(.inventory, held, event, people, &judgement)
        held.report = digest
        held.bootIDBefore = held.bootID
        held.bootID = bootID
        held.isOverdue = false
    }

    private static func offer(
        _ list: TreeHash?, _ held: inout Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        Self.checkScan(.updates, held, event, people, &judgement)
        held.offers = list
    }

    /// What a host says is brought by a worker who was asked to look.
    private static func checkScan(
        _ scan: Scan, _ held: Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(writerOf: event, as: Writers.recordScan, &judgement)
        Self.needActive(held, event, &judgement)
        if !held.asked.contains(Self.asked(scan)) {
            judgement.violation(Self.rule, event, "nobody asked for a scan of its \(scan.rawValue)")
        }
    }

    /// Against the inventory before, or against what a deployment knew that waited for it.
    private func observe(
        _ observed: RebootObserved, _ held: Held, _ more: inout More, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        Self.checkScan(.inventory, held, event, people, &judgement)
        let isKnown =
            held.bootIDBefore == Self.hash(text: observed.before)
            || more.awaited.values.contains(observed.before)
        if observed.before == observed.after || !isKnown
            || held.bootID != Self.hash(text: observed.after)
        {
            judgement.violation(Self.rule, event, "its reports show no such reboot")
        }
        for deployment in observed.deployments ?? []
        where more.awaited.removeValue(forKey: deployment) == nil {
            judgement.violation(Self.rule, event, "\(deployment) waited for no reboot")
        }
    }

    // MARK: Members

    private static func asked(_ scan: Scan) -> Asked {
        switch scan {
        case .inventory: .inventory
        case .updates: .updates
        }
    }

    private static func scan(_ text: UnsafeBufferPointer<UInt8>?) -> Scan? {
        guard let text else { return nil }
        return Scan.allCases.first { $0.rawValue.utf8.elementsEqual(text) }
    }

    /// As `PlatformStratum`: three parts, of which the version may be empty.
    private static func isStratum(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        return text.count { $0 == slash } == 2 && text.first != slash && text.last != slash
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        return hasher.finalize()
    }

    private static func hash(text: String) -> Int {
        var text = text
        return text.withUTF8 { hash($0) }
    }

    private static func hash(_ host: HostAddress) -> Int {
        do {
            return try CanonicalJSON.encode(host).withUnsafeBufferPointer { hash($0) }
        } catch {
            preconditionFailure("an address that was read can be written: \(error)")
        }
    }
}
