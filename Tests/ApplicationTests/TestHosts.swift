import EventSourcing
import PatchManagement
import Synchronization

/// Hosts with curl on them that do as they are told. What they answer follows from what was done
/// to them.
final class TestHosts: ActivityExecutor {
    static let old = "7.88.1-1"
    static let new = "7.88.1-2"
    static let package = PackageSelection(name: "curl", architecture: "amd64", version: new)

    private struct Contents {
        /// The version on each host; the old one on those that were never touched.
        var versions: [String: String] = [:]
        /// Hosts that report the old version whatever was installed.
        var broken: Set<String> = []
        /// Packages that all of them have beside curl.
        var others: [String] = []
        /// What still runs the old version on a host.
        var outdated: [String: [OutdatedProcess]] = [:]
    }

    private let contents = Mutex(Contents())

    /// Somebody has installed the new version by hand.
    func touch(_ name: String) { contents.withLock { $0.versions[name] = Self.new } }
    /// Somebody has brought the old version back by hand.
    func restore(_ name: String) { contents.withLock { $0.versions[name] = Self.old } }
    func damage(_ names: String...) { contents.withLock { $0.broken.formUnion(names) } }
    func leave(running process: OutdatedProcess, on name: String) {
        contents.withLock { $0.outdated[name, default: []].append(process) }
    }
    func add(_ package: String) { contents.withLock { $0.others.append(package) } }
    func mend() { contents.withLock { $0.broken = [] } }

    func version(of package: String = "curl", on name: String) -> String {
        contents.withLock { $0.versions[Self.key(package, name)] ?? Self.old }
    }

    private static func key(_ package: String, _ name: String) -> String {
        package == "curl" ? name : "\(name)/\(package)"
    }

    private func installed(on name: String) -> [PackageSelection] {
        (["curl"] + contents.withLock { $0.others }).map {
            installed(version(of: $0, on: name), of: $0)
        }
    }

    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult {
        guard await mayBegin() else {
            return .failed(WorkFailure(.unreachable, "the order was withheld"))
        }
        let name = order.host.name
        switch order.work {
        case .inventory:
            return .inventory(
                InventoryReport(
                    osName: "debian", osVersion: name.hasSuffix("-13") ? "13" : "12",
                    architecture: "amd64", kernel: "6.1", bootID: "boot-1",
                    packages: installed(on: name).map {
                        InstalledPackage(
                            name: $0.name, architecture: "amd64", version: $0.version,
                            source: $0.name)
                    }))
        case .discover:
            return .offers(
                installed(on: name).filter { $0.version != Self.new }.map {
                    offer($0.version, of: $0.name)
                })
        case .acquire(let packages):
            return .acquired(
                packages.map {
                    PinnedPackage(
                        name: $0.name, architecture: $0.architecture, version: $0.version,
                        sha256: Digest(of: $0.name + $0.version), size: 4711)
                })
        case .precheck:
            return .precheck(
                PrecheckReport(
                    obstacles: [], installed: installed(on: name), freeBytes: 1_000_000,
                    bootID: "boot-1"))
        case .backUp(_, let packages):
            return .backUp(
                packages.map {
                    let version = version(of: $0.name, on: name)
                    return PriorPackage(
                        name: $0.name, architecture: "amd64", version: version,
                        keptFile: Digest(of: version))
                })
        case .install(_, let packages):
            return change(name, to: packages.map { ($0.name, Self.new) })
        case .rollBack(_, let packages):
            return change(name, to: packages.map { ($0.name, $0.version ?? "") })
        case .verify(let checks): return verification(name, checks)
        case .reboot: return change(name, to: [])
        case .probe: return .probe(.neverStarted)
        case .ask: return .failed(WorkFailure(.invalidOrder, "probes are asked one by one"))
        case .check:
            return .checked(
                CommandReport(
                    exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
                    milliseconds: 1, bootID: "boot-1"))
        }
    }

    private func change(_ name: String, to versions: [(String, String)]) -> WorkResult {
        contents.withLock { contents in
            for (package, version) in versions {
                contents.versions[Self.key(package, name)] = version
            }
        }
        return .executed(
            ExecutionReport(
                exitCode: 0, outputDigest: Digest(of: "output"), outputBytes: 6,
                outputTail: "output", seconds: 1, rebootRequired: false, bootID: "boot-1"))
    }

    private func verification(
        _ name: String, _ checks: VerificationChecks
    ) -> WorkResult {
        let (isBroken, outdated) = contents.withLock {
            ($0.broken.contains(name), $0.outdated[name, default: []])
        }
        return .verification(
            VerificationReport(
                installed: installed(on: name).map {
                    installed(isBroken ? Self.old : $0.version, of: $0.name)
                },
                services: checks.services.map {
                    VerificationReport.Service(name: $0, state: .running)
                },
                commandExitCode: checks.command == nil ? nil : 0, commandOutput: "",
                rebootRequired: false, bootID: "boot-1", outdated: outdated))
    }

    private func installed(_ version: String, of package: String) -> PackageSelection {
        PackageSelection(name: package, architecture: "amd64", version: version)
    }

    private func offer(_ version: String, of package: String) -> OfferedUpdate {
        OfferedUpdate(
            name: package, source: package, architecture: "amd64", installedVersion: version,
            offeredVersion: Self.new, origin: "Debian:12.10/stable-security",
            fromSecurityArchive: true, sha256: Digest(of: package + Self.new), size: 4711)
    }
}
