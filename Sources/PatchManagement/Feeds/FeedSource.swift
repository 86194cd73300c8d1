/// Where a feed is fetched from by itself, and how often.
package struct FeedSource: Codable, Hashable, Sendable {
    /// Which machines may answer. Whoever registers a feed can make a worker ask an address that only
    /// the worker reaches; so anything but the public Internet is an administrator's choice.
    package enum Reach: String, Codable, Sendable, CaseIterable {
        case publicInternet = "public"
        /// The public Internet, and networks with private addresses.
        case privateNetwork = "private"
        /// The worker's own host, also without TLS.
        case loopback

        package func allows(_ zone: NetworkAddress.Zone) -> Bool {
            switch (self, zone) {
            case (.publicInternet, .publicInternet), (.privateNetwork, .publicInternet),
                (.privateNetwork, .privateNetwork), (.loopback, .loopback):
                true
            case (_, .never), (.publicInternet, _), (.privateNetwork, .loopback), (.loopback, _):
                false
            }
        }
    }

    package let url: String
    /// From one look to the next.
    package let everySeconds: Int
    /// A file with the SHA-256 of what is at `url`, as `sha256sum` writes it or alone.
    package let digestURL: String?
    package let reach: Reach
    /// Where the detached signature of what is at `url` stands; nil where none is demanded, or each
    /// document has its own.
    package let signatureURL: String?
    /// What is behind the URL of a document in that of its detached signature, such as `.asc`; nil
    /// where none is demanded, or there is one of all.
    package let signatureSuffix: String?
    /// Likewise for each document of a directory and the file with its digest: `.sha256` or
    /// `.sha512`.
    package let digestSuffix: String?

    package init(
        url: String, everySeconds: Int, digestURL: String? = nil, reach: Reach = .publicInternet,
        signatureURL: String? = nil, signatureSuffix: String? = nil, digestSuffix: String? = nil
    ) {
        self.url = url
        self.everySeconds = everySeconds
        self.digestURL = digestURL
        self.reach = reach
        self.signatureURL = signatureURL
        self.signatureSuffix = signatureSuffix
        self.digestSuffix = digestSuffix
    }

    private enum CodingKeys: String, CodingKey {
        case url, reach
        case everySeconds = "every_seconds"
        case digestURL = "digest_url"
        case signatureURL = "signature_url"
        case signatureSuffix = "signature_suffix"
        case digestSuffix = "digest_suffix"
    }

    /// Whether one of the pinned keys has to have signed what comes.
    package var demandsSignature: Bool { signatureURL != nil || signatureSuffix != nil }
    /// Whether documents have to pass something that they had not to pass under `before`.
    ///
    /// - Parameter before: nil where people sent them.
    func demandsMore(than before: FeedSource?) -> Bool {
        demandsSignature && before?.demandsSignature != true
            || digestSuffix != nil && before?.digestSuffix == nil
    }

    /// Whether it says of itself where its lists and keys are.
    package var isProvider: Bool { FeedURL(url)?.fileName == ProviderMetadata.fileName }

    package static let shortest = 300
    package static let longest = 31 * 86_400
    /// In seconds: a feed is silent after four schedules without a good look, unless its registration
    /// says otherwise.
    package var standardSilence: Int {
        max(3600, 4 * min(max(everySeconds, 0), Self.longest))
    }

    /// Everything in it that may not be, in the order of the fields.
    var faults: [FieldFault] {
        var faults: [FieldFault] = []
        let places = [
            ("url", Optional(url)), ("digest_url", digestURL), ("signature_url", signatureURL),
        ]
        for (field, text) in places {
            guard let text else { continue }
            let parsed = FeedURL(text)
            if parsed == nil || (parsed?.isSecure == false && reach != .loopback) {
                faults.append(
                    FieldFault(field: "source.\(field)", value: text, rule: FeedURL.rule))
            }
        }
        if !(Self.shortest...Self.longest).contains(everySeconds) {
            faults.append(
                FieldFault(
                    field: "source.every_seconds", value: "\(everySeconds)",
                    rule: "it is between \(Self.shortest) and \(Self.longest)"))
        }
        return faults + suffixFaults
    }

    private var suffixFaults: [FieldFault] {
        var faults: [FieldFault] = []
        if let suffix = signatureSuffix {
            if signatureURL != nil {
                faults.append(
                    FieldFault(
                        field: "source.signature_suffix", value: suffix,
                        rule:
                            "a signature of all stands at 'signature_url': leave out one of the two"
                    ))
            } else if !Self.isSuffix(suffix) {
                faults.append(
                    FieldFault(
                        field: "source.signature_suffix", value: suffix,
                        rule: "it is '.' with up to 19 letters and digits, such as .asc"))
            }
        }
        if let suffix = digestSuffix, suffix != ".sha256", suffix != ".sha512" {
            faults.append(
                FieldFault(
                    field: "source.digest_suffix", value: suffix,
                    rule: "it is .sha256 or .sha512"))
        }
        return faults
    }

    private static func isSuffix(_ text: String) -> Bool {
        text.hasPrefix(".") && (2...20).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy(isAlphanumeric)
    }

    /// When the next look is due, counted from the end of the last.
    ///
    /// After a failure the wait doubles what has passed since the first one, from a minute up to the
    /// schedule.
    ///
    /// - Parameters:
    ///   - failing: For how long it has failed; nil when the last look was good.
    ///   - asked: What the publisher asked to wait.
    package func wait(failing: Duration?, asked: Duration? = nil) -> Duration {
        let schedule = Duration.seconds(everySeconds)
        let usual = failing.map { min(max($0, .seconds(60)), schedule) } ?? schedule
        return max(usual, min(asked ?? .zero, .seconds(86_400)))
    }
}
