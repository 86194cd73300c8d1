/// Small documents of feeds, which mutations begin with.
enum FeedTexts {
    static let osv = [
        """
        {"id":"DSA-1","modified":"2026-03-02T10:00:00Z","published":"2026-03-01T09:30:00+01:00",
        "upstream":["CVE-2026-1000"],"severity":[{"type":"CVSS_V3",
        "score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":
        {"ecosystem":"Debian:12","name":"foo","purl":"pkg:deb/debian/foo"},"ranges":[{"type":
        "ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2-3"}]}],"versions":["1.2-2"]}]}
        """,
        """
        {"id":"GHSA-x","modified":"2026-03-02T10:00:00Z","aliases":["CVE-2026-1000"],"affected":[
        {"package":{"ecosystem":"npm","name":"@a/b"},"ranges":[{"type":"SEMVER","events":[
        {"introduced":"1.0.0"},{"last_affected":"1.2.3"}]}]},{"ranges":[{"type":"GIT","events":[]}]},
        {"package":{"ecosystem":"CRAN","name":"c"},"ranges":[{"type":"ECOSYSTEM","events":[]}]}],
        "database_specific":{"severity":"HIGH"},"withdrawn":null}
        """,
    ]

    static let csaf = [
        """
        {"document":{"category":"csaf_vex","csaf_version":"2.0","title":"t","publisher":{"name":"p"},
        "tracking":{"id":"E-1","status":"final","initial_release_date":"2026-02-01T00:00:00Z",
        "current_release_date":"2026-03-01T00:00:00Z"}},"product_tree":{"branches":[{"category":
        "vendor","name":"v","branches":[{"category":"product_version","name":"1","product":
        {"product_id":"A","name":"a"}}]}],"full_product_names":[{"product_id":"B","name":"b"}],
        "product_groups":[{"group_id":"G","product_ids":["A","B"]}],"relationships":[{"category":
        "installed_on","product_reference":"A","relates_to_product_reference":"B",
        "full_product_name":{"product_id":"C","name":"c"}}]},"vulnerabilities":[{"cve":
        "CVE-2026-1000","product_status":{"fixed":["A"],"known_affected":["B","C"]},"remediations":[
        {"category":"vendor_fix","details":"d","group_ids":["G"]}]},{"ids":[{"text":"X"}],
        "product_status":{"known_not_affected":["A"]},"flags":[{"label":"component_not_present",
        "product_ids":["A"]}]}]}
        """
    ]

    static let kev = [
        """
        {"catalogVersion":"2026.03.01","dateReleased":"2026-03-01T17:04:19.9796Z","count":2,
        "vulnerabilities":[{"cveID":"CVE-2026-1000","dateAdded":"2026-02-27","dueDate":"2026-03-20",
        "knownRansomwareCampaignUse":"Known"},{"cveID":"CVE-2025-0002","dateAdded":"2025-12-01"}]}
        """
    ]

    static let kevTable = [
        """
        cveID,product,dateAdded,dueDate,knownRansomwareCampaignUse
        CVE-2026-1000,"Foo, ""Bar"" x",2026-02-27,2026-03-20,Known
        CVE-2025-0002,,2025-12-01,,Unknown

        """.replacing("\n", with: "\r\n"),
        "cve,date_added\nCVE-2026-1000,2026-02-27\n",
    ]

    static let epss = [
        """
        #model_version:v2025.03.14,score_date:2026-03-01T00:00:00+0000
        cve,epss,percentile
        CVE-2026-1000,0.97105,0.99971
        CVE-2025-0002,9.3e-05,1

        """,
        "cve,date,epss,percentile\nCVE-2026-1000,2026-03-02,0.1,0.123456789\n",
    ]

    static let ssvc = [
        """
        {"cveMetadata":{"cveId":"CVE-2026-1000","state":"PUBLISHED","datePublished":
        "2026-02-01T00:00:00"},"containers":{"cna":{"title":"t","tags":["disputed"],"metrics":[
        {"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},"adp":[
        {"providerMetadata":{"shortName":"CISA-ADP"},"metrics":[{"other":{"type":"ssvc","content":{
        "timestamp":"2026-02-20T13:59:47.589309Z","options":[{"Exploitation":"poc"},{"Automatable":
        "No"},{"Technical Impact":"Total"}]}}},{"other":{"type":"kev","content":{"dateAdded":
        "2026-02-27"}}}]}]}}
        """
    ]

    static let ssvcTable = [
        """
        cve,exploitation,automatable,technical_impact,kev_date_added,cvss_vector,state
        CVE-2026-1000,active,No,Total,2026-02-27,AV:N/AC:L/Au:N/C:P/I:P/A:P,PUBLISHED
        CVE-2025-0002,,,,,,REJECTED

        """
    ]
}

extension FeedTexts {
    static let rolie = [
        """
        {"feed":{"id":"f","link":[{"rel":"self","href":"https://v.example/csaf/feed.json"}],"entry":[
        {"id":"A","link":[{"rel":"self","href":"https://v.example/csaf/2026/a.json"},{"rel":"hash",
        "href":"https://v.example/csaf/2026/a.json.sha512"},{"rel":"signature","href":
        "2026/a.json.asc"}],"updated":"2026-01-01T12:00:00.000Z","content":{"src":
        "https://v.example/csaf/2026/a.json"}},{"id":"B","updated":"2026-02-01T12:00:00Z","content":
        {"src":"/b.json"}}]}}
        """
    ]

    static let provider = [
        """
        {"distributions":[{"rolie":{"feeds":[{"tlp_label":"WHITE","url":
        "https://v.example/feed.json"}]}},{"directory_url":"https://v.example/csaf"}],
        "metadata_version":"2.0","public_openpgp_keys":[{"fingerprint":
        "3A02280CC6F3416D0E0C11E1B237BDDA901E2576","url":"https://k.example/key.asc"}]}
        """
    ]

    static let key = """
        -----BEGIN PGP PUBLIC KEY BLOCK-----

        mDMEawxFqBYJKwYBBAHaRw8BAQdAl+LXXudeOnfJUvIc+VyCyaZxwTVi/ywmgYoh
        tCn1Ymu0IFZlbmRvciA8c2VjdXJpdHlAdmVuZG9yLmV4YW1wbGU+iJAEExYIADgW
        IQQ6AigMxvNBbQ4MEeGyN73akB4ldgUCawxFqAIbAwULCQgHAgYVCgkICwIEFgID
        AQIeAQIXgAAKCRCyN73akB4ldgCaAQDJNRurkst2fMrKtD7qGvtAzOhZ0QJy/iVo
        v7kVcCE0GwEAxTHM1nzcCcRomwExEZ2/WvTq07nw9Z0Xt3mFypfFrQY=
        =+73Q
        -----END PGP PUBLIC KEY BLOCK-----

        """
}
