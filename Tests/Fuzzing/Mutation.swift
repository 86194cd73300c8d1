/// Makes inputs out of samples: near enough to them to be accepted now and then.
package struct Mutation: Sendable {
    private let samples: [[UInt8]]
    private let alphabet: [UInt8]
    /// Those of the samples that are JSON, when they are to be changed as such.
    private let shapes: [JSONShape]

    /// - Parameter alphabet: What is put in, besides any byte now and then.
    init(_ samples: [String], alphabet: String) {
        self.init(samples.map { Array($0.utf8) }, alphabet: alphabet)
    }

    /// Samples that are no texts.
    init(_ samples: [[UInt8]], alphabet: String) {
        self.samples = samples
        self.alphabet = Array(alphabet.utf8)
        shapes = []
    }

    /// Samples that are JSON. Most inputs are JSON too, whose members and values are others; broken
    /// bytes seldom get further than the parser.
    init(documents samples: [String], alphabet: String) {
        self.samples = samples.map { Array($0.utf8) }
        self.alphabet = Array(alphabet.utf8)
        shapes = self.samples.compactMap(JSONShape.init)
        precondition(shapes.count == samples.count, "a sample is no JSON")
    }

    package func text(_ random: inout SplitMix) -> String {
        String(decoding: bytes(&random), as: UTF8.self)
    }

    /// Bytes that needn't be UTF-8. Nearly always something in them is changed.
    package func bytes(_ random: inout SplitMix) -> [UInt8] {
        if !shapes.isEmpty, random.below(4) > 0 {
            var shape = random.pick(shapes)
            for _ in 0...random.below(4) { shape.change(&random, with: shapes) }
            return shape.bytes
        }
        var bytes = random.pick(samples)
        for _ in 0...random.below(3) { change(&bytes, &random) }
        return bytes
    }

    /// A text that differs little from `text`, or not at all.
    package func near(_ text: String, _ random: inout SplitMix) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<random.below(3) { change(&bytes, &random) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func change(_ bytes: inout [UInt8], _ random: inout SplitMix) {
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
            let times = random.below(50) == 0 ? 200 : 1
            guard bytes.count + times * part.count < 2800 else { return }
            bytes.insert(contentsOf: repeatElement(part, count: times).joined(), at: place)
        }
    }

    private func byte(_ random: inout SplitMix) -> UInt8 {
        random.below(20) == 0 ? UInt8(random.below(256)) : random.pick(alphabet)
    }
}
