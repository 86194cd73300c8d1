internal import ArgumentParser
internal import Foundation

/// W6: a fleet's inventories against all advisories.
struct IntakeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "W6: matches inventories with advisories, all of them and what has changed.",
        discussion: """
            Each size runs in a process of its own. Nothing is left from one inventory to the next: \
            match_* are for inventories that have nothing in common, fleet_* for a fleet whose \
            matches are kept. match_processors is what processors spent, whoever else was there.
            """)

    @Option(help: "Assets at factor 1.")
    var assets = 10_000
    @Option(help: "Packages of an asset.")
    var packages = 500
    @Option(help: "Advisories at factor 1.")
    var advisories = 50_000
    @Option(
        parsing: .upToNextOption,
        help: "How many times the assets each run has; the advisories stay as many.")
    var factors = [1, 2, 4]
    @Option(help: "Threads that match.")
    var threads = 2
    @Option(help: "Of the fleet and its advisories.")
    var seed: UInt64 = 1

    func validate() throws {
        guard assets > 0, packages > 0, advisories > 0, !factors.isEmpty,
            factors.allSatisfy({ (1...100).contains($0) })
        else {
            throw ValidationError(
                "--assets, --packages and --advisories are above 0, --factors from 1 to 100")
        }
        guard (1...64).contains(threads) else {
            throw ValidationError("--threads \(threads): choose 1 to 64")
        }
    }

    func run() async throws {
        for factor in factors {
            let printed = try await BenchProcess.output([
                "bench", "intake-process", "--assets", "\(assets * factor)", "--packages",
                "\(packages)", "--advisories", "\(advisories)", "--threads", "\(threads)",
                "--seed", "\(seed)",
            ])
            let measurement = try JSONDecoder().decode(
                IntakeMeasurement.self, from: Data(printed.utf8))
            report(measurement, factor == 1 ? "" : "_x\(factor)")
        }
    }

    private func report(_ measurement: IntakeMeasurement, _ suffix: String) {
        let figures = [
            ("index", measurement.indexing, "s"), ("match", measurement.matching, "s"),
            ("match_processors", measurement.matchingBusy, "s"),
            ("match_one_inventory", measurement.inventory, "ms"),
            ("match_memory", measurement.peak, "MiB"),
            ("matches", Double(measurement.matches), "matches"),
            ("fleet", measurement.fleet, "s"), ("fleet_memory", measurement.fleetPeak, "MiB"),
            ("fleet_packages", Double(measurement.packages), "packages"),
            ("changed_inventory", measurement.changedInventory, "ms"),
            ("changed_inventory_slowest", measurement.slowestChangedInventory, "ms"),
            ("changed_advisory", measurement.changedAdvisory, "ms"),
            ("changed_advisory_slowest", measurement.slowestChangedAdvisory, "ms"),
            ("changed_advisory_assets", Double(measurement.concernedAssets), "assets"),
        ]
        for (metric, value, unit) in figures {
            printFigure("W6", "\(metric)\(suffix)", value, unit)
        }
    }
}

/// One process of `IntakeBenchmark`: prints what it measured, as JSON.
struct IntakeBenchmarkProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake-process", shouldDisplay: false)

    @Option var assets: Int
    @Option var packages: Int
    @Option var advisories: Int
    @Option var threads: Int
    @Option var seed: UInt64

    func run() async throws {
        let size = IntakeFleet.Size(assets: assets, packages: packages, advisories: advisories)
        let measurement = try await IntakeMeasurement.take(
            IntakeFleet(size: size, seed: seed), threads: threads)
        print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
    }
}
