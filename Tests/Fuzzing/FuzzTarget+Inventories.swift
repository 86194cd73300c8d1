import Advisories
import JSON

extension FuzzTarget {
    static let inventories = [jsonElements] + InventoryFormat.allCases.map(inventory)

    /// A report reads the same in whatever pieces it comes; what is accepted is in order, each
    /// package once, and is named by a URL that reads as the same package.
    private static func inventory(_ format: InventoryFormat) -> FuzzTarget {
        let name = "inventory-\(format.rawValue)"
        let samples = InventoryTexts.of(format)
        let alphabet = "{}[]\":,.<>/&;=-_ \n\tar01é\u{0}"
        let isJSON = samples.allSatisfy { $0.hasPrefix("{") || $0.hasPrefix("[") }
        let mutation =
            isJSON
            ? Mutation(documents: samples, alphabet: alphabet)
            : Mutation(samples, alphabet: alphabet)
        let limits = InventoryLimits(line: 500, element: 1_500, depth: 12, entries: 20, skipped: 4)
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            let cuts = [random.below(bytes.count + 1), random.below(bytes.count + 1)].sorted()
            let whole = reading(format, [bytes], limits)
            let pieces = reading(
                format,
                [
                    Array(bytes[..<cuts[0]]), Array(bytes[cuts[0]..<cuts[1]]),
                    Array(bytes[cuts[1]...]),
                ],
                limits)
            func failed(_ law: String) -> FuzzFailure {
                FuzzFailure(
                    target: name, law: law,
                    input: [String(decoding: bytes, as: UTF8.self), "\(bytes)", "\(cuts)"])
            }
            guard let report = whole else {
                if pieces != nil { throw failed("the pieces don't matter") }
                return false
            }
            if report != pieces { throw failed("the pieces don't matter") }
            let packages = report.inventory.packages
            if !zip(packages, packages.dropFirst()).allSatisfy(<) {
                throw failed("packages are in order, each once")
            }
            for package in packages {
                guard let url = try? PackageURL(package.url),
                    let again = try? ReportedPackage(url, source: package.source),
                    again.url == package.url, again.version == package.version,
                    again.ecosystem == package.ecosystem
                else { throw failed("a package's URL reads as the same package") }
            }
            let kept = report.inventory.skipped.count
            if kept > limits.skipped || kept > report.inventory.skippedCount {
                throw failed("what is kept of refusals is bounded")
            }
            return true
        }
    }

    /// nil when it is refused.
    private static func reading(
        _ format: InventoryFormat, _ pieces: [[UInt8]], _ limits: InventoryLimits
    ) -> PackageReport? {
        var reader = PackageReportReader(format, limits: limits)
        do {
            for piece in pieces { try reader.read(piece) }
            return try reader.finish()
        } catch {
            return nil
        }
    }

    /// What the reader of elements takes the parser takes, with the same values.
    private static var jsonElements: FuzzTarget {
        let name = "json-elements"
        let mutation = Mutation(
            documents: [
                #"{"a": [1, {"b": ["\ud83d\ude00\n", -1.5e+3]}, "é", []], "c": {"d": null}}"#,
                #"{"c": {"a": [true]}, "x\u0061": [false, 0.5], "a": null}"#, #"{"a":["\\","\""]}"#,
            ], alphabet: "{}[]\":,\\u0123eE+-. tfnadl\n\u{0}é")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            let cut = random.below(bytes.count + 1)
            func failed(_ law: String) -> FuzzFailure {
                FuzzFailure(
                    target: name, law: law,
                    input: [String(decoding: bytes, as: UTF8.self), "\(bytes)", "\(cut)"])
            }
            let limits = JSONLimits(bytes: 4_000, depth: 20)
            let whole = elements([bytes], limits)
            let pieces = elements([Array(bytes[..<cut]), Array(bytes[cut...])], limits)
            if whole != pieces { throw failed("the pieces don't matter") }
            guard let whole else { return false }
            // Elements are limited one by one; what was dropped isn't searched for names that come twice.
            let lenient = JSONLimits(depth: 20, refusesDuplicateNames: false)
            guard let document = try? JSONDocument(parsing: bytes, limits: lenient) else {
                throw failed("what is taken in pieces is a document")
            }
            let expected = document.root["a"]?.elements?.map(\.value) ?? []
            if whole != expected { throw failed("elements are those of the document") }
            return true
        }
    }

    private static func elements(_ pieces: [[UInt8]], _ limits: JSONLimits) -> [JSONValue]? {
        var reader = JSONElementReader([.elements("a")], limits: limits)
        var values: [JSONValue] = []
        do {
            for piece in pieces {
                reader.append(piece)
                while let part = try reader.next() { values.append(part.document.root.value) }
            }
            try reader.finish()
            return values
        } catch {
            return nil
        }
    }
}
