import Archives

extension FuzzTarget {
    static let archives = [zipArchive, gzipFile]

    /// An archive is refused, or each of its members is what it says, within all limits.
    static var zipArchive: FuzzTarget {
        let name = "zip"
        var limits = ArchiveLimits()
        (limits.memberBytes, limits.totalBytes, limits.members) = (400, 1000, 4)
        let (bounds, mutation) = (limits, Mutation(zips, alphabet: "PK\u{1}\u{2}\u{3}\u{0}a/."))
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            guard let members = unpacked(bytes, bounds) else { return false }
            let total = members.reduce(0) { $0 + $1.contents.count }
            let areTrue = members.allSatisfy {
                $0.contents.count == $0.size && $0.size <= bounds.memberBytes
                    && !$0.name.split(separator: "/").contains("..")
            }
            guard areTrue, total <= bounds.totalBytes, members.count <= bounds.members else {
                throw FuzzFailure(
                    target: name, law: "members are what they say, within the limits",
                    input: ["\(bytes)"])
            }
            return true
        }
    }

    /// What is unpacked keeps to its limit, and is the same each time.
    static var gzipFile: FuzzTarget {
        let name = "gzip"
        var limits = ArchiveLimits()
        limits.memberBytes = 200
        let (bounds, mutation) = (limits, Mutation(gzips, alphabet: "\u{1F}\u{8}\u{0}\u{1}a,\n"))
        return FuzzTarget(name) { random throws(FuzzFailure) in
            // The first two bytes tell what it is.
            let bytes: [UInt8] = [0x1F, 0x8B] + mutation.bytes(&random).dropFirst(2)
            let document = try? PackedDocuments(HeldBytes(bytes), name: "a.csv.gz", bounds)
                .contents(at: 0)
            guard let document else { return false }
            guard document.count <= bounds.memberBytes else {
                throw FuzzFailure(target: name, law: "the limit is kept", input: ["\(bytes)"])
            }
            return true
        }
    }

    private static func unpacked(
        _ bytes: [UInt8], _ limits: ArchiveLimits
    ) -> [(name: String, size: Int, contents: [UInt8])]? {
        do throws(ArchiveFault) {
            let archive = try ZipArchive(HeldBytes(bytes), limits)
            var members: [(String, Int, [UInt8])] = []
            for member in archive.members {
                members.append((member.name, member.size, try archive.contents(of: member)))
            }
            return members
        } catch {
            return nil
        }
    }

    private static var zips: [[UInt8]] {
        typealias Member = SampleArchive.Member
        var large = SampleArchive([Member("a.json", "{}"), Member("b/c.json", "[1]")])
        large.isLarge = true
        var commented = SampleArchive([Member("a.json", Array("stored".utf8))])
        commented.comment = "PK comment"
        return [
            SampleArchive([Member("a.json", "{}"), Member("d/", []), Member("d/b.json", "{}")])
                .bytes, large.bytes, commented.bytes, SampleArchive([]).bytes,
        ]
    }

    private static var gzips: [[UInt8]] {
        let table = SampleArchive.gzip(Array("cve,epss\nCVE-2026-1000,0.5\n".utf8))
        return [table, table + table, SampleArchive.gzip([])]
    }
}
