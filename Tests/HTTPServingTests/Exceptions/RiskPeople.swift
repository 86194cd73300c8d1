import APIContract
import Application
import EventSourcing
import FoundationEssentials

/// The tokens of who asks and of who decides.
struct RiskPeople {
    let analyst: String?
    let owner: String?
}

/// Runs `body` with them and a host.
func withRiskPeople(
    _ body: (ServedLog, RiskPeople, _ asset: String) async throws -> Void
) async throws {
    try await withServedLog { log in
        let administrator = try await log.administrator()
        let people = RiskPeople(
            analyst: try await log.token("anna", "analyst", "securityTester", by: administrator)
                .secret,
            owner: try await log.token("rolf", "riskOwner", by: administrator).secret)
        let result: ImportAssetsResult = try await log.post(
            "/api/v1/assets:import", #"{"format":"ini","text":"[production]\nweb1\n"}"#,
            as: people.analyst
        ).decode()
        try await body(log, people, result.data[0].id)
    }
}

extension ServedLog {
    /// A moment to come, as requests name it.
    func end(days: Int = 30) -> String { (clock.now + .seconds(days * 86_400)).description }
}
