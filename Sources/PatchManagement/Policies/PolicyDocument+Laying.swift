private import Advisories
private import EventSourcing
private import JSON

extension PolicyDocument {
    private static let siteDefaults: [PolicyField] = [
        .defaultExposure, .defaultCriticality, .defaultVector,
    ]

    /// The numbers by which findings at `site` would have been classified, had the document set its
    /// own in the place of those of `policy`; nil where the two make no policy, such as one by which a
    /// lower class has less time than a higher one.
    package func laid(
        over policy: ClassificationPolicy, at site: String
    ) -> ClassificationPolicy? {
        var json = PolicyField.json(of: policy)
        for (field, value) in sorted
        where field.section == .classification && !Self.siteDefaults.contains(field) {
            json.put(value == .null ? nil : value, at: field.path.dropFirst())
        }
        var laid: ClassificationPolicy
        do {
            laid = try CanonicalJSON.decode(ClassificationPolicy.self, from: storedForm(json))
        } catch {
            return nil
        }
        if values.keys.contains(where: Self.siteDefaults.contains) {
            laid.sites =
                [defaults(of: site, in: policy)]
                + policy.sites.filter { $0.site.lowercased() != site.lowercased() }
        }
        return laid.faults.isEmpty ? laid : nil
    }

    private func defaults(of site: String, in policy: ClassificationPolicy) -> SiteDefaults {
        let known = policy.sites.first { $0.site.lowercased() == site.lowercased() }
        let exposure = self[.defaultExposure]?.string.flatMap(Exposure.init(rawValue:))
        let criticality = self[.defaultCriticality]?.string.flatMap(Criticality.init(rawValue:))
        let vector = self[.defaultVector]?.string.flatMap { try? CVSSVector($0) }
        return SiteDefaults(
            site: site, exposure: exposure ?? known?.exposure,
            criticality: criticality ?? known?.criticality,
            cvss: vector.map { CVSSRating(source: "policy", vector: $0) } ?? known?.cvss)
    }
}
