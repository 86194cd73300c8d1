/// The decision points of SSVC that a rule of ours asks for, in the words that publishers use, whose
/// capitals are not always the same.
struct SSVCPoints {
    private var exploitation: SSVCAssessment.Exploitation?
    private var isAutomatable: Bool?
    private var technicalImpact: SSVCAssessment.TechnicalImpact?

    /// - Returns: Whether the value is one of its point; a point that isn't needed is passed over.
    mutating func take(_ name: String, _ value: String) -> Bool {
        switch name.lowercased() {
        case "exploitation":
            exploitation = Self.exploitation(value)
            return exploitation != nil
        case "automatable":
            isAutomatable = Self.isAutomatable(value)
            return isAutomatable != nil
        case "technical impact":
            technicalImpact = Self.technicalImpact(value)
            return technicalImpact != nil
        default: return true
        }
    }

    /// nil when none of the points was there.
    func assessment(_ date: UTCTime?) -> SSVCAssessment? {
        if exploitation == nil, isAutomatable == nil, technicalImpact == nil { return nil }
        return SSVCAssessment(
            exploitation: exploitation, isAutomatable: isAutomatable,
            technicalImpact: technicalImpact, date: date)
    }

    static func wanted(_ name: String) -> String {
        switch name.lowercased() {
        case "exploitation": "none, poc or active"
        case "automatable": "yes or no"
        default: "partial or total"
        }
    }

    private static func exploitation(_ value: String) -> SSVCAssessment.Exploitation? {
        switch value.lowercased() {
        case "none": SSVCAssessment.Exploitation.none
        case "poc", "public poc": .publicPoC
        case "active": .active
        default: nil
        }
    }

    private static func isAutomatable(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "yes": true
        case "no": false
        default: nil
        }
    }

    private static func technicalImpact(_ value: String) -> SSVCAssessment.TechnicalImpact? {
        SSVCAssessment.TechnicalImpact(rawValue: value.lowercased())
    }
}
