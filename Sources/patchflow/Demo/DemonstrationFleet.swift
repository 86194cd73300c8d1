internal import EventSourcing
internal import PatchManagement

/// The hosts of `up --demo`. None of them exists: they answer at addresses that are kept for
/// documentation (RFC 5737), and their names, group and owner say so.
enum DemonstrationFleet {
    static let group = "demonstration"
    static let sites = ["berlin", "lyon"]

    /// For each site, how many hosts of each environment.
    private static let shape: [(environment: Environment, count: Int, criticality: Criticality)] = [
        (.lab, 2, .low), (.staging, 4, .medium), (.production, 9, .high),
    ]

    static let registrations: [AssetRegistration] = {
        var registrations: [AssetRegistration] = []
        for site in sites {
            for (environment, count, criticality) in shape {
                for number in 1...count {
                    registrations.append(
                        AssetRegistration(
                            name: "demo-\(site)-\(environment.rawValue)-\(number)",
                            address: "192.0.2.\(registrations.count + 1)", site: site,
                            environment: environment, group: group, criticality: criticality,
                            owner: "demonstration (simulated)"))
                }
            }
        }
        return registrations
    }()

    /// What `asset import` is given.
    static var inventory: String {
        get throws {
            String(decoding: try CanonicalJSON.encode(registrations), as: UTF8.self)
        }
    }

    static func assets(_ environment: Environment) -> [StreamID] {
        registrations.filter { $0.environment == environment }.map(\.asset)
    }

    /// Where a rollout meets hosts on which a service does not survive an update.
    static let troubledSite = "lyon"

    /// As `--simulated-faults` takes them. Who comes first in a rollout follows from its id, which
    /// is always the same here: these hosts come after the canary.
    static let faults = [2, 5].map { "demo-\(troubledSite)-production-\($0)=breaks-service" }
        .joined(separator: ",")
}
