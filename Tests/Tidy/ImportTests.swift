import Testing

/// Architecture: arrows go only down, siblings stay strangers, the pure core stays pure.
@Suite struct ImportTests {
    @Test func everyImportIsADependencyOfItsTarget() throws {
        let manifest = try Manifest.current()
        let sources = try Repository.sources(below: "Sources", "Tests")
        #expect(sources.count > 30, "the listing of sources is too short to be true")
        for source in sources {
            let violations = ImportRule.violations(in: source, manifest)
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test func targetsDependOnWhatTheArchitectureAllows() throws {
        for target in try Manifest.current().targets {
            let violations = ImportRule.violations(ofArrows: target)
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test(arguments: [
        ("Sources/EventSourcing/X.swift", "import Foundation"),
        ("Sources/EventSourcing/X.swift", "private import Glibc"),
        ("Sources/PatchManagement/X.swift", "package import Logging"),
        ("Sources/Application/X.swift", "@preconcurrency internal import Postgres"),
        ("Sources/Application/X.swift", "import struct NIOCore.ByteBuffer"),
        ("Sources/HTTPAPI/X.swift", "import AsyncHTTPClient"),
        ("Sources/Application/X.swift", "import Testing"),
        ("Sources/Nowhere/X.swift", "import Foundation"),
    ])
    func aForbiddenImportIsFound(path: String, line: String) throws {
        let source = SourceFile(path: path, text: "// import A\n\(line)\nlet x = \"import B\"\n")
        #expect(ImportRule.violations(in: source, try Manifest.current()).count == 1)
    }

    @Test(arguments: [
        ("EventSourcing", ["Postgres"]), ("Advisories", ["PatchManagement"]),
        ("HTTPAPI", ["WebUI"]), ("Projections", ["PostgresStore"]),
        ("PatchManagement", ["Logging"]), ("TransparencyLog", ["PatchManagement"]),
        ("Unheard", []),
    ])
    func aForbiddenArrowIsFound(name: String, dependencies: [String]) {
        let target = Manifest.Target(
            kind: "target", name: name, dependencies: Set(dependencies), folder: "Sources/\(name)")
        #expect(ImportRule.violations(ofArrows: target).count == 1)
    }
}

enum ImportRule {
    static let pure: Set = [
        "JSON", "EventSourcing", "Advisories", "PatchManagement", "TransparencyLog", "Audit",
        "SimulatedFleet", "StoreCheck",
    ]

    /// Own targets that a target may depend on, at most. A target that is new needs a line here.
    static let arrows: [String: Set<String>] = [
        "CLibPQ": [],
        "CZLib": [],
        "Archives": ["CZLib"],
        "Postgres": ["CLibPQ"],
        "PrivateCluster": ["Postgres"],
        "JSON": [],
        "EventSourcing": ["JSON"],
        "Advisories": ["JSON"],
        "PatchManagement": ["EventSourcing", "Advisories", "JSON"],
        "TransparencyLog": ["EventSourcing", "JSON"],
        "Audit": ["TransparencyLog", "PatchManagement", "EventSourcing", "JSON"],
        "StoreCheck": ["TransparencyLog", "EventSourcing"],
        "SimulatedFleet": ["PatchManagement", "EventSourcing"],
        "Application": ["PatchManagement", "Advisories", "EventSourcing", "JSON"],
        "Orchestration": [
            "Application", "PatchManagement", "Advisories", "EventSourcing", "JSON",
        ],
        "Signing": ["TransparencyLog", "EventSourcing"],
        "PostgresStore": [
            "EventSourcing", "TransparencyLog", "Signing", "StoreCheck", "Postgres",
        ],
        "Projections": [
            "Application", "PatchManagement", "Advisories", "EventSourcing", "Postgres",
        ],
        "Executors": ["Archives", "PatchManagement", "Advisories", "EventSourcing"],
        "APIContract": ["JSON"],
        "HTTPServing": ["Application", "APIContract", "EventSourcing"],
        "HTTPAPI": [
            "HTTPServing", "Application", "APIContract", "PatchManagement", "Advisories",
            "EventSourcing",
        ],
        "Witnessing": ["HTTPServing", "Signing", "TransparencyLog"],
        "CommandLineClient": ["APIContract", "Advisories", "Archives", "JSON"],
        "embed-files": [],
    ]

    private static let libraries: Set = [
        "Crypto", "Logging", "ServiceLifecycle", "Subprocess", "SystemPackage", "AsyncHTTPClient",
        "Hummingbird", "HTTPTypes", "ArgumentParser", "NIOCore", "NIOPosix", "NIOHTTP1",
        "NIOFoundationCompat",
    ]
    private static let purePlatform: Set = [
        "FoundationEssentials", "FoundationInternationalization", "Synchronization",
    ]
    private static let platform = purePlatform.union(["Foundation", "Glibc", "Dispatch"])

    static func violations(in source: SourceFile, _ manifest: Manifest) -> [String] {
        let imports = imports(in: source)
        if imports.isEmpty { return [] }
        guard let target = manifest.target(holding: source.path) else {
            return ["\(source.path): lies in no target of Package.swift"]
        }
        var allowed = target.dependencies.union(
            pure.contains(target.name) ? purePlatform : platform)
        if target.kind == "testTarget" || target.folder.hasPrefix("Tests/") {
            allowed.insert("Testing")
        }
        if target.kind == "plugin" { allowed.insert("PackagePlugin") }
        return imports.filter { !allowed.contains($0.module) }.map {
            """
            \(source.path):\($0.line): target \(target.name) may not import \($0.module); it may \
            import \(allowed.sorted().joined(separator: ", "))
            """
        }
    }

    static func violations(ofArrows target: Manifest.Target) -> [String] {
        if target.folder.hasPrefix("Tests/") || ["plugin"].contains(target.kind)
            || target.name == "patchflow"
        {
            return []
        }
        guard let arrows = arrows[target.name] else {
            return ["target \(target.name) is not in the architecture; add it to ImportRule.arrows"]
        }
        let outside: Set = pure.contains(target.name) ? ["Crypto"] : libraries
        return target.dependencies.subtracting(arrows).subtracting(outside).sorted().map {
            "target \(target.name) may not depend on \($0)"
        }
    }

    private static func imports(in source: SourceFile) -> [(line: Int, module: String)] {
        source.codeLines.enumerated().compactMap { index, line in
            guard
                let match = line.firstMatch(
                    of:
                        /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
                )
            else { return nil }
            return (index + 1, String(match.1))
        }
    }
}
