package import EventSourcing
private import FoundationEssentials

/// Who runs a cloud, and in which form its list of instances comes.
package enum CloudProvider: String, Codable, Sendable, CaseIterable {
    /// `aws ec2 describe-instances`: one region.
    case aws
    /// `az vm list`, better with `-d`: one subscription.
    case azure
    /// `gcloud compute instances list --format=json`: one project.
    case gcp
    /// CSV or JSON with the fields of `GenericInstanceList`: whatever the account is.
    case generic

    /// Whether one list covers a region only.
    package var listsByRegion: Bool { self == .aws }
}

/// What one list of instances covers. What it doesn't name there is gone.
package struct CloudScope: Codable, Hashable, Sendable, Comparable, CustomStringConvertible {
    package let provider: CloudProvider
    /// An AWS account, an Azure subscription, a project; in the provider's words.
    package let account: String
    /// nil for all regions of the account.
    package let region: String?

    package init(provider: CloudProvider, account: String, region: String?) {
        self.provider = provider
        self.account = account
        self.region = region
    }

    /// The stream of its lists, which follows from what it covers.
    package var stream: StreamID {
        StreamID(
            prefix: CloudAccountDecider.prefix,
            .version5(namespace: Self.namespace, name: description))
    }

    package var description: String {
        "\(provider.rawValue)/\(account)" + (region.map { "/\($0)" } ?? "")
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        [("account", account), ("region", region ?? "any")].compactMap { field, value in
            let isPlain = value.utf8.allSatisfy { isAlphanumeric($0) || "-._:".utf8.contains($0) }
            guard isPlain, (1...100).contains(value.utf8.count) else {
                return FieldFault(
                    field: field, value: value,
                    rule: "1 to 100 letters, digits, '-', '.', '_' and ':' name it")
            }
            return nil
        }
    }

    private static let namespace = UUID(
        uuid: (
            0x2c, 0x75, 0x8e, 0x10, 0x4f, 0xd2, 0x5b, 0x6d, 0x8a, 0x3e, 0x91, 0x07, 0xb4, 0x5c,
            0xe8, 0x12
        ))
}
