import APIContract
import ArgumentParser

extension AdvisoryCommand {
    struct Watch: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Names the team that watches a feed, and where it is fetched from.",
            discussion: """
                Asked again, it changes everything but the kind: without --url it is not fetched any \
                more. With --url a worker looks there by itself; what is unchanged (ETag, \
                Last-Modified) is not sent again. What came is taken by the same rule as an import. \
                Files may be JSON, CSV, .gz or .zip, such as https://…/Debian/all.zip of OSV.

                Of CSAF, --url may also be a directory's changes.csv or index.txt, a ROLIE feed, or a \
                provider-metadata.json, which leads to one of those. Documents of it that can't be had, or \
                whose digest or signature is wrong, are named; what was known of them stays.

                With --signature-url or --signature-suffix one of the keys of --key or --fingerprint has \
                to have signed what comes (checked by gpgv); else it is refused, and what the feed said \
                stays. Keys are named once; 'advisory pin-keys' changes them. Repeat where the signature \
                stands whenever you watch the feed anew: only giving it up ends the demand. Lists are not \
                signed, the documents that they lead to are.
                """)

        @Argument(help: "The feed's name, such as debian-osv.")
        var name: String

        @Option(help: "osv, csaf, kev, epss or ssvc.")
        var kind: String

        @Option(help: "The team that watches it.")
        var team: String

        @Option(help: "os or third_party.")
        var track: String = "os"

        @Option(
            help: """
                After so long without news it counts as silent, such as 2d (default 2d, or four times \
                --every).
                """)
        var silentAfter: Seconds?

        @Option(help: "Where it is fetched from: an https URL.")
        var url: String?

        @Option(help: "How often a worker looks there, such as 6h; at least 5m (default 6h).")
        var every: Seconds?

        @Option(help: "Where the SHA-256 of the file at --url stands, as sha256sum writes it.")
        var digestURL: String?

        @Flag(help: "The SHA-256 stands beside the file, in --url with .sha256 behind it.")
        var sha256 = false

        @Option(help: "Where the detached OpenPGP signature of the file at --url stands.")
        var signatureURL: String?

        @Option(
            help: """
                What is behind the URL of the file, or of each document of a directory, in that of its \
                signature, such as .asc.
                """)
        var signatureSuffix: String?

        @OptionGroup var keys: FeedKeyOptions

        @Option(
            help: """
                What is behind the URL of each document of a directory in that of its digest: .sha256 or \
                .sha512. Digests that a ROLIE feed names are always checked.
                """)
        var documentDigests: String?

        @Option(
            help: """
                An archive that hosts are offered updates from and that the team watches with this feed, \
                such as "Debian:12*/stable-security" (may be given again); 'advisory origins' lists them.
                """)
        var origin: [String] = []

        @Option(
            help: """
                Which machines may answer: public (default); for administrators also private, or \
                loopback (the worker's own host, also by http).
                """)
        var reach: String?

        @OptionGroup var global: GlobalOptions

        func validate() throws {
            let isFetched =
                every != nil || digestURL != nil || sha256 || reach != nil || signatureURL != nil
                || signatureSuffix != nil || documentDigests != nil
            if url == nil, isFetched {
                throw ValidationError(
                    "--every, --digest-url, --sha256, --signature-url, --signature-suffix, "
                        + "--document-digests and --reach say how --url is fetched: name it")
            }
            if signatureURL != nil, signatureSuffix != nil {
                throw ValidationError(
                    "--signature-url and --signature-suffix: leave out one of the two")
            }
            if signatureURL == nil, signatureSuffix == nil,
                keys.key != nil || !keys.fingerprint.isEmpty
            {
                throw ValidationError(
                    "--key and --fingerprint say who signs: say where the signature stands, with "
                        + "--signature-url or --signature-suffix")
            }
            if digestURL != nil, sha256 {
                throw ValidationError("--sha256 and --digest-url: leave out one of the two")
            }
        }

        func run(_ session: Session) async throws {
            try await session.act(
                "feeds",
                WatchFeedRequest(
                    name: name, kind: kind, track: track, team: team,
                    silentAfterSeconds: silentAfter?.value, source: source,
                    keys: keys.content(), origins: origin.isEmpty ? nil : origin))
        }

        private var source: FeedSourceResource? {
            url.map { url in
                FeedSourceResource(
                    url: url, everySeconds: every?.value ?? 6 * 3600,
                    digestUrl: sha256 ? url + ".sha256" : digestURL, reach: reach,
                    signatureUrl: signatureURL, signatureSuffix: signatureSuffix,
                    digestSuffix: documentDigests)
            }
        }
    }

    struct GiveUp: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "give-up",
            abstract: "Says that nobody watches a feed any more.",
            discussion: "Nothing is fetched from then on; what the feed said stays.")

        @Argument(help: "The feed's name.")
        var name: String

        @Option(help: "Why.")
        var reason: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "feeds/\(name.segment):give-up", ReasonRequest(reason: reason))
        }
    }
}
