/// Which hosts of a simulated fleet fail, and how.
///
/// As text, in any order and separated by commas: `none`; `default`, which is
/// `absences` and nothing else; `absences` for the usual share of hosts that aren't there;
/// `storm=20` for 20 % of hosts with one fault each, drawn at random; `instant` for hosts that take
/// no time; `host-3=disk-full` for one fault of one host, by its name or address, as often as
/// needed.
package struct FaultProfile: Codable, Sendable, Equatable {
    /// 8 % offline for hours, 2 % absent for weeks, 1 % replaced (domain.md §4).
    package var hasAbsences = false
    package var stormPercent = 0
    package var isInstant = false
    /// By the name or the address of the host.
    package var faults: [String: [HostFault]] = [:]

    package init() {}

    package static let none = FaultProfile()

    package static var absences: FaultProfile {
        var profile = FaultProfile()
        profile.hasAbsences = true
        return profile
    }

    /// Reads the text form.
    package init(_ text: String) throws(FaultProfileError) {
        for word in text.split(separator: ",") {
            switch word {
            case "none": continue
            case "default", "absences": hasAbsences = true
            case "instant": isInstant = true
            default:
                let parts = word.split(separator: "=", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else { throw .unknown(String(word)) }
                try take(String(parts[0]), String(parts[1]))
            }
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(FaultProfileError) {
        if name == "storm" {
            guard let percent = Int(value), (0...100).contains(percent) else {
                throw .badPercentage(value)
            }
            stormPercent = percent
        } else if let fault = HostFault(rawValue: value) {
            faults[name, default: []].append(fault)
        } else {
            throw .noSuchFault(value, host: name)
        }
    }

    /// The faults that a host has from the beginning.
    func faults(of name: String, at address: String, _ draw: (String) -> Draw) -> [HostFault] {
        var found = (faults[name] ?? []) + (name == address ? [] : faults[address] ?? [])
        if draw("storm").isChance(percent: stormPercent) {
            let all = HostFault.inStorms
            found.append(all[draw("storm fault").below(all.count)])
        }
        if hasAbsences, draw("replaced").isChance(percent: 1) { found.append(.replaced) }
        return found
    }
}

package enum FaultProfileError: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case badPercentage(String)
    case noSuchFault(String, host: String)

    package var description: String {
        switch self {
        case .unknown(let word):
            "simulated faults '\(word)': give none, default, absences, instant, storm=PERCENT or "
                + "HOST=FAULT, separated by commas"
        case .badPercentage(let value): "storm is '\(value)': give a whole number from 0 to 100"
        case .noSuchFault(let value, let host):
            "fault '\(value)' of \(host) is not known: give one of "
                + HostFault.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }
}
