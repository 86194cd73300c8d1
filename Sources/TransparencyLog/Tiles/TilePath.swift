/// The paths below a log's prefix under which tiles and bundles are served and exported:
/// `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, with the index in groups of three digits,
/// all but the last led by an x: 1234067 is `x001/x234/067`.
///
/// Source: C2SP tlog-tiles.
enum TilePath {
    static func format(_ folder: String, index: Int64, width: Int) -> String {
        var groups = [threeDigits(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            groups.append("x" + threeDigits(rest % 1000))
            rest /= 1000
        }
        let partial = width == TileID.fullWidth ? "" : ".p/\(width)"
        return "tile/\(folder)/" + groups.reversed().joined(separator: "/") + partial
    }

    /// Nil when `path` isn't what `format` writes for a folder, an index and a width.
    static func parse(_ path: String) -> (folder: String, index: Int64, width: Int)? {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let folder = String(parts.removeFirst())
        var width = TileID.fullWidth
        if parts.count >= 2, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let number = Int(parts.removeLast()), (1..<width).contains(number) else {
                return nil
            }
            width = number
            parts[parts.endIndex - 1].removeLast(2)
        }
        var index: Int64 = 0
        for group in parts {
            let digits = group.hasPrefix("x") ? group.dropFirst() : group
            guard digits.utf8.count == 3, let number = Int64(digits) else { return nil }
            let (thousands, tooLarge) = index.multipliedReportingOverflow(by: 1000)
            let (sum, tooLargeBySum) = thousands.addingReportingOverflow(number)
            if tooLarge || tooLargeBySum || number < 0 { return nil }
            index = sum
        }
        // One path for each tile: whatever else reads as the same numbers is refused.
        return format(folder, index: index, width: width) == path ? (folder, index, width) : nil
    }

    private static func threeDigits(_ number: Int64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.utf8.count) + text
    }
}

extension TileID: CustomStringConvertible, LosslessStringConvertible {
    /// Its path below the log's prefix, without a leading slash.
    package var description: String {
        TilePath.format(String(level), index: index, width: width)
    }

    /// Reads a path: nil for anything that isn't the path of a tile, entry bundles included.
    package init?(_ path: String) {
        guard let (folder, index, width) = TilePath.parse(path), let level = Int(folder),
            (0...63).contains(level), String(level) == folder
        else { return nil }
        self.init(level: level, index: index, width: width)
    }
}

extension BundleID: CustomStringConvertible, LosslessStringConvertible {
    /// Its path below the log's prefix, without a leading slash.
    package var description: String {
        TilePath.format("entries", index: index, width: width)
    }

    /// Reads a path: nil for anything that isn't the path of an entry bundle.
    package init?(_ path: String) {
        guard let (folder, index, width) = TilePath.parse(path), folder == "entries" else {
            return nil
        }
        self.init(index: index, width: width)
    }
}
