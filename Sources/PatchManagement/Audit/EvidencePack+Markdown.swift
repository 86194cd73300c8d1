import EventSourcing

/// The pack as a page for people.
extension EvidencePack {
    package func markdown() -> String {
        var page: [String] = [
            "# Evidence: \(cell(title))", "",
            "- patch: \(code(patch.text))",
            "- vendor's name: \(cell(vendorID))",
            "- state: \(cell(state))",
            "- covers the log up to position \(position)", "",
            "## What must be there", "",
        ]
        page += table(
            ["item", "present", "finding"],
            items.map { [$0.item.rawValue, $0.isPresent ? "yes" : "**no**", cell($0.finding)] })
        page += ["## Who did what, and when", ""]
        let names = Dictionary(
            (people ?? []).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        func name(_ id: String) -> String { names[id] ?? id }
        page += table(
            ["when", "who", "role", "what", "where", "position"],
            deeds.map { deed in
                let who =
                    deed.onBehalfOf.map { "\(name(deed.who)) for \(name($0))" }
                    ?? name(deed.who)
                return [
                    "\(deed.at)", cell(who), cell(deed.role), cell(deed.what),
                    code(deed.stream.text), "\(deed.position)",
                ]
            })
        if let people {
            page += ["## People", ""]
            page += table(["name", "id in the log"], people.map { [cell($0.name), code($0.id)] })
        }
        page += ["## Digests (SHA-256)", ""]
        page += table(
            ["of what", "digest"], digests.map { [cell($0.what), code("\($0.digest)")] })
        page += ["## Assets, before and after", ""]
        page += table(
            ["asset", "outcome", "before", "after", "installed", "verified"],
            assets.map { asset in
                [
                    cell(asset.name), cell(asset.outcome), versions(asset.before),
                    versions(asset.after), asset.installed.map { "\($0)" } ?? "",
                    asset.verified.map { "\($0)" } ?? "",
                ]
            })
        if assets.contains(where: { $0.outdated != nil }) {
            page += ["## Processes that ran replaced files when it was verified", ""]
            page += table(["asset", "process", "service", "file"], outdatedRows)
        }
        page += besides
        page += ["## Every event", ""]
        page += table(
            ["position", "recorded", "stream", "event", "who", "role", "digest of its data"],
            events.map { event in
                [
                    "\(event.position)", "\(event.recorded)",
                    code("\(event.stream.text) #\(event.version)"), cell(event.type),
                    cell(event.who), cell(event.role), code("\(event.digest)"),
                ]
            })
        return page.joined(separator: "\n") + "\n"
    }

    /// What not every patch has.
    private var besides: [String] {
        var page: [String] = []
        if let dependents {
            page += ["## What depends on it", "", cell(dependents.joined(separator: ", ")), ""]
        }
        if let exceptions {
            page += ["## Exceptions", ""]
            page += table(
                ["exception", "kind", "state", "requested by", "granted by", "until", "reason"],
                exceptions.map { exception in
                    [
                        code(exception.exception.text), exception.kind.rawValue,
                        exception.state.rawValue, cell(exception.requestedBy),
                        cell(exception.grantedBy), "\(exception.until)", cell(exception.reason),
                    ]
                })
        }
        if let introducedFlaws {
            page += ["## Flaws that it introduced", ""]
            page += table(
                ["flaw", "class", "mended by", "accepted by", "reason"],
                introducedFlaws.map { flaw in
                    [
                        cell(flaw.flaw), flaw.riskClass?.rawValue ?? "",
                        flaw.mendedBy.map { code($0.text) } ?? "**nobody**",
                        cell(flaw.acceptedBy ?? ""), cell(flaw.reason),
                    ]
                })
        }
        if let mends {
            page += ["## Flaws of other patches that it mends", ""]
            page += table(
                ["flaw", "introduced by"], mends.map { [cell($0.flaw), code($0.patch.text)] })
        }
        return page
    }

    private var outdatedRows: [[String]] {
        assets.flatMap { asset in
            (asset.outdated ?? []).map { process in
                [
                    cell(asset.name), cell("\(process.name) (\(process.pid))"),
                    cell(process.service ?? ""), cell(process.file),
                ]
            }
        }
    }

    private func versions(_ packages: [PackageSelection]) -> String {
        packages.map { cell("\($0.name) \($0.version)") }.joined(separator: "<br>")
    }

    private func table(_ heads: [String], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return ["none", ""] }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [line(heads), line(heads.map { _ in "---" })] + rows.map(line) + [""]
    }

    /// Text that some host or person wrote: without control characters, and without anything that
    /// Markdown or HTML would act on.
    private func cell(_ text: String) -> String {
        var escaped = ""
        for character in printable(text) {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "|", "*", "_", "`", "[", "]", "\\", "#", "!": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private func code(_ text: String) -> String { "`\(text)`" }
}
