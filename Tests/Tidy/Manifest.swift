import Foundation

/// What Package.swift says, read from its text: targets, their folders and what they depend on.
///
/// It understands the manifest's own plain style (`.target(name: "X", dependencies: ["Y", z])`
/// with `let z: Target.Dependency = .product(name: "Z", ...)`) and refuses anything else.
struct Manifest {
    struct Target {
        let kind: String
        let name: String
        /// Modules that its sources may import: own targets and products by their names.
        let dependencies: Set<String>
        /// Relative to the root; no slash at the end.
        let folder: String
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    let targets: [Target]
    let upcomingFeatures: [String]
    let text: String

    init(_ text: String) throws {
        self.text = text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let code = lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
        var products: [Substring: String] = [:]
        for match in code.matches(
            of: /let\s+(\w+)\s*:\s*Target\.Dependency\s*=\s*\.product\(\s*name:\s*"([^"]+)"/)
        {
            products[match.1] = String(match.2)
        }
        guard let list = code.firstRange(of: "\n    targets: [") else {
            throw Unreadable(description: "Package.swift has no 'targets: [' of the package")
        }
        var targets: [Target] = []
        let body = code[list.upperBound...]
        for match in body.matches(
            of: /\.(target|executableTarget|testTarget|systemLibrary|plugin)\(\s*name:\s*"/)
        {
            let declaration = try Self.balanced(body[match.range.lowerBound...])
            targets.append(
                try Self.target(kind: String(match.1), declaration, products: products))
        }
        self.targets = targets
        guard let features = code.firstMatch(of: /let\s+upcomingFeatures\s*=\s*\[([^\]]*)\]/)
        else { throw Unreadable(description: "Package.swift has no list 'upcomingFeatures'") }
        upcomingFeatures = Self.strings(features.1)
    }

    static func current() throws -> Manifest { try Manifest(Repository.text("Package.swift")) }

    func target(holding path: String) -> Target? {
        targets.first { path.hasPrefix($0.folder + "/") }
    }

    private static func target(
        kind: String, _ declaration: Substring, products: [Substring: String]
    ) throws -> Target {
        guard let name = declaration.firstMatch(of: /name:\s*"([^"]+)"/)?.1 else {
            throw Unreadable(description: "a target without a name: \(declaration)")
        }
        var dependencies: Set<String> = []
        if let list = declaration.firstMatch(of: /dependencies:\s*\[([^\]]*)\]/)?.1 {
            var rest = String(list)
            for product in list.matches(of: /\.product\(\s*name:\s*"([^"]+)"[^)]*\)/) {
                dependencies.insert(String(product.1))
                rest = rest.replacing(product.0, with: "")
            }
            for item in rest.split(separator: ",") {
                let word = item.trimmingCharacters(in: .whitespacesAndNewlines)
                if word.isEmpty { continue }
                if word.hasPrefix("\"") {
                    dependencies.insert(word.replacing("\"", with: ""))
                } else if let product = products[word[...]] {
                    dependencies.insert(product)
                } else {
                    throw Unreadable(description: "target \(name): what is '\(word)'?")
                }
            }
        }
        let path = declaration.firstMatch(of: /path:\s*"([^"]+)"/)?.1
        let standard = kind == "testTarget" ? "Tests/\(name)" : "Sources/\(name)"
        return Target(
            kind: kind, name: String(name), dependencies: dependencies,
            folder: path.map(String.init) ?? standard)
    }

    /// The text from `.target(` to the parenthesis that closes it.
    private static func balanced(_ text: Substring) throws -> Substring {
        var depth = 0
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" {
                depth -= 1
                if depth == 0 { return text[...index] }
            }
        }
        throw Unreadable(description: "an unclosed parenthesis after: \(text.prefix(60))")
    }

    private static func strings(_ list: Substring) -> [String] {
        list.matches(of: /"([^"]+)"/).map { String($0.1) }
    }
}
