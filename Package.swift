// swift-tools-version: 6.2
import PackageDescription

// The arrows between targets are the architecture: an import that is not listed here fails
// Tests/Tidy. Arrows go only down, siblings stay strangers.

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let httpClient: Target.Dependency = .product(
    name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let niocore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioposix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let niohttp1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "patchflow",
    products: [
        .executable(name: "patchflow", targets: ["patchflow"])
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // PostgreSQL
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Postgres", dependencies: ["CLibPQ", logging]),
        .target(
            name: "PrivateCluster", dependencies: ["Postgres", subprocess, systemPackage, logging]),

        // Archives that publishers pack their documents into
        .systemLibrary(
            name: "CZLib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Archives", dependencies: ["CZLib"]),

        // Pure core: no I/O, no clock, no randomness
        .target(name: "JSON"),
        .target(name: "EventSourcing", dependencies: ["JSON", crypto]),
        .target(name: "Advisories", dependencies: ["JSON"]),
        .target(
            name: "PatchManagement", dependencies: ["EventSourcing", "Advisories", "JSON", crypto]),
        .target(name: "TransparencyLog", dependencies: ["EventSourcing", "JSON", crypto]),
        .target(
            name: "Audit",
            dependencies: ["TransparencyLog", "PatchManagement", "EventSourcing", "JSON"]),
        .target(name: "StoreCheck", dependencies: ["TransparencyLog", "EventSourcing"]),
        .target(name: "SimulatedFleet", dependencies: ["PatchManagement", "EventSourcing"]),

        // Use cases, and what drives them
        .target(
            name: "Application",
            dependencies: [
                "PatchManagement", "Advisories", "EventSourcing", "JSON", crypto, logging,
            ]),
        .target(
            name: "Orchestration",
            dependencies: [
                "Application", "PatchManagement", "Advisories", "EventSourcing", "JSON", crypto,
                logging,
                serviceLifecycle,
            ]),

        // Adapters
        .target(name: "Signing", dependencies: ["TransparencyLog", "EventSourcing"]),
        .target(
            name: "PostgresStore",
            dependencies: [
                "EventSourcing", "TransparencyLog", "Signing", "StoreCheck", "Postgres", logging,
                serviceLifecycle,
            ],
            plugins: ["EmbedFiles"]),
        .target(
            name: "Projections",
            dependencies: [
                "Application", "PatchManagement", "Advisories", "EventSourcing", "Postgres",
                logging, serviceLifecycle,
            ]),
        .target(
            name: "Executors",
            dependencies: [
                "Archives", "PatchManagement", "Advisories", "EventSourcing", subprocess,
                systemPackage, httpClient, logging, crypto, niocore, niohttp1, nioposix,
            ]),

        // Edges
        .target(name: "APIContract", dependencies: ["JSON"]),
        .target(
            name: "HTTPServing",
            dependencies: [
                "Application", "APIContract", "EventSourcing", hummingbird, logging, niocore,
                serviceLifecycle,
            ]),
        .target(
            name: "HTTPAPI",
            dependencies: [
                "HTTPServing", "Application", "APIContract", "PatchManagement", "Advisories",
                "EventSourcing", hummingbird, logging,
            ]),
        .target(
            name: "Witnessing",
            dependencies: [
                "HTTPServing", "Signing", "TransparencyLog", hummingbird, httpClient, logging,
                niocore, niohttp1, serviceLifecycle,
            ]),
        .target(
            name: "CommandLineClient",
            dependencies: [
                "APIContract", "Advisories", "Archives", "JSON", httpClient, argumentParser,
                niocore, niohttp1,
            ]),
        .executableTarget(
            name: "patchflow",
            dependencies: [
                "Postgres", "PrivateCluster", "EventSourcing", "Advisories", "PatchManagement",
                "TransparencyLog", "Audit", "StoreCheck", "SimulatedFleet", "Application",
                "Orchestration", "PostgresStore", "Projections", "Executors", "APIContract",
                "HTTPServing", "HTTPAPI", "Signing", "Witnessing", "CommandLineClient",
                hummingbird, httpClient, argumentParser, logging, serviceLifecycle, unixSignals,
                subprocess, systemPackage, crypto,
            ]),

        // SQL files become part of the binary at build time
        .executableTarget(name: "embed-files"),
        .plugin(
            name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed-files"],
            path: "Sources/EmbedFiles"),

        // Tests
        .target(
            name: "Support",
            dependencies: [
                "Postgres", "PrivateCluster", "PostgresStore", "EventSourcing", "PatchManagement",
                "Executors", "APIContract", "JSON", "CommandLineClient", subprocess, systemPackage,
            ],
            path: "Tests/Support"),
        .testTarget(
            name: "Tidy", dependencies: [crypto], path: "Tests/Tidy",
            exclude: ["migrations.sha256"]),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "PrivateCluster", "Support"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "Support"]),
        .testTarget(name: "EventSourcingTests", dependencies: ["EventSourcing", "JSON"]),
        .target(
            name: "Fuzzing",
            dependencies: ["Advisories", "Archives", "PatchManagement", "EventSourcing", "JSON"],
            path: "Tests/Fuzzing"),
        .executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/Fuzz"),
        .testTarget(
            name: "ArchivesTests",
            dependencies: ["Archives", "CZLib", "Fuzzing"]),
        .testTarget(
            name: "AdvisoriesTests",
            dependencies: [
                "Advisories", "Fuzzing", "Support", "patchflow", subprocess, systemPackage,
            ],
            exclude: ["Independent"]),
        .testTarget(
            name: "PatchManagementTests",
            dependencies: [
                "PatchManagement", "EventSourcing", "Advisories", "JSON", "SimulatedFleet",
                "Support",
            ],
            exclude: ["Golden"]),
        .testTarget(
            name: "TransparencyLogTests",
            dependencies: ["TransparencyLog", "EventSourcing", "Support"],
            exclude: ["Independent"]),
        .testTarget(
            name: "AuditTests",
            dependencies: [
                "Audit", "TransparencyLog", "SimulatedFleet", "PatchManagement", "Advisories",
                "EventSourcing", "Support", "patchflow", subprocess, systemPackage,
            ]),
        .executableTarget(
            name: "store-writer",
            dependencies: ["PostgresStore", "PatchManagement", "EventSourcing", "Postgres"],
            path: "Tests/StoreWriter"),
        .executableTarget(
            name: "store-sealer", dependencies: ["PostgresStore", "Signing", "Postgres", logging],
            path: "Tests/StoreSealer"),
        .testTarget(
            name: "SimulatedFleetTests",
            dependencies: ["SimulatedFleet", "PatchManagement", "EventSourcing"]),
        // Whole installations on one thread: see Tests/Simulation/SeedTests.swift
        .testTarget(
            name: "Simulation",
            dependencies: [
                "Orchestration", "Application", "Audit", "TransparencyLog", "SimulatedFleet",
                "PatchManagement", "Advisories", "EventSourcing", "Support", logging,
            ],
            path: "Tests/Simulation", exclude: ["Model"]),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: [
                "PostgresStore", "EventSourcing", "TransparencyLog", "Signing", "StoreCheck",
                "Audit", "PatchManagement", "Projections", "SimulatedFleet",
                "Postgres", "PrivateCluster", "Support", "store-writer", "store-sealer",
                subprocess, systemPackage, logging,
            ]),
        .testTarget(
            name: "WitnessingTests",
            dependencies: [
                "Witnessing", "HTTPServing", "Signing", "TransparencyLog", "Support", "patchflow",
                httpClient, niocore, niohttp1, logging,
            ]),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: [
                "Projections", "APIContract", "Application", "PatchManagement", "EventSourcing",
                "PostgresStore", "Postgres", "Support", "patchflow", logging, subprocess,
                systemPackage,
            ]),
        .testTarget(
            name: "ExecutorsTests",
            dependencies: [
                "Executors", "PatchManagement", "Advisories", "EventSourcing", "Fuzzing", "Support",
                logging,
            ]),
        .testTarget(name: "APIContractTests", dependencies: ["APIContract", "JSON"]),
        .testTarget(
            name: "CommandLineClientTests",
            dependencies: [
                "CommandLineClient", "APIContract", "Fuzzing", "JSON", httpClient, hummingbird,
                argumentParser, niocore,
            ]),
        .testTarget(
            name: "ApplicationTests",
            dependencies: [
                "Application", "Orchestration", "PatchManagement", "Advisories", "EventSourcing",
                "Executors", "JSON", "PostgresStore", "Projections", "Signing", "Postgres",
                "Support", logging,
            ]),
        .testTarget(
            name: "HTTPServingTests",
            dependencies: [
                "HTTPServing", "HTTPAPI", "Application", "APIContract", "PatchManagement",
                "EventSourcing", "JSON", "TransparencyLog", "Signing", "PostgresStore",
                "Projections",
                "Postgres", "Support",
                hummingbird, httpClient, niocore, niohttp1, logging, serviceLifecycle,
            ]),
        .testTarget(
            name: "EndToEnd",
            dependencies: [
                "Support", "APIContract", "JSON", "CommandLineClient", "EventSourcing",
                "TransparencyLog", "Postgres", "PrivateCluster", "patchflow", "store-writer",
                subprocess,
                systemPackage,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

let upcomingFeatures = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "NonisolatedNonsendingByDefault", "InferIsolatedConformances",
]

for target in package.targets where target.type != .system && target.type != .plugin {
    var settings = target.swiftSettings ?? []
    settings += upcomingFeatures.map { .enableUpcomingFeature($0) }
    settings.append(.treatAllWarnings(as: .error))
    target.swiftSettings = settings
}
