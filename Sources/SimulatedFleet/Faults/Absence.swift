import EventSourcing

/// Hosts that aren't there for a while. Time falls into periods, each host's with a beginning of
/// its own, and for each one it is drawn anew whether the host is there: so at any moment the same
/// share of a fleet is missing, and everyone comes back some day.
struct Absence {
    let name: String
    let percent: Int
    let period: Duration

    /// 8 % for four hours, as when somebody's machine is off.
    static let offline = Absence(name: "offline", percent: 8, period: .seconds(4 * 3600))
    /// 2 % for three weeks.
    static let away = Absence(name: "away", percent: 2, period: .seconds(21 * 86_400))

    func isMissing(at moment: Timestamp, _ draw: (String) -> Draw) -> Bool {
        let seconds = Int(period.wholeSeconds)
        let shift = draw("\(name) phase").below(seconds)
        let number = (Int(moment.microseconds / 1_000_000) + shift) / seconds
        return draw("\(name) \(number)").isChance(percent: percent)
    }
}
