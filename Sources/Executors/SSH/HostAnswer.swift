private import EventSourcing
private import FoundationEssentials
import PatchManagement

/// The lines of a host's answer, each a key and what belongs to it. They are hostile: what can't
/// be understood, or is outside an allow-list, makes the whole answer a bad one.
struct HostAnswer {
    enum StepState: String {
        case running, finished, interrupted
        case neverStarted = "never-started"
    }

    private let lines: [(key: Substring, value: Substring)]

    init(_ lines: [String]) {
        self.lines = lines.map { line in
            let key = line.prefix { $0 != " " }
            return (key, line[key.endIndex...].dropFirst())
        }
    }

    /// The host's reason for not doing what was asked, if it gives one and has nothing to tell.
    func refusal() -> WorkFailure? {
        values("state").isEmpty ? failure() : nil
    }

    /// The host's own reason why a verb, or the step that it tells of, failed.
    private func failure() -> WorkFailure? {
        guard let value = values("failure").first else { return nil }
        let word = value.prefix { $0 != " " }
        guard let cause = WorkFailure.Cause(rawValue: String(word)) else {
            return WorkFailure(.badAnswer, "the host fails with '\(HostText.line(value))'")
        }
        return WorkFailure(cause, HostText.line(value[word.endIndex...].dropFirst()))
    }

    func stepState() throws(WorkFailure) -> StepState {
        let word = try value("state")
        guard let state = StepState(rawValue: String(word)) else { throw bad("state", word) }
        return state
    }

    func result(of work: Work) throws(WorkFailure) -> WorkResult {
        switch work {
        case .inventory: .inventory(try inventory())
        case .discover: .offers(try offers())
        case .acquire: .acquired(try pins())
        case .precheck: .precheck(try precheck())
        case .backUp(_, let packages): try backUp(of: packages)
        case .install, .reboot, .rollBack: .executed(try ended())
        case .verify: .verification(try verification())
        case .probe: .probe(try probe())
        case .check: .checked(try checked())
        case .ask: throw WorkFailure(.invalidOrder, "no host answers probes as a whole")
        }
    }

    // MARK: Reports

    private func inventory() throws(WorkFailure) -> InventoryReport {
        var packages: [InstalledPackage] = []
        for value in values("package") {
            let words = try words(value, 5, "package")
            let package = try selection(words[0], words[1], words[2], "package")
            packages.append(
                InstalledPackage(
                    name: package.name, architecture: package.architecture,
                    version: package.version, source: try source(words[3]),
                    sourceVersion: try sourceVersion(words[4])))
        }
        guard !packages.isEmpty else {
            throw WorkFailure(.badAnswer, "the host reports no package: dpkg-query failed there")
        }
        packages.sort { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
        return InventoryReport(
            osName: HostText.line(try value("os-name"), limit: 100),
            osVersion: HostText.line(try value("os-version"), limit: 100),
            architecture: HostText.line(try value("architecture"), limit: 100),
            kernel: HostText.line(try value("kernel"), limit: 200), bootID: try bootID(),
            packages: packages)
    }

    private func offers() throws(WorkFailure) -> [OfferedUpdate] {
        var offers: [OfferedUpdate] = []
        for value in values("offer") {
            let words = value.split(separator: " ", maxSplits: 8)
            guard words.count == 9, words[5] == "yes" || words[5] == "no" else {
                throw bad("offer", value)
            }
            let offered = try selection(words[0], words[2], words[4], "offer")
            guard PackageVersionText(String(words[3])) != nil else { throw bad("offer", value) }
            offers.append(
                OfferedUpdate(
                    name: offered.name, source: try source(words[1]),
                    architecture: offered.architecture, installedVersion: String(words[3]),
                    offeredVersion: offered.version,
                    origin: HostText.line(words[8], limit: 200),
                    fromSecurityArchive: words[5] == "yes", sha256: try digest(words[6]),
                    size: try number(words[7], "size")))
        }
        return offers.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    }

    private func pins() throws(WorkFailure) -> [PinnedPackage] {
        var pins: [PinnedPackage] = []
        for value in values("pinned") {
            let words = try words(value, 5, "pinned")
            let package = try selection(words[0], words[1], words[2], "pinned")
            pins.append(
                PinnedPackage(
                    name: package.name, architecture: package.architecture,
                    version: package.version, sha256: try digest(words[3]),
                    size: try number(words[4], "size")))
        }
        return pins
    }

    private func precheck() throws(WorkFailure) -> PrecheckReport {
        var obstacles: [PrecheckReport.Obstacle] = []
        for value in values("obstacle") {
            guard let obstacle = PrecheckReport.Obstacle(rawValue: String(value)) else {
                throw bad("obstacle", value)
            }
            obstacles.append(obstacle)
        }
        return PrecheckReport(
            obstacles: obstacles, installed: try installed(),
            freeBytes: try number(value("free"), "free"), bootID: try bootID())
    }

    private func backUp(of packages: [PinnedPackage]) throws(WorkFailure) -> WorkResult {
        let report = try ended()
        guard report.exitCode == 0 else {
            throw WorkFailure(
                .badAnswer,
                "the backup ended with exit code \(report.exitCode): "
                    + HostText.line(report.outputTail))
        }
        var prior: [PriorPackage] = []
        for value in values("prior") {
            let words = try words(value, 4, "prior")
            guard words[2] != "-" else {
                let package = try selection(words[0], words[1], "0", "prior")
                prior.append(
                    PriorPackage(
                        name: package.name, architecture: package.architecture, version: nil,
                        keptFile: nil))
                continue
            }
            let package = try selection(words[0], words[1], words[2], "prior")
            prior.append(
                PriorPackage(
                    name: package.name, architecture: package.architecture,
                    version: package.version,
                    keptFile: words[3] == "-" ? nil : try digest(words[3])))
        }
        guard prior.map(\.name) == packages.map(\.name) else {
            throw WorkFailure(.badAnswer, "the backup is of other packages than were named")
        }
        return .backUp(prior)
    }

    /// The report of a step of our own; one that refused before it changed anything is a failure.
    private func ended() throws(WorkFailure) -> ExecutionReport {
        if let failure = failure() { throw failure }
        return try execution()
    }

    private func execution() throws(WorkFailure) -> ExecutionReport {
        ExecutionReport(
            exitCode: try number(value("exit-code"), "exit-code"),
            outputDigest: try digest(value("output-digest")),
            outputBytes: try number(value("output-bytes"), "output-bytes"),
            outputTail: try encoded("tail"), seconds: try number(value("seconds"), "seconds"),
            rebootRequired: try flag("reboot-required"), bootID: try bootID(),
            refusal: failure())
    }

    private func verification() throws(WorkFailure) -> VerificationReport {
        var services: [VerificationReport.Service] = []
        for value in values("service") {
            let words = try words(value, 2, "service")
            guard let state = VerificationReport.ServiceState(rawValue: String(words[1])),
                ServiceName(String(words[0])) != nil
            else { throw bad("service", value) }
            services.append(VerificationReport.Service(name: String(words[0]), state: state))
        }
        let code = values("command-exit-code").first
        return VerificationReport(
            installed: try installed(), services: services,
            commandExitCode: try code.map { code throws(WorkFailure) in
                try number(code, "command-exit-code")
            },
            commandOutput: code == nil ? "" : try encoded("command-output"),
            rebootRequired: try flag("reboot-required"), bootID: try bootID(),
            outdated: try outdated())
    }

    private func outdated() throws(WorkFailure) -> [OutdatedProcess] {
        var processes: [OutdatedProcess] = []
        for value in values("outdated").prefix(VerificationReport.mostOutdated) {
            let words = value.split(separator: " ", maxSplits: 3)
            guard words.count == 4, words[1] == "-" || ServiceName(String(words[1])) != nil else {
                throw bad("outdated", value)
            }
            processes.append(
                OutdatedProcess(
                    pid: try number(words[0], "outdated"), name: HostText.line(words[3], limit: 64),
                    service: words[1] == "-" ? nil : String(words[1]),
                    file: HostText.line(words[2], limit: 300)))
        }
        return processes
    }

    private func checked() throws(WorkFailure) -> CommandReport {
        CommandReport(
            exitCode: try number(value("exit-code"), "exit-code"),
            outputDigest: try digest(value("output-digest")),
            outputBytes: try number(value("output-bytes"), "output-bytes"),
            outputTail: try encoded("tail"),
            milliseconds: try number(value("milliseconds"), "milliseconds"), bootID: try bootID())
    }

    private func probe() throws(WorkFailure) -> ProbeReport {
        switch try stepState() {
        case .running: .running
        case .finished: .finished(try execution())
        case .interrupted: .interrupted
        case .neverStarted: .neverStarted
        }
    }
}

// MARK: - Reading lines

extension HostAnswer {
    private func values(_ key: String) -> [Substring] {
        lines.filter { $0.key == key }.map(\.value)
    }

    private func value(_ key: String) throws(WorkFailure) -> Substring {
        guard let value = values(key).first else {
            throw WorkFailure(.badAnswer, "the host's answer lacks '\(key)'")
        }
        return value
    }

    private func words(
        _ value: Substring, _ count: Int, _ key: String
    ) throws(WorkFailure) -> [Substring] {
        let words = value.split(separator: " ")
        guard words.count == count else { throw bad(key, value) }
        return words
    }

    private func bad(_ key: String, _ value: Substring) -> WorkFailure {
        WorkFailure(
            .badAnswer, "the host's answer has '\(HostText.line(value, limit: 200))' for '\(key)'")
    }

    private func selection(
        _ name: Substring, _ architecture: Substring, _ version: Substring, _ key: String
    ) throws(WorkFailure) -> PackageSelection {
        guard PackageName(String(name)) != nil, PackageVersionText(String(version)) != nil,
            PackageArchitecture(String(architecture)) != nil
        else { throw bad(key, "\(name) \(architecture) \(version)") }
        return PackageSelection(
            name: String(name), architecture: String(architecture), version: String(version))
    }

    private func installed() throws(WorkFailure) -> [PackageSelection] {
        var installed: [PackageSelection] = []
        for value in values("installed") {
            let words = try words(value, 3, "installed")
            installed.append(try selection(words[0], words[1], words[2], "installed"))
        }
        return installed
    }

    private func source(_ word: Substring) throws(WorkFailure) -> String {
        guard PackageName(String(word)) != nil else { throw bad("source", word) }
        return String(word)
    }

    private func sourceVersion(_ word: Substring) throws(WorkFailure) -> String {
        guard PackageVersionText(String(word)) != nil else { throw bad("source", word) }
        return String(word)
    }

    private func digest(_ word: Substring) throws(WorkFailure) -> Digest {
        guard let digest = Digest(String(word)) else { throw bad("digest", word) }
        return digest
    }

    private func number(_ word: Substring, _ key: String) throws(WorkFailure) -> Int {
        guard let number = Int(word), number >= 0 else { throw bad(key, word) }
        return number
    }

    private func flag(_ key: String) throws(WorkFailure) -> Bool {
        let word = try value(key)
        guard word == "yes" || word == "no" else { throw bad(key, word) }
        return word == "yes"
    }

    private func bootID() throws(WorkFailure) -> String {
        HostText.line(try value("boot-id"), limit: 36)
    }

    private func encoded(_ key: String) throws(WorkFailure) -> String {
        guard let bytes = Data(base64Encoded: String(try value(key))) else {
            throw WorkFailure(.badAnswer, "the host's '\(key)' is not base64")
        }
        return HostText.tail(String(decoding: bytes, as: UTF8.self))
    }
}
