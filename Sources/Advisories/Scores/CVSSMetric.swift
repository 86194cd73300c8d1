package enum CVSSVersion: String, Sendable, Hashable, CaseIterable {
    case v2 = "2.0"
    case v30 = "3.0"
    case v31 = "3.1"
    case v4 = "4.0"
}

/// A metric of a vector: its name, and what may stand after the colon.
struct CVSSMetric: Sendable {
    enum Group: Sendable { case base, temporal, environmental, supplemental }

    let name: StaticString
    /// Those of the optional metrics begin with the one that says nothing.
    let values: [StaticString]
    let group: Group

    private init(_ name: StaticString, _ values: [StaticString], _ group: Group) {
        self.name = name
        self.values = values
        self.group = group
    }

    static func all(of version: CVSSVersion) -> [CVSSMetric] {
        switch version {
        case .v2: ofVersion2
        case .v30, .v31: ofVersion3
        case .v4: ofVersion4
        }
    }

    /// In the order of `CVSS2Equations.Metric`.
    /// Source: CVSS 2.0, §2.4.
    private static let ofVersion2: [CVSSMetric] = [
        CVSSMetric("AV", ["L", "A", "N"], .base), CVSSMetric("AC", ["H", "M", "L"], .base),
        CVSSMetric("Au", ["M", "S", "N"], .base), CVSSMetric("C", ["N", "P", "C"], .base),
        CVSSMetric("I", ["N", "P", "C"], .base), CVSSMetric("A", ["N", "P", "C"], .base),
        CVSSMetric("E", ["ND", "U", "POC", "F", "H"], .temporal),
        CVSSMetric("RL", ["ND", "OF", "TF", "W", "U"], .temporal),
        CVSSMetric("RC", ["ND", "UC", "UR", "C"], .temporal),
        CVSSMetric("CDP", ["ND", "N", "L", "LM", "MH", "H"], .environmental),
        CVSSMetric("TD", ["ND", "N", "L", "M", "H"], .environmental),
        CVSSMetric("CR", ["ND", "L", "M", "H"], .environmental),
        CVSSMetric("IR", ["ND", "L", "M", "H"], .environmental),
        CVSSMetric("AR", ["ND", "L", "M", "H"], .environmental),
    ]

    /// In the order of `CVSS3Equations.Metric`.
    /// Source: CVSS 3.0 and 3.1, §6, table 15.
    private static let ofVersion3: [CVSSMetric] = [
        CVSSMetric("AV", ["N", "A", "L", "P"], .base), CVSSMetric("AC", ["L", "H"], .base),
        CVSSMetric("PR", ["N", "L", "H"], .base), CVSSMetric("UI", ["N", "R"], .base),
        CVSSMetric("S", ["U", "C"], .base), CVSSMetric("C", ["H", "L", "N"], .base),
        CVSSMetric("I", ["H", "L", "N"], .base), CVSSMetric("A", ["H", "L", "N"], .base),
        CVSSMetric("E", ["X", "H", "F", "P", "U"], .temporal),
        CVSSMetric("RL", ["X", "U", "W", "T", "O"], .temporal),
        CVSSMetric("RC", ["X", "C", "R", "U"], .temporal),
        CVSSMetric("CR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("IR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("AR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("MAV", ["X", "N", "A", "L", "P"], .environmental),
        CVSSMetric("MAC", ["X", "L", "H"], .environmental),
        CVSSMetric("MPR", ["X", "N", "L", "H"], .environmental),
        CVSSMetric("MUI", ["X", "N", "R"], .environmental),
        CVSSMetric("MS", ["X", "U", "C"], .environmental),
        CVSSMetric("MC", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MI", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MA", ["X", "H", "L", "N"], .environmental),
    ]

    /// In the order of `CVSS4Equations.Metric`; the values from the severest on.
    /// Source: CVSS 4.0, §7, table 23.
    private static let ofVersion4: [CVSSMetric] = [
        CVSSMetric("AV", ["N", "A", "L", "P"], .base), CVSSMetric("AC", ["L", "H"], .base),
        CVSSMetric("AT", ["N", "P"], .base), CVSSMetric("PR", ["N", "L", "H"], .base),
        CVSSMetric("UI", ["N", "P", "A"], .base), CVSSMetric("VC", ["H", "L", "N"], .base),
        CVSSMetric("VI", ["H", "L", "N"], .base), CVSSMetric("VA", ["H", "L", "N"], .base),
        CVSSMetric("SC", ["H", "L", "N"], .base), CVSSMetric("SI", ["H", "L", "N"], .base),
        CVSSMetric("SA", ["H", "L", "N"], .base), CVSSMetric("E", ["X", "A", "P", "U"], .temporal),
        CVSSMetric("CR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("IR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("AR", ["X", "H", "M", "L"], .environmental),
        CVSSMetric("MAV", ["X", "N", "A", "L", "P"], .environmental),
        CVSSMetric("MAC", ["X", "L", "H"], .environmental),
        CVSSMetric("MAT", ["X", "N", "P"], .environmental),
        CVSSMetric("MPR", ["X", "N", "L", "H"], .environmental),
        CVSSMetric("MUI", ["X", "N", "P", "A"], .environmental),
        CVSSMetric("MVC", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MVI", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MVA", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MSC", ["X", "H", "L", "N"], .environmental),
        CVSSMetric("MSI", ["X", "S", "H", "L", "N"], .environmental),
        CVSSMetric("MSA", ["X", "S", "H", "L", "N"], .environmental),
        CVSSMetric("S", ["X", "N", "P"], .supplemental),
        CVSSMetric("AU", ["X", "N", "Y"], .supplemental),
        CVSSMetric("R", ["X", "A", "U", "I"], .supplemental),
        CVSSMetric("V", ["X", "D", "C"], .supplemental),
        CVSSMetric("RE", ["X", "L", "M", "H"], .supplemental),
        CVSSMetric("U", ["X", "Clear", "Green", "Amber", "Red"], .supplemental),
    ]
}
