/// What all checks of a store have found.
package struct StoreReport: Codable, Equatable, Sendable {
    package enum Result: String, Codable, Sendable {
        case sound, damaged
        /// Nothing is known to be wrong, and not everything could be looked at.
        case incomplete
    }

    package let result: Result
    package let checks: [Check]

    package init(_ checks: [Check]) {
        self.checks = checks
        let verdicts = checks.map(\.verdict)
        result =
            verdicts.contains(.damaged)
            ? .damaged : verdicts.contains(.incomplete) ? .incomplete : .sound
    }
}
