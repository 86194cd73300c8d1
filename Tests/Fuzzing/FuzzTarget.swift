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

    /// Tries `count` inputs, which all follow from `seed`.
    ///
    /// - Returns: How many of them were accepted: none would mean that nothing was tried.
    /// - Throws: The first input for which a law didn't hold.
    package func run(seed: UInt64, count: Int) throws(FuzzFailure) -> Int {
        var random = SplitMix(state: seed)
        var accepted = 0
        for _ in 0..<count where try attempt(&random) { accepted += 1 }
        return accepted
    }

    package static let all: [FuzzTarget] =
        VersionScheme.allCases.map(version) + [
            packageURL, cvss, osvRange, versRange, productTree,
        ] + feeds + archives + feedSources + inventories + assetLists + [policy]
}

/// A law that didn't hold.
package struct FuzzFailure: Error, CustomStringConvertible {
    package let target: String
    package let law: String
    package let input: [String]

    package var description: String { "\(target): \(law), for \(input)" }
}

/// A small generator whose whole run follows from its seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

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
