import ArgumentParser
package import FoundationEssentials

/// A moment to come as people write it: `90d` from now on, or a time such as
/// `2026-03-01T09:30:00Z`, which the server reads.
package struct EndMoment: ExpressibleByArgument, Equatable, Sendable {
    package let text: String

    package init?(argument: String) { self.init(argument, now: Date()) }

    package init?(_ argument: String, now: Date) {
        guard let unit = argument.last, "smhd".contains(unit) else {
            guard !argument.isEmpty else { return nil }
            text = argument
            return
        }
        guard let seconds = Seconds(argument: argument), seconds.value <= Self.longest else {
            return nil
        }
        text = now.addingTimeInterval(Double(seconds.value)).formatted(
            Date.ISO8601FormatStyle())
    }

    /// A hundred years: beyond that nobody means it.
    private static let longest = 36_525 * 86_400
}
