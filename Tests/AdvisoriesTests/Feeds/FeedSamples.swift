import Advisories

extension FeedReader {
    /// One document, whole.
    static func read(_ text: String, name: String = "sample") -> FeedReading<Record> {
        read([FeedDocument(name: name, bytes: Array(text.utf8))])
    }
}

extension FeedReading {
    /// What was refused, a line for each.
    var words: [String] { refusals.map(\.description) }
}

/// Small documents of every kind, as publishers write them.
enum FeedSamples {
    static let osv = """
        {"schema_version": "1.7.0", "id": "DSA-9001-1", "modified": "2026-03-02T10:00:00Z",
         "published": "2026-03-01T09:30:00+01:00", "aliases": [], "upstream": ["CVE-2026-1000"],
         "related": ["CVE-2026-1001"], "summary": "libfoo - security update",
         "details": "Long.\\nText.",
         "references": [{"type": "ADVISORY", "url": "https://example.org/dsa-9001"}],
         "severity": [{"type": "CVSS_V3",
            "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
         "affected": [
            {"package": {"ecosystem": "Debian:12", "name": "libfoo",
                "purl": "pkg:deb/debian/libfoo?arch=source"},
             "ranges": [{"type": "ECOSYSTEM",
                "events": [{"introduced": "0"}, {"fixed": "1.2-3+deb12u1"}]}],
             "versions": ["1.2-3"], "ecosystem_specific": {"urgency": "unimportant"}}],
         "credits": [{"name": "somebody"}], "database_specific": {"anything": [1, 2]}}
        """

    static let csaf = """
        {"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "Foo and Bar",
            "publisher": {"category": "vendor", "name": "Example", "namespace": "https://a.ex"},
            "aggregate_severity": {"text": "Important"},
            "references": [{"category": "self", "summary": "here", "url": "https://a.example/1"}],
            "tracking": {"id": "EX-1", "status": "final", "version": "2", "aliases": ["OLD-1"],
                "initial_release_date": "2026-02-01T00:00:00Z",
                "current_release_date": "2026-03-01T00:00:00Z"}},
         "product_tree": {
            "branches": [{"category": "vendor", "name": "Example", "branches": [
                {"category": "product_name", "name": "libfoo", "branches": [
                    {"category": "product_version", "name": "1.2-3", "product": {
                        "product_id": "LIB", "name": "libfoo 1.2-3",
                        "product_identification_helper": {
                            "purl": "pkg:rpm/example/libfoo@1.2-3?arch=x86_64"}}},
                    {"category": "product_version_range", "name": "vers:rpm/<1.2", "product": {
                        "product_id": "OLD", "name": "libfoo before 1.2"}}]},
                {"category": "product_name", "name": "Linux", "product": {
                    "product_id": "OS", "name": "Example Linux 9",
                    "product_identification_helper": {"cpe": "cpe:/o:example:linux:9"}}}]}],
            "product_groups": [{"group_id": "G", "product_ids": ["OS:LIB", "OLD"]}],
            "relationships": [{"category": "default_component_of", "product_reference": "LIB",
                "relates_to_product_reference": "OS",
                "full_product_name": {"product_id": "OS:LIB", "name": "libfoo of Linux 9"}}]},
         "vulnerabilities": [
            {"cve": "CVE-2026-1000",
             "product_status": {"fixed": ["OS:LIB"], "known_affected": ["OLD"],
                "under_investigation": ["OS"]},
             "scores": [{"products": ["OLD", "OS:LIB"], "cvss_v3": {"version": "3.1",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
             "remediations": [{"category": "vendor_fix", "details": "Update.", "group_ids": ["G"],
                "url": "https://a.example/fix", "restart_required": {"category": "service"}}]},
            {"ids": [{"system_name": "Bugs", "text": "BUG-7"}],
             "product_status": {"known_not_affected": ["OLD", "OS"]},
             "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["OLD"]}],
             "threats": [{"category": "impact", "details": "Not built in.",
                "product_ids": ["OS"]}]}]}
        """

    static let kev = """
        {"title": "Catalog", "catalogVersion": "2026.03.01",
         "dateReleased": "2026-03-01T17:04:19.9796Z", "count": 2, "vulnerabilities": [
            {"cveID": "CVE-2026-1000", "vendorProject": "Example", "product": "Foo",
             "vulnerabilityName": "Foo overflow", "dateAdded": "2026-02-27",
             "shortDescription": "x", "requiredAction": "Patch.", "dueDate": "2026-03-20",
             "knownRansomwareCampaignUse": "Known", "notes": "", "cwes": ["CWE-787"]},
            {"cveID": "CVE-2025-0002", "dateAdded": "2025-12-01",
             "knownRansomwareCampaignUse": "Unknown"}]}
        """

    static let kevTable = """
        cveID,vendorProject,product,vulnerabilityName,dateAdded,requiredAction,dueDate,\
        knownRansomwareCampaignUse
        CVE-2026-1000,Example,"Foo, Bar","Foo ""x"" flaw",2026-02-27,Patch.,2026-03-20,Known
        CVE-2025-0002,,,,2025-12-01,,,Unknown

        """

    static let epss = """
        #model_version:v2025.03.14,score_date:2026-03-01T00:00:00+0000
        cve,epss,percentile
        CVE-2026-1000,0.97105,0.99971
        CVE-2025-0002,0.00043,0.08112

        """

    static let cve = """
        {"dataType": "CVE_RECORD", "dataVersion": "5.1",
         "cveMetadata": {"cveId": "CVE-2026-1000", "state": "PUBLISHED",
            "datePublished": "2026-02-01T00:00:00", "dateUpdated": "2026-03-01T00:00:00.123Z"},
         "containers": {
            "cna": {"title": "Foo overflow", "providerMetadata": {"shortName": "example"},
                "metrics": [{"format": "CVSS", "cvssV3_1": {"version": "3.1",
                    "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
            "adp": [{"title": "Vulnrichment", "providerMetadata": {"shortName": "CISA-ADP"},
                "metrics": [
                    {"other": {"type": "ssvc", "content": {"id": "CVE-2026-1000",
                        "role": "CISA Coordinator", "version": "2.0.3",
                        "timestamp": "2026-02-20T13:59:47.589309Z", "options": [
                            {"Exploitation": "active"}, {"Automatable": "No"},
                            {"Technical Impact": "Total"}]}}},
                    {"other": {"type": "kev", "content": {"dateAdded": "2026-02-27"}}}]}]}}
        """

    static let cveTable = """
        cve,exploitation,automatable,technical_impact,kev_date_added,cvss_version,cvss_vector,\
        date_published,state
        CVE-2026-1000,active,No,Total,2026-02-27,3.1,\
        CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,2026-02-01,PUBLISHED
        CVE-2025-0002,,,,,,,2025-01-01,REJECTED

        """
}
