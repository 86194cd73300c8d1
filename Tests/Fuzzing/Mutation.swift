/// Makes inputs out of samples: near enough to them to be accepted now and then.
package struct Mutation: Sendable {
    private let samples: [[UInt8]]
    private let alphabet: [UInt8]

    /// - Parameter alphabet: What is put in, besides any byte now and then.
    init(_ samples: [String], alphabet: String) {
        self.init(samples.map { Array($0.utf8) }, alphabet: alphabet)
    }

    /// Samples that are no texts.
    init(_ samples: [[UInt8]], alphabet: String) {
        self.samples = samples
        self.alphabet = Array(alphabet.utf8)
    }

    package func text(_ random: inout SplitMix) -> String {
        String(decoding: bytes(&random), as: UTF8.self)
    }

    /// Bytes that needn't be UTF-8.
    package func bytes(_ random: inout SplitMix) -> [UInt8] {
        var bytes = random.pick(samples)
        for _ in 0..<random.below(4) { change(&bytes, &random) }
        return bytes
    }

    /// A text that differs little from `text`, or not at all.
    package func near(_ text: String, _ random: inout SplitMix) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<random.below(3) { change(&bytes, &random) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let place = random.below(bytes.count + 1)
        switch random.below(8) {
        case 0, 1: bytes.insert(byte(&random), at: place)
        case 2, 3: if place < bytes.count { bytes[place] = byte(&random) }
        case 4: if place < bytes.count { bytes.remove(at: place) }
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + random.below(6)))
        case 6:
            // A part of another sample.
            let other = random.pick(samples)
            let start = random.below(other.count)
            bytes.insert(
                contentsOf: other[start..<min(other.count, start + random.below(8))], at: place)
        default:
            // A part of its own again, now and then many times over.
            let part = Array(bytes[place..<min(bytes.count, place + 1 + random.below(4))])
            for _ in 0..<(random.below(50) == 0 ? 200 : 1) where bytes.count < 2000 {
                bytes.insert(contentsOf: part, at: place)
            }
        }
    }

    private func byte(_ random: inout SplitMix) -> UInt8 {
        random.below(20) == 0 ? UInt8(random.below(256)) : random.pick(alphabet)
    }
}
