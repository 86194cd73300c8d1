import Advisories
import Support

/// What the tests of inventories share: small reports as texts.
enum Report {
    static let debian = OperatingSystemRelease(id: "debian", version: "12")

    static func read(
        _ text: String, _ format: InventoryFormat, release: OperatingSystemRelease? = nil,
        asset: String? = nil, limits: InventoryLimits = InventoryLimits()
    ) throws(InventoryError) -> PackageReport {
        try PackageReportReader.report(
            Array(text.utf8), format, release: release, asset: asset, limits: limits)
    }

    /// Reads `bytes` in pieces whose lengths `random` draws.
    static func read(
        _ bytes: [UInt8], _ format: InventoryFormat, _ random: inout SeededRandom
    ) throws(InventoryError) -> PackageReport {
        var reader = PackageReportReader(format)
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + random.below(random.chance(30) ? 3 : 200))
            try reader.read(Array(bytes[place..<end]))
            place = end
        }
        return try reader.finish()
    }
}
