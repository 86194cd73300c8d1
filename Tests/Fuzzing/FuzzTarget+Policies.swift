import EventSourcing
import JSON
import PatchManagement

extension FuzzTarget {
    /// Whatever document keeps its rules comes to numbers that can decide.
    static let policy: FuzzTarget = {
        let mutation = Mutation(documents: policySamples, alphabet: "{}[]\":,-.e019 ntf_%\u{0}")
        return FuzzTarget("policy") { random throws(FuzzFailure) in
            let text = mutation.text(&random)
            func fail(_ law: String) -> FuzzFailure {
                FuzzFailure(target: "policy", law: law, input: [text])
            }
            guard let json = try? CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8))
            else { return false }
            let document: PolicyDocument
            do throws(PolicyDocumentError) {
                document = try PolicyDocument(json)
            } catch {
                if error.faults.isEmpty { throw fail("a refusal says what is wrong") }
                return false
            }
            // What breaks a rule is never stored, and doesn't count.
            guard document.faults.isEmpty else { return false }
            let stored = try? CanonicalJSON.encode(document)
            let again = stored.flatMap {
                try? CanonicalJSON.decode(PolicyDocument.self, from: $0)
            }
            if again != document { throw fail("what is stored reads as the same") }
            // What it comes to costs many times what it takes to read it.
            guard random.below(16) == 0 else { return true }
            let path = PolicyPath(site: "a", group: "b")
            let published = PublishedPolicy(
                scope: .site("a"), version: 1, document: document, sections: [:])
            let book = PolicyBook([published])
            let policy = book.effective(for: path)
            if !policy.faults.isEmpty { throw fail("what counts fits together") }
            if policy.classification.pin.version != 1 { throw fail("a version is kept") }
            _ = (policy.rollout, policy.patch, policy.exceptions, policy.reviewSeconds)
            let openings = policy.windows.next(
                endingAfter: Timestamp(seconds: 1_767_225_600), limit: 3)
            if !policy.windows.faults.isEmpty { throw fail("what is published can be read") }
            if !openings.allSatisfy({ $0.start < $0.end && $0.lastStart <= $0.end }) {
                throw fail("a window ends after it begins")
            }
            return policy.ignored.isEmpty
        }
    }()

    private static let policySamples = [
        #"{"classification":{"sla":{"urgent_seconds":86400},"epss":{"general":"0.2","models":"#
            + #"[{"model":"v1","score":"0.5"}]},"cvss_floor_tenths":80,"#
            + #""cvss_versions":["4.0","3.1"],"cvss_sources":["NVD"],"#
            + #""defaults":{"exposure":"internal","criticality":null,"#
            + #""cvss_vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}"#,
        #"{"rollout":{"gate":{"max_failures":null,"max_percent":2,"needs_health":false,"#
            + #""on_trip":"freeze"},"batches":{"urgent":"1,50%,rest"},"#
            + #""soak":{"urgent_seconds":60},"retries":{"first_delay_seconds":10}}}"#,
        #"{"patch":{"probes":3},"exceptions":{"reminder_seconds":[86400,3600]},"#
            + #""tracks":{"os":true,"third_party":false},"review":{"interval_seconds":2678400}}"#,
        #"{"windows":{"maintenance":[{"name":"n","start":"2026-01-06T22:00","time_zone":"#
            + #""Europe/Berlin","rule":"FREQ=MONTHLY;BYDAY=2TU;COUNT=5","duration_seconds":7200,"#
            + #""cutoff_seconds":600}],"freezes":[{"name":"f","from":"2026-12-20T00:00:00Z","to":"#
            + #""2027-01-04T00:00:00Z"}]},"patch":{"approvers":{"urgent":2}}}"#,
        "{}",
    ]
}
