import APIContract
import ArgumentParser
import Foundation

/// OpenPGP keys on a command line.
struct FeedKeyOptions: ParsableArguments {
    @Option(
        help: """
            A file with the OpenPGP public keys that have to sign what comes, as 'gpg --armor \
            --export' writes it.
            """)
    var key: String?

    @Option(
        help: """
            The fingerprint of a key that counts (may be given again): of those in --key, or, where \
            --url is a provider-metadata.json, of one that it offers. You confirm with it that the key \
            is the publisher's.
            """)
    var fingerprint: [String] = []

    /// nil when none are named.
    func content() throws -> FeedKeysContent? {
        guard let key else {
            return fingerprint.isEmpty ? nil : FeedKeysContent(fingerprints: fingerprint)
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: key))
        } catch {
            throw ClientFailure.usage("'\(key)' can't be read: \(error)")
        }
        guard data.count <= Self.largest else {
            throw ClientFailure.usage(
                "'\(key)' has \(data.count) bytes; keys have at most \(Self.largest)")
        }
        let named = fingerprint.isEmpty ? nil : fingerprint
        let text = String(validating: data, as: UTF8.self)
        // What must not leave this machine is not sent to be refused there.
        guard !Self.beginsSecretKey(data), text?.contains("PGP PRIVATE KEY BLOCK") != true else {
            throw ClientFailure.usage(
                "'\(key)' holds a secret key: export the public one (gpg --armor --export)")
        }
        guard let text else {
            return FeedKeysContent(base64: data.base64EncodedString(), fingerprints: named)
        }
        return FeedKeysContent(text: text, fingerprints: named)
    }

    /// Whether it is a packet of a secret key or subkey, in either form of OpenPGP's packets.
    /// Source: RFC 4880 §4.2, §4.3.
    private static func beginsSecretKey(_ data: Data) -> Bool {
        guard let head = data.first, head & 0x80 != 0 else { return false }
        let kind = head & 0x40 == 0 ? head >> 2 & 0xF : head & 0x3F
        return kind == 5 || kind == 7
    }

    private static let largest = 1 << 20
}

extension AdvisoryCommand {
    struct PinKeys: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "pin-keys",
            abstract: "Pins other keys to a feed whose source has to be signed.",
            discussion: """
                From then on one of these keys has to have signed what comes; all documents of a \
                directory are fetched and checked again. Ask the publisher by another way than the one \
                the key came by before you pin it.
                """)

        @Argument(help: "The feed's name.")
        var name: String

        @OptionGroup var keys: FeedKeyOptions

        @Option(help: "Why, such as the announcement of the new key.")
        var reason: String

        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if keys.key == nil, keys.fingerprint.isEmpty {
                throw ValidationError("name the keys, with --key FILE or --fingerprint")
            }
        }

        func run(_ session: Session) async throws {
            guard let content = try keys.content() else { return }
            try await session.act(
                "feeds/\(name.segment):pin-keys",
                PinFeedKeysRequest(keys: content, reason: reason))
        }
    }

    struct Origins: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Lists the archives that hosts are offered updates from, and who watches them.",
            discussion: """
                As the hosts' own package managers name them at their last look for updates; an archive \
                that offers them nothing now is not listed. A team watches one when a feed's \
                registration says so: 'patchflow advisory watch NAME ... --origin "Debian:12*/stable-security"'.
                """)

        @Flag(help: "Only those that nobody watches.")
        var unwatched = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let found: ArchiveOrigins = try await session.client.get(
                "archive-origins", query: ["as_of": global.asOf])
            let shown = found.data.filter { !unwatched || $0.watchers.isEmpty }
            try session.printer.list(
                ListPage(data: shown, next: nil, position: found.position), Self.columns)
        }

        private static let columns: [Column<ArchiveOriginResource>] = [
            Column("origin") { $0.origin },
            Column("security") { $0.isSecurityArchive ? "yes" : "no" },
            Column("assets", .right) { String($0.assets) },
            Column("watched by") { origin in
                origin.watchers.isEmpty
                    ? "nobody"
                    : origin.watchers.map { "\($0.team) (\($0.feed))" }.joined(separator: ", ")
            },
        ]
    }
}
