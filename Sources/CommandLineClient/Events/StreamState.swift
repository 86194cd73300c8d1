import APIContract
import JSON

/// What a stream is about, as the API shows it, at a position of the log.
struct StreamState {
    private let client: APIClient
    /// The resource below `/api/v1/`.
    private let path: String

    /// nil for a stream that no resource shows, such as a person's.
    init?(of stream: String, _ client: APIClient) {
        let resources = [
            "as": "assets", "pa": "patches", "ro": "rollouts", "de": "deployments",
            "fe": "feeds", "fi": "findings", "ex": "exceptions", "ct": "controls",
            "ba": "baselines", "cl": "cloud-accounts", "em": "emergencies",
            "sa": "standing-approvals", "di": "disasters", "sd": "schedules", "cp": "caps",
            "fz": "freezes", "po": "policies",
        ]
        guard let prefix = stream.split(separator: "_").first,
            let resource = resources[String(prefix)]
        else { return nil }
        self.client = client
        path = "\(resource)/\(stream.segment)"
    }

    /// - Returns: nil when it wasn't there yet.
    func at(_ position: Int64) async throws -> JSONValue? {
        guard position > 0 else { return nil }
        do {
            return try await client.get(path, query: ["as_of": String(position)])
        } catch ClientFailure.problem(let problem) where problem.status == 404 {
            return nil
        }
    }
}
