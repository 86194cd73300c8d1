import Foundation
import Fuzzing
import Testing

/// A little of what `deploy/test --long fuzz` does at length.
@Suite("Whatever they are given, they neither crash nor hang nor break their laws")
struct FuzzTests {
    @Test("10,000 inputs", arguments: FuzzTarget.all)
    func inputs(_ target: FuzzTarget) throws {
        let given = ProcessInfo.processInfo.environment["PATCHFLOW_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: .min ... .max)
        print("fuzzing \(target.name), seed: \(seed)")
        let accepted = try target.run(seed: seed, 0..<10_000).accepted
        // Most of a run would be wasted on inputs that are refused at once.
        #expect(accepted > 200, "seed \(seed)")
    }
}
