/// One measured value for `/metrics`.
package struct Metric: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge
    }

    let name: String
    let kind: Kind
    let help: String
    let labels: [(name: String, value: String)]
    let value: Double

    package init(
        _ name: String, _ kind: Kind, _ help: String, labels: [(String, String)] = [],
        _ value: Double
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.value = value
    }

    /// The text format of Prometheus, version 0.0.4: samples of one name stand together.
    static func text(_ metrics: [Metric]) -> String {
        var lines: [String] = []
        var names: [String] = []
        for metric in metrics where !names.contains(metric.name) { names.append(metric.name) }
        for name in names {
            let family = metrics.filter { $0.name == name }
            guard let first = family.first else { continue }
            lines.append("# HELP \(name) \(escaped(first.help))")
            lines.append("# TYPE \(name) \(first.kind.rawValue)")
            lines += family.map { "\(name)\($0.labelText) \($0.valueText)" }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Each sample and each word on it stays in its line.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private var valueText: String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    private var labelText: String {
        if labels.isEmpty { return "" }
        let pairs = labels.map { label in
            let value = Self.escaped(label.value).replacing("\"", with: "\\\"")
            return "\(label.name)=\"\(value)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
