/// The sizes of batches as people write them, in the words of Ansible's `serial`:
/// `1,5%,25%,rest`. Each part is the size of one batch: a number of assets, a percentage of all
/// targets (rounded down, at least one), or whatever is left.
package struct BatchGrammar: Sendable, Equatable {
    package enum Size: Sendable, Equatable {
        case assets(Int)
        case percent(Int)
        case rest
    }

    package static let maxBatches = 100

    package let sizes: [Size]

    package init(_ text: String) throws(PlanningError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= Self.maxBatches else {
            throw PlanningError(
                "batches has \(parts.count) parts: give at most \(Self.maxBatches)")
        }
        var sizes: [Size] = []
        for (index, part) in parts.enumerated() {
            let word = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            guard let size = Self.size(String(word)) else {
                throw PlanningError(
                    "batches part \(index + 1) is '\(String(word).prefix(40))': give a number from "
                        + "1, a percentage from 1% to 100%, or 'rest'")
            }
            if size == .rest, index + 1 < parts.count {
                throw PlanningError("batches part \(index + 1) is 'rest': nothing can follow it")
            }
            sizes.append(size)
        }
        self.sizes = sizes
    }

    private static func size(_ word: String) -> Size? {
        if word == "rest" { return .rest }
        let isPercent = word.hasSuffix("%")
        let digits = isPercent ? word.dropLast() : word[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits), number >= 1
        else { return nil }
        if isPercent { return number <= 100 ? .percent(number) : nil }
        return .assets(number)
    }

    /// How many of `total` assets each batch takes; later ones are empty when none are left.
    ///
    /// - Parameter canary: The least size of the first one.
    /// - Throws: When assets would be left over.
    package func counts(total: Int, canary: Int) throws(PlanningError) -> [Int] {
        var left = total
        var counts: [Int] = []
        for (index, size) in sizes.enumerated() {
            let wanted =
                switch size {
                case .assets(let number): number
                case .percent(let percent): max(1, total * percent / 100)
                case .rest: left
                }
            let count = min(left, index == 0 ? max(wanted, canary) : wanted)
            counts.append(count)
            left -= count
        }
        guard left == 0 else {
            throw PlanningError("batches leave \(left) of \(total) assets out: end with 'rest'")
        }
        return counts
    }
}

/// Why a rollout can't be planned: one sentence that names the field, its value, and what to do.
package struct PlanningError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
