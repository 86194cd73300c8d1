import ArgumentParser

/// A duration as people write it: `45`, `45s`, `30m`, `24h` or `3d`; whole seconds.
package struct Seconds: ExpressibleByArgument, Equatable, Sendable {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits)
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        value = seconds
    }

    package var defaultValueDescription: String {
        for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")]
        where value > 0 && value % size == 0 {
            return "\(value / size)\(unit)"
        }
        return "\(value)s"
    }
}
