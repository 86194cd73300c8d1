private import EventSourcing
private import FoundationEssentials
import PatchManagement

/// An order as the host reads it, on standard input. Every value has passed an allow-list or is
/// encoded, so that a line can't become two, nor a word an option.
struct OrderText {
    private let order: WorkOrder
    /// Verb and data, without what differs between starting and following.
    private let lines: [String]
    private let identity: [String]

    /// - Throws: `.invalidOrder` naming the field, before anything is run.
    init(_ order: WorkOrder) throws(WorkFailure) {
        self.order = order
        try Self.check(order.host)
        guard order.fence > 0 else {
            throw WorkFailure(.invalidOrder, "fence \(order.fence) must be positive")
        }
        identity = ["fence \(order.fence)", "activity \(Self.text(order.activity))"]
        lines = try Self.lines(of: order.work)
    }

    func begin(follow: Duration) -> String {
        var limit = max(1, order.timeLimit.components.seconds)
        var lockWait = max(0, limit - 5)
        switch order.work {
        // A precheck waits for the lock as long as it may; a change begins soon or not at all.
        case .backUp, .install, .reboot, .rollBack: lockWait = min(lockWait, 30)
        case .check(_, let seconds): limit = min(limit, Int64(max(1, seconds)))
        case .inventory, .discover, .acquire, .precheck, .verify, .probe, .ask: break
        }
        let waits = [
            "wait \(Self.wholeSeconds(follow))", "lock-wait \(lockWait)", "limit \(limit)",
        ]
        return (["verb \(order.work.kind)"] + identity + lines + waits + ["end", ""])
            .joined(separator: "\n")
    }

    /// How does the step go that `begin` started?
    func follow(_ duration: Duration) -> String {
        let step = lines.filter { $0.hasPrefix("attempt ") || $0.hasPrefix("step ") }
        return
            (["verb follow"] + identity + step
            + ["wait \(Self.wholeSeconds(duration))", "end", ""]).joined(separator: "\n")
    }

    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        max(0, duration.components.seconds)
    }

    private static func text(_ id: UUID) -> String { id.uuidString.lowercased() }

    private static func lines(of work: Work) throws(WorkFailure) -> [String] {
        switch work {
        case .inventory, .discover, .ask: return []
        case .acquire(let packages):
            return try map(packages) { package throws(WorkFailure) in
                try line(package.name, package.architecture, package.version, nil, nil)
            }
        case .precheck(let packages): return try pins(packages)
        case .backUp(let attempt, let packages):
            return head(attempt, .backUp) + (try pins(packages))
        case .install(let attempt, let packages):
            return head(attempt, .install) + (try pins(packages))
        case .reboot(let attempt, let bootID):
            guard UUID(uuidString: bootID) != nil else {
                throw refusal("boot id", bootID, "give one as the kernel does")
            }
            return head(attempt, .reboot) + ["boot \(bootID)"]
        case .rollBack(let attempt, let packages):
            return head(attempt, .rollBack)
                + (try map(packages) { package throws(WorkFailure) in
                    try line(
                        package.name, package.architecture, package.version, package.keptFile, nil)
                })
        case .verify(let checks): return try verification(checks)
        case .probe(let attempt, let step): return head(attempt, step)
        case .check(let argv, _): return try words(argv)
        }
    }

    /// One line for each word, encoded: none of them is ever read by a shell.
    private static func words(_ argv: [String]) throws(WorkFailure) -> [String] {
        var probe = HealthProbe(name: "check", kind: .command)
        probe.argv = argv
        if let fault = probe.faults.first { throw WorkFailure(.invalidOrder, fault) }
        // What is in front keeps an empty word a word.
        return argv.map { "word =\(Data($0.utf8).base64EncodedString())" }
    }

    private static func head(_ attempt: UUID, _ step: AttemptStep) -> [String] {
        ["attempt \(text(attempt))", "step \(step.rawValue)"]
    }

    private static func verification(_ checks: VerificationChecks) throws(WorkFailure) -> [String] {
        var lines: [String] = []
        for name in checks.packages {
            guard PackageName(name) != nil else { throw refusal("package", name, PackageName.rule) }
            lines.append("package \(name)")
        }
        for name in checks.services {
            guard ServiceName(name) != nil else { throw refusal("service", name, ServiceName.rule) }
            lines.append("service \(name)")
        }
        if let command = checks.command {
            lines.append("command \(Data(command.utf8).base64EncodedString())")
        }
        return lines
    }

    private static func pins(_ packages: [PinnedPackage]) throws(WorkFailure) -> [String] {
        try map(packages) { package throws(WorkFailure) in
            try line(
                package.name, package.architecture, package.version, package.sha256, package.size)
        }
    }

    /// One `package` line; `-` stands for what is unknown.
    private static func line(
        _ name: String, _ architecture: String, _ version: String?, _ digest: Digest?, _ size: Int?
    ) throws(WorkFailure) -> String {
        guard PackageName(name) != nil else { throw refusal("package", name, PackageName.rule) }
        guard PackageArchitecture(architecture) != nil else {
            throw refusal("architecture", architecture, PackageArchitecture.rule)
        }
        if let version, PackageVersionText(version) == nil {
            throw refusal("version", version, PackageVersionText.rule)
        }
        if let size, size < 0 {
            throw WorkFailure(.invalidOrder, "size \(size) of \(name) must not be negative")
        }
        let digest = digest.map(\.description) ?? "-"
        let size = size.map { String($0) } ?? "-"
        return "package \(name) \(architecture) \(version ?? "-") \(digest) \(size)"
    }

    /// `map` that keeps the type of what is thrown; refuses an empty list.
    private static func map<Element>(
        _ elements: [Element], _ transform: (Element) throws(WorkFailure) -> String
    ) throws(WorkFailure) -> [String] {
        guard !elements.isEmpty else {
            throw WorkFailure(.invalidOrder, "the order names no package")
        }
        var lines: [String] = []
        for element in elements { lines.append(try transform(element)) }
        return lines
    }

    private static func check(_ host: HostAddress) throws(WorkFailure) {
        guard HostName(host.name) != nil else { throw refusal("host", host.name, HostName.rule) }
        guard HostLocation(host.address) != nil else {
            throw refusal("address", host.address, HostLocation.rule)
        }
        guard UserName(host.user) != nil else { throw refusal("user", host.user, UserName.rule) }
        guard (1...65_535).contains(host.port) else {
            throw WorkFailure(.invalidOrder, "port \(host.port) must be from 1 to 65535")
        }
    }

    private static func refusal(_ field: String, _ value: String, _ rule: String) -> WorkFailure {
        WorkFailure(.invalidOrder, "\(field) '\(HostText.line(value))' is refused: \(rule)")
    }
}
