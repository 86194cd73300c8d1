import Advisories
import EventSourcing

@testable import PatchManagement

/// A feed in whose life each of its events occurs.
enum StoredFeedStories {
    static func events() throws -> [any DomainEvent] {
        let registration = FeedRegistration(
            name: "debian-osv", kind: .osv, track: .os, team: "vulnerability team",
            silentAfterSeconds: 86_400)
        var state = Feed()
        var events: [FeedEvent] = []
        let commands: [FeedCommand] = [
            .watch(registration), .take(try taking("one", records: 100)),
            .take(try taking("one", records: 100)), .take(try taking("two", records: 90)),
        ]
        for command in commands {
            let context = CommandContext(
                actor: Actor(id: "pe_1", role: "vendorWatch"), at: Moments.days(0),
                commandID: uuid(1))
            for event in try FeedDecider.decide(command, context, state) {
                FeedDecider.evolve(&state, event)
                events.append(event)
            }
        }
        return events + looks(registration)
    }

    /// What looks at a feed's source record.
    private static func looks(_ registration: FeedRegistration) -> [FeedEvent] {
        let stamp = FeedLookStamp(
            at: Moments.days(1),
            validators: FeedValidators(
                etag: "\"1\"", lastModified: "Fri, 02 Jan 2026 00:00:00 GMT"))
        return [
            .watched(
                FeedWatched(
                    registration: FeedRegistration(
                        name: registration.name, kind: registration.kind, team: registration.team,
                        source: FeedSource(
                            url: "https://feeds.example/all.zip", everySeconds: 21_600,
                            digestURL: "https://feeds.example/all.zip.sha256")))),
            .confirmed(FeedConfirmed(contents: Digest(of: "one"), look: stamp)),
            .fetchFailed(
                FeedFetchFailed(
                    at: Moments.days(2), cause: .timedOut,
                    detail: "'feeds.example' did not answer in time")),
            .fellSilent(FeedFellSilent(since: Moments.days(2))),
            .reached(FeedReached(at: Moments.days(4))),
            .keysPinned(
                FeedKeysPinned(
                    keys: keys, before: [String(repeating: "B", count: 40)],
                    reason: "announced at https://feeds.example/keys")),
            .givenUp(FeedGivenUp(reason: "the vendor is gone")),
        ]
    }

    private static let keys = FeedKeys(
        fingerprints: [String(repeating: "A", count: 40)], document: Digest(of: "keys"))

    /// What came with signatures, archives that are watched, and documents that are missing.
    private static func signedForms() -> [StoredDocumentTests.Form] {
        let registration = FeedRegistration(
            name: "vendor", kind: .csaf, team: "vulnerability team",
            source: FeedSource(
                url: "https://feeds.example/csaf/changes.csv", everySeconds: 21_600,
                signatureSuffix: ".asc", digestSuffix: ".sha512"),
            origins: ["Debian:12*/stable-security"])
        let stamp = FeedLookStamp(
            at: Moments.days(1), validators: FeedValidators(etag: "\"1\"", lastModified: nil),
            listing: Digest(of: "changes.csv"),
            missing: FeedMissing(
                documents: 1,
                shown: [
                    FeedMissing.Part(name: "2026/a.json", reason: "bad-signature: it is another's")
                ]))
        let one = FeedSource(
            url: "https://feeds.example/kev.json", everySeconds: 21_600,
            signatureURL: "https://feeds.example/kev.json.sig")
        return [
            StoredDocumentTests.Form(
                "feed-watched-signed", FeedWatched(registration: registration, keys: keys)),
            StoredDocumentTests.Form("feed-look-stamp-missing", stamp),
            StoredDocumentTests.Form("feed-source-signature", one),
        ]
    }

    /// The contents of a feed, and what the monitor of findings keeps.
    static func forms() throws -> [StoredDocumentTests.Form] {
        let part = FeedContents.Part(name: "DSA-5678-1.json", digest: Digest(of: "DSA"))
        var asset = WatchedAsset(
            AssetRegistration(name: "web-1", address: "192.0.2.1", criticality: .high),
            inScope: Moments.days(-9))
        asset.note(
            WatchedAsset.Install(
                deployment: StreamID(prefix: "de", uuid(5)), finished: Moments.days(-2),
                packages: ["curl"]))
        asset.take(Digest(of: "report"), at: Moments.days(-1))
        asset.known["cve-2026-0001"] = WatchedAsset.Known(
            vulnerability: try unwrapped(VulnerabilityID("CVE-2026-0001")), package: "curl",
            version: "7.88.1-1", match: Digest(of: "match"), fixReleased: Moments.days(-3),
            inputs: Digest(of: "inputs"),
            classification: Digest(of: "classification"))
        var reported = asset
        reported.take(Digest(of: "trivy"), from: "trivy", at: Moments.days(0))
        var patch = WatchedPatch(source: "curl")
        patch.assess(Sample.assessment())
        patch.acquire(
            PatchAcquired(artefact: Digest(of: "artefact"), pins: [Sample.pin]))
        patch.told = Digest(of: "told")
        let registration = FeedRegistration(
            name: "debian-osv", kind: .osv, team: "vulnerability team",
            source: FeedSource(
                url: "https://feeds.example/all.zip", everySeconds: 21_600,
                digestURL: "https://feeds.example/all.zip.sha256", reach: .privateNetwork))
        let stamp = FeedLookStamp(
            at: Moments.days(1),
            validators: FeedValidators(
                etag: "\"1\"", lastModified: "Fri, 02 Jan 2026 00:00:00 GMT"),
            listing: Digest(of: "changes.csv"))
        return [
            StoredDocumentTests.Form("feed-registration-source", registration),
            StoredDocumentTests.Form("feed-look-stamp", stamp),
            StoredDocumentTests.Form("feed-look-task", FeedLookTask(watch: 3)),
            StoredDocumentTests.Form("feed-contents", try unwrapped(FeedContents([part]))),
            StoredDocumentTests.Form(
                "finding-note-feed",
                WatchedFeed(name: "debian-osv", kind: .osv, contents: Digest(of: "contents"))),
            // As it was before there were controls.
            StoredDocumentTests.Form("finding-note-asset", asset, isTold: true),
            StoredDocumentTests.Form("finding-note-asset-2", asset),
            StoredDocumentTests.Form("finding-note-asset-reported", reported),
            StoredDocumentTests.Form("asset-report", try assetReport()),
            StoredDocumentTests.Form("finding-note-patch", patch),
        ] + signedForms()
    }

    /// What a scanner says of an asset, with everything that such a report can hold.
    static func assetReport() throws -> AssetReport {
        AssetReport(
            try PackageReportReader.report(
                Array(
                    """
                    {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [
                      {"type": "library", "name": "lodash", "version": "4.17.20",
                       "purl": "pkg:npm/lodash@4.17.20"},
                      {"type": "firmware", "name": "ios-xe", "version": "17.9",
                       "cpe": "cpe:2.3:o:cisco:ios_xe:17.9:*:*:*:*:*:*:*"}],
                     "vulnerabilities": [
                      {"id": "CVE-2021-23337", "analysis": {"state": "exploitable"},
                       "affects": [{"ref": "pkg:npm/lodash@4.17.20"}]}]}
                    """.utf8), .cycloneDX))
    }

    private static func taking(_ content: String, records: Int) throws -> FeedTaking {
        FeedTaking(
            contents: Digest(of: content), documents: records,
            summary: FeedSummary(
                FeedSnapshot(
                    records: records, refused: 1, issued: UTCTime(Moments.days(0)),
                    latestDate: UTCTime(Moments.days(-1)),
                    version: "2026.11")))
    }
}
