import Fuzzing

/// `fuzz targets` names the targets; `fuzz SEED COUNT [TARGET ...]` tries COUNT inputs on each, or on
/// those that are named.
@main
struct Fuzz {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["targets"] {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        guard words.count >= 2, let seed = UInt64(words[0]), let count = Int(words[1]) else {
            print("usage: fuzz targets | fuzz SEED COUNT [TARGET ...]")
            throw Usage()
        }
        let names = Set(words.dropFirst(2))
        for target in FuzzTarget.all where names.isEmpty || names.contains(target.name) {
            var accepted = 0
            let spent = try ContinuousClock().measure {
                accepted = try target.run(seed: seed, count: count)
            }
            print(
                "\(target.name): \(count) inputs, \(accepted) accepted,"
                    + " in \(spent.components.seconds) s")
        }
    }

    private struct Usage: Error {}
}
