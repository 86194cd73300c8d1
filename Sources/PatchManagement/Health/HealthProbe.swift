internal import EventSourcing
internal import JSON

/// One question by which hosts are asked whether they are well. Probes stand in the policy, which
/// two people publish, and a plan only names them: so nobody who plans a rollout chooses a command,
/// an address or a limit.
package struct HealthProbe: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// A command on the host, by its words and without a shell; its value is the exit code.
        case command
        /// An answer of the host itself; its value is in milliseconds.
        case http
        /// A connection to the host itself; its value is in milliseconds.
        case tcp
        /// An instant query to a Prometheus server; its value is in thousandths.
        case prometheus
    }

    package let name: String
    package let kind: Kind
    /// The words of a command; the first is an absolute path.
    package var argv: [String]?
    package var port: Int?
    package var path: String?
    /// Whether HTTP goes over TLS.
    package var tls: Bool?
    /// The one status that is good; nil for all from 200 to 299.
    package var status: Int?
    /// The Prometheus server, without `/api/v1/query`.
    package var server: String?
    /// In PromQL. `{host}` in it stands for the name of the host that is asked for, in quotes of its
    /// own choosing; without it the query is for the whole batch, and asked once.
    package var query: String?
    /// Which addresses may be asked, as for feeds; nil for the public Internet only.
    package var reach: FeedSource.Reach?
    /// nil for `defaultTimeLimit`.
    package var limitSeconds: Int?
    /// A larger value is bad.
    package var most: Int?
    /// A smaller value is bad.
    package var least: Int?
    /// A larger share of bad answers is bad; nil for none at all.
    package var maxBadPercent: Int?
    package var worse: HealthComparison?

    package static let defaultTimeLimit = 10

    private enum CodingKeys: String, CodingKey {
        case name, kind, argv, port, path, tls, status, server, query, reach, worse
        case limitSeconds = "limit_seconds"
        case most = "max"
        case least = "min"
        case maxBadPercent = "max_bad_percent"
    }

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    package var timeLimitSeconds: Int { limitSeconds ?? Self.defaultTimeLimit }
    package var badPercentLimit: Int { maxBadPercent ?? 0 }

    /// Whether each host is asked; otherwise there is one answer for all.
    package var isPerHost: Bool { kind != .prometheus || query?.contains(Self.hostMark) == true }

    package static let hostMark = "{host}"

    /// What its values are counted in, for people.
    package var unit: String {
        switch kind {
        case .command: "exit code"
        case .http, .tcp: "ms"
        case .prometheus: "thousandths"
        }
    }
}

/// By how much a batch may be worse than it was before, and than the assets that don't have the
/// patch yet.
package struct HealthComparison: Codable, Hashable, Sendable {
    /// The mean may be so much larger.
    package let percent: Int
    /// And by at least so much, in the probe's unit: what is tiny may double.
    package let atLeast: Int
    /// With fewer values on a side nothing is compared.
    package let minSamples: Int

    package init(percent: Int, atLeast: Int, minSamples: Int) {
        self.percent = percent
        self.atLeast = atLeast
        self.minSamples = minSamples
    }

    private enum CodingKeys: String, CodingKey {
        case percent
        case atLeast = "at_least"
        case minSamples = "min_samples"
    }
}

extension HealthProbe {
    package static let mostWords = 20
    package static let longestText = 500
    package static let longestCommand = 4 * 3600

    /// Reads one as a policy says it; a member that is unknown is refused.
    ///
    /// - Throws: What is wrong with it, in words.
    init(_ json: JSONValue) throws(PlanningError) {
        guard case .object(let members) = json else {
            throw PlanningError("it is an object such as {\"name\", \"kind\", ...}")
        }
        let known = [
            "name", "kind", "argv", "port", "path", "tls", "status", "server", "query", "reach",
            "limit_seconds", "max", "min", "max_bad_percent", "worse",
        ]
        if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw PlanningError(
                "it has no member '\(printable(other))'; its members are "
                    + known.joined(separator: ", "))
        }
        if let kind = members["kind"]?.string, Kind(rawValue: kind) == nil {
            throw PlanningError(
                "kind '\(printable(kind))' is none of "
                    + Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let probe: HealthProbe
        do {
            probe = try CanonicalJSON.decode(HealthProbe.self, from: storedForm(json))
        } catch {
            throw PlanningError(
                "name and kind are needed, texts are strings, limits are whole numbers, argv is a "
                    + "list of strings, worse is {\"percent\", \"at_least\", \"min_samples\"}")
        }
        self = probe
        if let fault = faults.first { throw PlanningError(fault) }
    }

    /// What can't be right in it, one sentence each.
    package var faults: [String] {
        var faults: [String] = []
        if HostName(name) == nil || name.utf8.count > 60 {
            faults.append("name '\(printable(name))': give letters, digits, '.', '-' and '_'")
        }
        // Commands may put a load on a lab host.
        let longest = kind == .command ? Self.longestCommand : 60
        if !(1...longest).contains(timeLimitSeconds) {
            faults.append("limit_seconds is \(timeLimitSeconds): give 1 to \(longest)")
        }
        if !(0...100).contains(badPercentLimit) {
            faults.append("max_bad_percent is \(badPercentLimit): give 0 to 100")
        }
        if let most, let least, most < least {
            faults.append("max is \(most), less than min \(least): nothing could be good")
        }
        if let worse {
            if kind == .command { faults.append("worse: exit codes can't be compared") }
            if !(1...10_000).contains(worse.percent) || worse.atLeast < 0
                || !(1...1000).contains(worse.minSamples)
            {
                faults.append(
                    "worse: give percent from 1 to 10000, at_least from 0, min_samples from 1 to "
                        + "1000")
            }
        }
        return faults + faultsOfKind
    }

    private var faultsOfKind: [String] {
        var faults: [String] = []
        let fields: [(name: String, isThere: Bool, kinds: [Kind])] = [
            ("argv", argv != nil, [.command]), ("port", port != nil, [.http, .tcp]),
            ("path", path != nil, [.http]), ("tls", tls != nil, [.http]),
            ("status", status != nil, [.http]), ("server", server != nil, [.prometheus]),
            ("query", query != nil, [.prometheus]),
            ("reach", reach != nil, [.http, .tcp, .prometheus]),
        ]
        for field in fields where field.isThere && !field.kinds.contains(kind) {
            faults.append(
                "\(field.name) is nothing that a \(kind.rawValue) probe has: leave it out")
        }
        switch kind {
        case .command: if let fault = faultOfCommand { faults.append(fault) }
        case .http, .tcp:
            if !(port.map((1...65_535).contains) ?? false) {
                faults.append("port is \(port.map(String.init) ?? "missing"): give 1 to 65535")
            }
            if kind == .http, FeedURL("http://host:1\(path ?? "")") == nil || path?.first != "/" {
                faults.append(
                    "path '\(printable(path ?? ""))': begin with '/', and use plain ASCII")
            }
            if let status, !(100...599).contains(status) {
                faults.append("status is \(status): give 100 to 599")
            }
        case .prometheus:
            if server.flatMap({ FeedURL($0) }) == nil {
                faults.append("server '\(printable(server ?? ""))': \(FeedURL.rule)")
            }
            if query.map(Self.isPlainText) != true {
                faults.append("query is missing, too long, or has control characters")
            }
            if most == nil, least == nil, worse == nil {
                faults.append("give max, min or worse: a query alone says nothing")
            }
        }
        return faults
    }

    private var faultOfCommand: String? {
        guard let argv, let program = argv.first, argv.count <= Self.mostWords else {
            return "argv: list a program and at most \(Self.mostWords - 1) arguments"
        }
        guard program.hasPrefix("/"), program.utf8.allSatisfy(Self.isOfPath) else {
            return "argv: the program '\(printable(program))' is no absolute path of letters, "
                + "digits, '/', '.', '_' and '-'"
        }
        guard argv.dropFirst().allSatisfy({ $0.isEmpty || Self.isPlainText($0) }) else {
            return "argv: an argument is too long, or has control characters"
        }
        return nil
    }

    private static func isOfPath(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "/._-".utf8.contains(byte)
    }

    private static func isPlainText(_ text: String) -> Bool {
        (1...longestText).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)
            }
    }
}
