import Advisories

/// A part of the program that must neither crash nor hang whatever it is given, and laws that hold
/// for whatever it answers.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Tries one input; whether it was accepted as what it should be.
    private let attempt: @Sendable (inout SplitMix) throws(FuzzFailure) -> Bool

    init(
        _ name: String, _ attempt: @escaping @Sendable (inout SplitMix) throws(FuzzFailure) -> Bool
    ) {
        self.name = name
        self.attempt = attempt
    }

    /// What was tried.
    package struct Outcome: Sendable {
        package var inputs = 0
        /// None would mean that nothing was tried beyond the first check, and all that nothing was
        /// ever wrong.
        package var accepted = 0
    }

    /// Tries the inputs of those numbers. Each follows from `seed` and its number alone, so that one
    /// that fails can be tried again without the others.
    ///
    /// - Parameter goesOn: Is told each number beforehand; false ends the run before it.
    /// - Throws: The first input for which a law didn't hold.
    package func run(
        seed: UInt64, _ numbers: Range<Int>, while goesOn: (Int) -> Bool = { _ in true }
    ) throws(FuzzFailure) -> Outcome {
        var outcome = Outcome()
        for number in numbers {
            guard goesOn(number) else { break }
            var random = SplitMix(seed: seed, number: number)
            if try attempt(&random) { outcome.accepted += 1 }
            outcome.inputs += 1
        }
        return outcome
    }

    package static let all: [FuzzTarget] =
        VersionScheme.allCases.map(version) + [
            packageURL, cvss, osvRange, versRange, productTree,
        ] + feeds + archives + feedSources + inventories + assetLists + [policy]

    /// One for each kind of thing that others write and patchflow reads; they are tried the longest.
    package static let foremost: [FuzzTarget] = {
        let names = [
            "version-debian", "version-redhat", "purl", "cvss", "osv", "csaf",
            "inventory-cyclonedx", "inventory-dpkg-status", "epss", "zip", "policy",
            "json-elements",
        ]
        return names.map { name in
            guard let target = all.first(where: { $0.name == name }) else {
                preconditionFailure("no target is called \(name)")
            }
            return target
        }
    }()
}

/// A law that didn't hold.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let target: String
    package let law: String
    package let input: [String]

    /// Long inputs are cut: seed and number give them whole.
    package var description: String {
        "\(target): \(law), for \(input.map { $0.prefix(2_000) })"
    }
}

/// A small generator whose whole run follows from its seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

    /// A generator of its own for each number.
    package init(seed: UInt64, number: Int) {
        var first = SplitMix(state: seed)
        var second = SplitMix(state: first.next() &+ UInt64(truncatingIfNeeded: number))
        state = second.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

    package mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
