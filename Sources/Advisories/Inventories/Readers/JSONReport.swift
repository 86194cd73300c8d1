internal import JSON

/// What a format makes of the parts of its JSON text.
protocol PartReading {
    /// What it needs of the text.
    static var selections: [JSONElementReader.Selection] { get }

    mutating func take(
        _ part: JSONElementReader.Part, _ draft: inout ReportDraft
    ) throws(InventoryError)

    /// After the last part, when the text is known to be whole.
    mutating func end(_ draft: inout ReportDraft) throws(InventoryError)
}

struct JSONReport<Parts: PartReading & Sendable>: ReportReading, Sendable {
    private var elements: JSONElementReader
    private var reading: Parts
    private var draft: ReportDraft

    init(_ reading: Parts, _ draft: ReportDraft) {
        self.reading = reading
        self.draft = draft
        elements = JSONElementReader(
            Parts.selections,
            limits: JSONLimits(bytes: draft.limits.element, depth: draft.limits.depth))
    }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        elements.append(piece)
        while let part = try next() { try reading.take(part, &draft) }
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        do {
            try elements.finish()
        } catch {
            throw draft.error(.byte(error.offset), error.reason)
        }
        try reading.end(&draft)
        return try draft.report()
    }

    private mutating func next() throws(InventoryError) -> JSONElementReader.Part? {
        do {
            return try elements.next()
        } catch {
            throw draft.error(.byte(error.offset), error.reason)
        }
    }
}

extension JSONElementReader.Part {
    /// Where `node` of this part stands in the whole text.
    ///
    /// - Parameter name: Of the selection, `components[]` for elements.
    func position(_ name: String, _ node: JSONNode? = nil) -> InventoryPosition {
        let top = name.hasSuffix("[]") ? "\(name.dropLast(2))[\(index)]" : name
        let path = node?.path ?? ""
        return .path(path.isEmpty ? top : path.hasPrefix("[") ? top + path : "\(top).\(path)")
    }
}

extension JSONNode {
    /// A text that says something; nil for none, for another kind and for an empty one.
    func plainText(_ name: String) -> String? {
        guard let text = self[name]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// The elements of member `name`; none where it is missing or no array.
    func list(_ name: String) -> [JSONNode] { self[name]?.elements.map(Array.init) ?? [] }
}
