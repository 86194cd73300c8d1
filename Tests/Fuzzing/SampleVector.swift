/// CVSS vectors of metrics and values that there are, now and then with one too many or too few.
enum SampleVector {
    private static let second = Metrics(
        prefix: "",
        base: ["AV:LAN", "AC:HML", "Au:MSN", "C:NPC", "I:NPC", "A:NPC"],
        more: [
            "E:U/POC/F/H/ND", "RL:OF/TF/W/U/ND", "RC:UC/UR/C/ND", "CDP:N/L/LM/MH/H/ND", "TD:NLMH",
        ])
    private static let third = Metrics(
        prefix: "CVSS:3.",
        base: ["AV:NALP", "AC:LH", "PR:NLH", "UI:NR", "S:UC", "C:HLN", "I:HLN", "A:HLN"],
        more: [
            "E:XHFPU", "RL:XUWTO", "RC:XCRU", "CR:XHML", "IR:XHML", "AR:XHML", "MAV:XNALP",
            "MAC:XLH",
            "MPR:XNLH", "MUI:XNR", "MS:XUC", "MC:XHLN", "MI:XHLN", "MA:XHLN",
        ])
    private static let fourth = Metrics(
        prefix: "CVSS:4.0/",
        base: [
            "AV:NALP", "AC:LH", "AT:NP", "PR:NLH", "UI:NPA", "VC:HLN", "VI:HLN", "VA:HLN", "SC:HLN",
            "SI:HLN", "SA:HLN",
        ],
        more: [
            "E:XAPU", "CR:XHML", "IR:XHML", "AR:XHML", "MAV:XNALP", "MAC:XLH", "MAT:XNP",
            "MPR:XNLH",
            "MUI:XNPA", "MVC:XHLN", "MVI:XHLN", "MVA:XHLN", "MSC:XHLN", "MSI:XSHLN", "MSA:XSHLN",
            "S:XNP", "AU:XNY", "R:XAUI", "V:XDC", "RE:XLMH", "U:X/Clear/Green/Amber/Red",
        ])

    private struct Metrics {
        let prefix: String
        let base: [Metric]
        let more: [Metric]

        init(prefix: String, base: [String], more: [String]) {
            self.prefix = prefix
            self.base = base.map(Metric.init)
            self.more = more.map(Metric.init)
        }
    }

    private struct Metric {
        let name: String
        let values: [String]

        /// - Parameter text: The name, and its values: letters, or words between slashes.
        init(_ text: String) {
            let parts = text.split(separator: ":")
            name = String(parts[0])
            values =
                parts[1].contains("/")
                ? parts[1].split(separator: "/").map(String.init) : parts[1].map(String.init)
        }

        func text(_ random: inout SplitMix) -> String { "\(name):\(random.pick(values))" }
    }

    static func random(_ random: inout SplitMix) -> String {
        let metrics = random.pick([second, third, fourth])
        var parts = metrics.base.map { $0.text(&random) }
        let share = random.below(4)
        for metric in metrics.more where random.below(4) < share {
            parts.append(metric.text(&random))
        }
        switch random.below(40) {
        case 0: parts.remove(at: random.below(parts.count))
        case 1: parts.append(random.pick(parts))
        case 2: parts[random.below(parts.count)] = random.pick(third.more).text(&random)
        case 3: parts.shuffle(using: &random)
        default: break
        }
        let version = metrics.prefix == third.prefix ? random.pick(["0/", "1/"]) : ""
        return metrics.prefix + version + parts.joined(separator: "/")
    }
}
