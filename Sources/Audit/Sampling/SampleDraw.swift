package import EventSourcing
package import TransparencyLog

/// How a sample is drawn: by nobody's choice, and so that anybody can draw it again.
///
/// Each member of the population has a rank, and those with the lowest ranks are the sample, in the
/// order of their ranks. The rank is the SHA-256 of these six lines of UTF-8, each with a line feed
/// at its end, compared as bytes:
///
///     patchflow-sample/1
///     <population: deployments, patches, rollouts or approvals>
///     <seed, in decimal>
///     <entries at the checkpoint, in decimal>
///     <root at the checkpoint, in base64, as the checkpoint's third line has it>
///     <id of the member: of its stream, or of an approval's event>
///
/// The root is in it so that whoever knows an auditor's favourite seed can't choose ids that are never
/// drawn: the root depends on everything up to the checkpoint.
package struct SampleDraw: Equatable, Sendable {
    package static let algorithm = "patchflow-sample/1"

    package let population: SamplePopulation
    package let seed: UInt64
    package let head: TreeHead

    package init(_ population: SamplePopulation, seed: UInt64, at head: TreeHead) {
        self.population = population
        self.seed = seed
        self.head = head
    }

    package func rank(of id: String) -> Digest {
        let lines = [
            Self.algorithm, population.rawValue, "\(seed)", "\(head.size)", head.root.base64, id,
        ]
        return Digest(of: lines.map { $0 + "\n" }.joined())
    }
}
