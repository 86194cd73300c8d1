/// A report of OpenVAS (Greenbone) as XML: what each result says of a CVE on a host.
/// Source: Greenbone Management Protocol 22, "get_reports", element `result`.
struct OpenVASReport: ReportReading, Sendable {
    /// One `result` while it is read.
    private struct Result {
        var id = ""
        var host = ""
        var hostName = ""
        var nvtName = ""
        var cves: [String] = []
        var severity = ""
        var threat = ""
        var description = ""
    }

    private var xml: XMLReader
    private var draft: ReportDraft
    private var hasResults = false
    private var result: Result?
    /// The elements that are open inside `result`, from the outermost.
    private var path: [String] = []
    private var isInResults = false
    private var count = 0

    init(_ draft: ReportDraft) {
        self.draft = draft
        xml = XMLReader(
            limits: XMLReader.Limits(token: draft.limits.element, depth: draft.limits.depth))
    }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        xml.append(piece)
        do {
            while let event = try xml.next() { try take(event) }
        } catch let fault as XMLReader.Fault {
            throw draft.error(.byte(fault.offset), fault.reason)
        } catch let error as InventoryError {
            throw error
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        do {
            try xml.finish()
        } catch {
            throw draft.error(.byte(error.offset), error.reason)
        }
        guard hasResults else {
            throw draft.error(.document, "it has no element 'results': this is no scan's report")
        }
        return try draft.report()
    }

    private mutating func take(_ event: XMLReader.Event) throws(InventoryError) {
        guard result != nil else {
            switch event {
            case .start("results", _): (hasResults, isInResults) = (true, true)
            case .end("results"): isInResults = false
            case .start("result", let attributes) where isInResults:
                result = Result(id: attributes["id"] ?? "")
                count += 1
            case .start, .end, .text: break
            }
            return
        }
        switch event {
        case .start(let name, let attributes):
            path.append(name)
            if path == ["nvt", "refs", "ref"], attributes["type"]?.lowercased() == "cve",
                let id = attributes["id"]
            {
                try append(id)
            }
        case .text(let text): try takeText(text)
        case .end where path.isEmpty:
            try endResult()
            result = nil
        case .end: path.removeLast()
        }
    }

    private mutating func takeText(_ text: String) throws(InventoryError) {
        switch path {
        case ["host"]: result?.host += text
        case ["host", "hostname"]: result?.hostName += text
        case ["nvt", "name"]: result?.nvtName += text
        case ["nvt", "cve"]: try append(text)
        case ["severity"]: result?.severity += text
        case ["threat"]: result?.threat += text
        case ["description"]: result?.description += text
        default: return
        }
        // Text comes in runs, which are bounded one by one only.
        guard let result,
            result.description.utf8.count + result.host.utf8.count + result.nvtName.utf8.count
                + result.severity.utf8.count + result.threat.utf8.count
                + result.hostName.utf8.count <= draft.limits.element
        else {
            throw draft.error(position, "the result is longer than \(draft.limits.element) bytes")
        }
    }

    /// `NOCVE` stands where there is none; older reports have several with commas.
    private mutating func append(_ text: String) throws(InventoryError) {
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace })
        where part != "NOCVE" {
            guard let count = result?.cves.count, count < 10_000 else {
                throw draft.error(position, "the result names more than 10000 CVEs")
            }
            result?.cves.append(String(part))
        }
    }

    private var position: InventoryPosition { .path("result[\(count - 1)]") }

    private mutating func endResult() throws(InventoryError) {
        guard let result else { return }
        let position = position
        let name = Self.trimmed(result.nvtName)
        let asset = [result.hostName, result.host].map(Self.trimmed).first { !$0.isEmpty }
        guard let asset = asset ?? draft.asset else {
            return try draft.skip(name, .unreadable, "its host is missing", at: position)
        }
        let isFalse = Self.trimmed(result.threat).lowercased() == "false positive"
        if result.cves.isEmpty {
            let severity = Self.trimmed(result.severity)
            let isInformation = severity == "0.0" || severity == "0" || isFalse
            return try draft.skip(
                name, isInformation ? .notInstalled : .unreadable,
                isInformation ? "it is information, no vulnerability" : "it names no CVE",
                at: position)
        }
        for given in result.cves {
            guard let id = ReportedVulnerability.identifier(given) else {
                try draft.skip(given, .unreadable, "it is no identifier", at: position)
                continue
            }
            try draft.add(
                ReportedVulnerability(
                    asset: asset, id: id,
                    installedVersion: Self.value("Installed version:", in: result.description),
                    fixedVersion: Self.value("Fixed version:", in: result.description),
                    status: isFalse ? .notAffected : .open))
        }
    }

    /// What a line of the description says after `label`, as most of the tests write it.
    private static func value(_ label: String, in description: String) -> String? {
        for line in description.split(whereSeparator: \.isNewline) {
            guard let found = line.firstRange(of: label) else { continue }
            let value = trimmed(String(line[found.upperBound...]))
            return value.isEmpty ? nil : value
        }
        return nil
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
